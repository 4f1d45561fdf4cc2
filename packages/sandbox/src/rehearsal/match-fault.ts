// Does a fault concern a call?
import type { World } from "../world-types.js";
import { endFaults } from "./order-fault.js";
import type { CallScope, Fault, FaultKind, FaultOrder } from "./types.js";

/** What is known of a call so far; a fault that names what is not known does not strike. */
export interface CallFacts {
  readonly service: string;
  readonly action: string | undefined;
  readonly region: string;
  readonly accountId: string | undefined;
}

/** A fault whose order is of this kind. */
export type FaultOf<K extends FaultKind> = Fault & {
  readonly order: Extract<FaultOrder, { readonly kind?: K | undefined }>;
};

/** Returns the faults of these kinds that concern the call, in the order of ordering. */
export function matchFaults<K extends FaultKind>(
  world: Pick<World, "faults" | "clock" | "pending">,
  call: CallFacts,
  ...kinds: readonly K[]
): readonly FaultOf<K>[] {
  if (world.faults.length === 0) return [];
  endFaults(world);
  return world.faults.filter((fault): fault is FaultOf<K> => isOf(fault, kinds) && concerns(fault.order, call));
}

function isOf<K extends FaultKind>(fault: Fault, kinds: readonly K[]): fault is FaultOf<K> {
  return kinds.some((kind) => kind === (fault.order.kind ?? "error"));
}

function concerns(scope: CallScope, call: CallFacts): boolean {
  return (["service", "action", "region", "accountId"] as const).every(
    (name) => scope[name] === undefined || scope[name] === call[name],
  );
}
