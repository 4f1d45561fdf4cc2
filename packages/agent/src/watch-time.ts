// Wall time, told from time that has passed: a laptop sleeps while its timers do, and clocks are set back. Both are read,
// and whichever says that more time has passed is believed.
import type { Clock } from "@daypass/credentials";

/** A moment, by both clocks, in milliseconds. */
export interface Moment {
  readonly wall: number;
  readonly uptime: number;
}

/** Reads both clocks. */
export interface TwoClocks {
  moment(): Moment;
  /** Milliseconds since the moment, by whichever clock says more; never less than 0. */
  since(moment: Moment): number;
  /** True where a session that was obtained then, to end at `expiration` by the wall clock, has ended. */
  hasEnded(obtained: Moment, expiration: number): boolean;
}

/** Returns the clocks. `uptime` never goes back; it may stand still while the machine sleeps. */
export function createTwoClocks(now: Clock, uptime: Clock): TwoClocks {
  const moment = () => ({ wall: now(), uptime: uptime() });
  const since = (then: Moment) => {
    const { wall, uptime } = moment();
    return Math.max(0, wall - then.wall, uptime - then.uptime);
  };
  return {
    moment,
    since,
    hasEnded: (obtained, expiration) => now() >= expiration || since(obtained) >= expiration - obtained.wall,
  };
}

/** The wall clock may run so far from the other between two ticks, in milliseconds, before the machine is taken to have slept. */
const SLEPT_AFTER_MS = 30_000;

/** Returns a function to be called at each tick: true where the machine slept, or its clock was set, since the last. */
export function createSleepWatch(clocks: TwoClocks): () => boolean {
  let last = clocks.moment();
  return () => {
    const { wall, uptime } = clocks.moment();
    const slept = Math.abs(wall - last.wall - (uptime - last.uptime)) > SLEPT_AFTER_MS;
    last = { wall, uptime };
    return slept;
  };
}
