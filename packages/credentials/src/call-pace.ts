// How fast one region's STS is asked: AWS counts calls per account and region, so one busy customer, or all of them at
// once after an outage, must not spend what the others need.
import { createError } from "./classify-failure.js";
import type { Clock } from "./types.js";

export interface CallPaceOptions {
  readonly now: Clock;
  /** Waits. `isBackground` is true where nobody waits for the outcome. */
  readonly sleep: (ms: number, signal: AbortSignal, isBackground?: boolean) => Promise<void>;
  readonly callsPerSecond: number;
  /** Nobody waits longer than this for a turn, in milliseconds. */
  readonly longestMs: number;
}

export interface CallPace {
  /**
   * Resolves when it is this call's turn. Those for whom nobody waits get half of the rate at most. Throws `over_budget`
   * at once where the turn would come too late, and rejects where the signal fires meanwhile.
   */
  turn(options: { readonly isBackground: boolean; readonly signal: AbortSignal }): Promise<void>;
}

/** So many milliseconds' worth of calls may come at once. */
const BURST_MS = 1000;

interface Queue {
  /** Returns how long to wait for the turn that was taken, or `undefined` where it would be too long; then none is taken. */
  take(): number | undefined;
}

// The generic cell rate algorithm: one number, the time at which the rate is used up to, in place of a list of waiters.
const createQueue = (intervalMs: number, longestMs: number, now: Clock): Queue => {
  let usedUntil = 0;
  let seen = 0;
  return {
    take() {
      const time = now();
      // The clock was set back, and what was noted goes with it: nobody waits for time that has passed already.
      if (time < seen) usedUntil -= seen - time;
      seen = time;
      const from = Math.max(usedUntil, time - Math.max(0, BURST_MS - intervalMs));
      const waitMs = Math.max(0, from - time);
      if (waitMs > longestMs) return undefined;
      usedUntil = from + intervalMs;
      return waitMs;
    },
  };
};

/** Returns the pace of one region. */
export const createCallPace = ({ now, sleep, callsPerSecond, longestMs }: CallPaceOptions): CallPace => {
  const intervalMs = 1000 / callsPerSecond;
  const everybody = createQueue(intervalMs, longestMs, now);
  const background = createQueue(intervalMs * 2, longestMs, now);

  const waitFor = async (queue: Queue, signal: AbortSignal, isBackground: boolean): Promise<void> => {
    const ms = queue.take();
    if (ms === undefined) throw createError("over_budget");
    if (ms > 0) await sleep(ms, signal, isBackground);
  };

  return {
    async turn({ isBackground, signal }) {
      // One queue after the other: who waits for nobody must not stand in the way of those who do.
      if (isBackground) await waitFor(background, signal, true);
      await waitFor(everybody, signal, isBackground);
    },
  };
};
