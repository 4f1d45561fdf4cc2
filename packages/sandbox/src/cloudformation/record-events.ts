// Writes an operation's events. The work is done by then; the events become visible one after the other over the time that
// an operation takes in this sandbox.
import { newRequestId } from "../identifiers.js";
import type { Stack, StackEvent } from "./types.js";
import type { World } from "../world-types.js";
import { STACK_TYPE } from "./view-stack.js";

/** What an event says of a resource. */
export interface ResourceNote {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  readonly properties?: string | undefined;
}

export interface Recorder {
  /** Notes a status of the stack itself. */
  stack(status: string, reason?: string): void;
  /** Notes a status of a resource. */
  resource(note: ResourceNote, status: string, reason?: string): void;
  /** Dates the events, from now until the operation is over, and hands them to the stack. Returns when it is over; 0 for at once. */
  finish(): number;
}

/** Returns a recorder of one operation on the stack. */
export function recordEvents(world: World, stack: Stack, clientRequestToken: string | undefined): Recorder {
  const noted: Omit<StackEvent, "at" | "written">[] = [];
  const start = world.clock();
  const own = { logicalId: stack.name, physicalId: stack.id, type: STACK_TYPE, properties: undefined };
  return {
    stack(status, reason) {
      noted.push({ ...own, eventId: newRequestId(world), status, reason, clientRequestToken });
    },
    resource({ logicalId, type, physicalId, properties }, status, reason) {
      const eventId = `${logicalId}-${status}-${newRequestId(world)}`;
      noted.push({ eventId, logicalId, type, physicalId, properties, status, reason, clientRequestToken });
    },
    finish() {
      const steps = Math.max(1, noted.length - 1);
      for (const [index, event] of noted.entries()) {
        const at = Math.round(start + (world.stackDurationMs * index) / steps);
        stack.events.push({ ...event, at, written: start });
      }
      return world.stackDurationMs === 0 ? 0 : start + world.stackDurationMs;
    },
  };
}
