// The last calls, numbered, for the control door and the console.
import type { CallRecord, World } from "./world-types.js";

const KEPT = 10_000;

export interface CallLog {
  /** Appends a record; the oldest are forgotten beyond 10,000. */
  record(call: CallRecord): void;
  /** Returns the records after number `after` (0: all that are kept) and the number of the newest. */
  after(after: number): { readonly newest: number; readonly calls: readonly CallRecord[] };
}

/** Returns a log over `world.calls`. */
export function createCallLog(world: Pick<World, "calls">): CallLog {
  let forgotten = 0;
  return {
    record(call) {
      world.calls.push(call);
      // In batches, so that a full log does not move 10,000 records with every call.
      if (world.calls.length >= KEPT + 1000) {
        world.calls.splice(0, 1000);
        forgotten += 1000;
      }
    },
    after(after) {
      return { newest: forgotten + world.calls.length, calls: world.calls.slice(Math.max(0, after - forgotten)) };
    },
  };
}
