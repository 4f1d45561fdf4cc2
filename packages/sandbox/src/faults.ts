// Scripted failures: AWS having a bad day, on order.
import { AwsError } from "./errors.js";
import { newRequestId } from "./identifiers.js";
import type { Fault, World } from "./types.js";

/** A fault as it is ordered. */
export interface FaultOrder {
  /** `sts`, `iam`, `s3`, `cloudformation`. */
  readonly service: string;
  /** Every action of the service when left out. */
  readonly action?: string | undefined;
  /** HTTP status, 400 to 599. */
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** How many calls fail; until it is lifted when left out. */
  readonly times?: number | undefined;
}

/** Adds a fault behind those that are already there and returns it. */
export function addFault(world: Pick<World, "faults" | "randomBytes">, order: FaultOrder): Fault {
  const { service, action, status, code, message, times } = order;
  const fault: Fault = { id: newRequestId(world), service, action, status, code, message, remaining: times };
  world.faults.push(fault);
  return fault;
}

/** Takes a fault away; returns false when there is none of that id (any more). */
export function liftFault(world: Pick<World, "faults">, id: string): boolean {
  const index = world.faults.findIndex((fault) => fault.id === id);
  if (index === -1) return false;
  world.faults.splice(index, 1);
  return true;
}

/** Throws the first fault that matches the call, counting it down. */
export function suffer(world: Pick<World, "faults">, service: string, action: string): void {
  const fault = world.faults.find(
    (candidate) => candidate.service === service && (candidate.action ?? action) === action,
  );
  if (fault === undefined) return;
  if (fault.remaining !== undefined && --fault.remaining <= 0) liftFault(world, fault.id);
  throw new AwsError(fault.status, fault.code, fault.message);
}
