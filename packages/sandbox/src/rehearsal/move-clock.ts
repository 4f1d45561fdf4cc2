// Moves the sandbox's time. What was over before stays over, wherever the clock is moved.
import type { MovableClock } from "../create-clock.js";
import type { World } from "../world-types.js";
import { endFaults } from "./order-fault.js";
import { settleChanges } from "./pending-changes.js";

/** Moves the time by so many milliseconds; a negative number moves it back. */
export function moveClock(world: World, clock: MovableClock, milliseconds: number): void {
  endFaults(world);
  settleChanges(world);
  clock.advance(milliseconds);
}
