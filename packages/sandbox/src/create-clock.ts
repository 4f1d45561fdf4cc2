// The sandbox's time: the machine's, moved by as much as the control door was told.
import type { Clock } from "./types.js";

export interface MovableClock {
  readonly now: Clock;
  /** Moves the time by so many milliseconds; a negative number moves it back. */
  advance(milliseconds: number): void;
}

/** Returns a clock that runs as `base` does. */
export function createClock(base: Clock): MovableClock {
  let movedByMs = 0;
  return {
    now: () => base() + movedByMs,
    advance(milliseconds) {
      movedByMs += milliseconds;
    },
  };
}
