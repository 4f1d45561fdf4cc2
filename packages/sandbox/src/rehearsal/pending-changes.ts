// The changes that are not in force yet: added, due, forgotten.
import type { World } from "../world-types.js";
import type { PendingChange } from "./pending-types.js";

/** Brings into force what is due, so that a clock that is moved back does not undo it. */
export function settleChanges(world: Pick<World, "clock" | "pending">): void {
  if (world.pending.size === 0) return;
  const now = world.clock();
  for (const [accountId, { changes }] of world.pending) {
    // In the order of writing: a policy that is attached must never be missing because making it took longer.
    while ((changes[0]?.dueAt ?? Infinity) <= now) changes.shift();
    if (changes.length === 0) world.pending.delete(accountId);
  }
}

/** Brings into force what a fault held up. */
export function forgetChanges(world: Pick<World, "pending">, faultId: string): void {
  for (const [accountId, pending] of world.pending) {
    if (pending.faultId === faultId) world.pending.delete(accountId);
  }
}

/** Adds a change. It is in force in `delayMs`, or once all that the account wrote before it is. */
export function addChange(
  world: Pick<World, "clock" | "pending">,
  accountId: string,
  fault: { readonly id: string; readonly flapping: boolean },
  change: Pick<PendingChange, "before"> & { readonly delayMs: number },
): void {
  settleChanges(world);
  const pending = world.pending.get(accountId) ?? {
    faultId: fault.id,
    flapping: fault.flapping,
    changes: [],
    looks: 0,
  };
  const dueAt = world.clock() + change.delayMs;
  pending.changes.push({ dueAt, before: change.before });
  world.pending.set(accountId, pending);
}

/** Returns, as the control door shows it, in which accounts changes are held up, how many, and until when. */
export function listPending(world: Pick<World, "clock" | "pending">): readonly object[] {
  settleChanges(world);
  return [...world.pending].map(([accountId, { changes }]) => ({
    accountId,
    changes: changes.length,
    inForceAt: new Date(Math.max(...changes.map(({ dueAt }) => dueAt))).toISOString(),
  }));
}
