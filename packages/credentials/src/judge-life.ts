// When a session is handed out, when it is renewed, and how long a failure is left alone. Pure.
import type { AssumedRole, CachedRole } from "./types.js";

/** What of a kept answer decides how long it is good. */
export interface KeptAnswer extends Pick<CachedRole, "obtained"> {
  readonly assumedRole: Pick<AssumedRole, "credentials" | "clockOffsetMs">;
}

/** Under this much life a session is never handed out: it would expire on its way. */
export const LEAST_LEFT_MS = 5_000;
/** Under this much life the caller waits for a new session, and gets the old one only where none is to be had. */
export const COMFORTABLE_LEFT_MS = 60_000;
/** How far the clock may step back before the time that has passed counts as unknown. */
export const STEP_BACK_MS = 60_000;

/**
 * Returns the milliseconds that a session still has; 0 or less: expired, or the clock cannot tell. `ownOffsetMs`: how far
 * STS's clock was ahead of ours when it answered us last. The entry's own offset may be of another time or another machine
 * with which the cache is shared: the one that leaves less life counts.
 */
export const leftOf = (entry: KeptAnswer, now: number, ownOffsetMs = -Infinity): number => {
  if (now < entry.obtained.getTime() - STEP_BACK_MS) return 0;
  const { credentials, clockOffsetMs = 0 } = entry.assumedRole;
  const left = credentials.expiration.getTime() - (now + Math.max(clockOffsetMs, ownOffsetMs));
  return Number.isNaN(left) ? 0 : left;
};

/**
 * Returns with how many milliseconds left a session is due for renewal: 51 to 58 % of its life, by `jitter` in [0, 1).
 * Of an hour that is 30.6 to 34.8 minutes. Asked for every five minutes, it is renewed with 25.6 minutes left or more,
 * so that a 25-minute outage of STS is ridden out whenever it starts.
 */
export const renewalDueAt = (entry: KeptAnswer, jitter: number): number =>
  leftOf(entry, entry.obtained.getTime()) * (0.51 + 0.07 * jitter);

/**
 * Returns the milliseconds before STS is asked again after `failures` failures in a row: exponential from 400, full
 * jitter, at most `capMs`. (AWS Architecture Blog, "Exponential Backoff And Jitter".)
 */
export const backoffMs = (failures: number, jitter: number, capMs: number): number =>
  jitter * Math.min(capMs, 200 * 2 ** Math.min(failures, 20));
