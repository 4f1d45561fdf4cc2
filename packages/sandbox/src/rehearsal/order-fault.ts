// Which faults are in place: ordered, listed, lifted, over.
import { SandboxError } from "../errors.js";
import { newRequestId } from "../identifiers.js";
import type { World } from "../world-types.js";
import { checkFaultOrder } from "./check-fault.js";
import { forgetChanges } from "./pending-changes.js";
import type { Fault, FaultKind, FaultOrder } from "./types.js";

type Faults = Pick<World, "faults" | "clock" | "pending">;

/**
 * Puts a fault behind those that are already in place and returns it. `order` is checked; `overTheWire` says whether
 * answers leave through a server of ours. Throws `SandboxError` `invalid_option` for an order that could never strike.
 */
export function orderFault(
  world: Faults & Pick<World, "accounts" | "randomBytes">,
  given: unknown,
  overTheWire: boolean,
): Fault {
  const order = checkFaultOrder(given);
  if (!overTheWire && needsConnection(order)) {
    throw new SandboxError("invalid_option", `a fault of the kind ${order.kind} needs a connection to act on`, {
      hint: "use startSandbox: a sandbox without a server only returns answers, whole and at once",
    });
  }
  const accountId = "accountId" in order ? order.accountId : undefined;
  if (accountId !== undefined && !world.accounts.has(accountId)) {
    throw new SandboxError("invalid_option", `there is no account ${accountId}`, {
      hint: `use one of ${[...world.accounts.keys()].join(", ")}`,
    });
  }
  const fault: Fault = {
    id: newRequestId(world),
    order,
    remaining: "times" in order ? order.times : undefined,
    endsAt: "forMs" in order && order.forMs !== undefined ? world.clock() + order.forMs : undefined,
    allowances: new Map(),
  };
  world.faults.push(fault);
  return fault;
}

/** Takes a fault away; returns false when there is none of that id (any more). */
export function liftFault(world: Faults, id: string): boolean {
  endFaults(world);
  const index = world.faults.findIndex((fault) => fault.id === id);
  if (index === -1) return false;
  world.faults.splice(index, 1);
  forgetChanges(world, id);
  return true;
}

/** Takes away the faults whose time is over, so that a clock that is moved back does not bring them back. */
export function endFaults(world: Faults): void {
  if (world.faults.length === 0) return;
  const now = world.clock();
  for (let index = world.faults.length - 1; index >= 0; index -= 1) {
    const endsAt = world.faults[index]?.endsAt;
    if (endsAt !== undefined && endsAt <= now) world.faults.splice(index, 1);
  }
}

/** Counts a call that the fault struck. */
export function countStrike(world: Faults, fault: Fault): void {
  if (fault.remaining !== undefined && --fault.remaining <= 0) liftFault(world, fault.id);
}

/** Returns the kind, which an order may leave out. */
export function kindOf({ order }: Pick<Fault, "order">): FaultKind {
  return order.kind ?? "error";
}

/** Returns the faults as the control door shows them. */
export function listFaults(world: Faults): readonly object[] {
  endFaults(world);
  return world.faults.map(({ id, order, remaining, endsAt }) => ({
    id,
    ...order,
    kind: kindOf({ order }),
    remaining,
    endsAt: endsAt === undefined ? undefined : new Date(endsAt).toISOString(),
  }));
}

function needsConnection(order: FaultOrder): boolean {
  if (order.kind === "outage") return order.mode === "reset" || order.mode === "hang";
  return order.kind === "slow" || (order.kind === "cut" && order.how !== "short");
}
