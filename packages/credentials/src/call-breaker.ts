// Stops asking what fails again and again: a region's STS that is down, a role that is denied to whoever asks.
import type { Clock } from "./types.js";

export interface CallBreakerOptions {
  readonly now: Clock;
  /** So many failures in a row open it. */
  readonly failures: number;
  /** How long it stays open, in milliseconds; then one call tries, and another where it hangs for as long. */
  readonly openMs: number;
}

export interface CallBreaker {
  /** Returns 0 where a call may be made, else for how many milliseconds none may, at least 1. */
  waitMs(): number;
  /** Notes that a call is made. Of a breaker that was open it is the one that tries. */
  begin(): void;
  /** The call succeeded, or failed for a reason that says nothing about what is watched. */
  succeed(): void;
  fail(error: unknown): void;
  /** The call ended without telling anything. */
  drop(): void;
  /** The last failure. */
  readonly error: unknown;
  /** When the first of the failures in a row was, if there are enough of them. */
  readonly trippedSince: number | undefined;
}

/** How long others wait for the one that tries. */
const TRIAL_MS = 1000;

/** Returns a closed breaker. */
export const createCallBreaker = ({ now, failures, openMs }: CallBreakerOptions): CallBreaker => {
  let count = 0;
  let firstAt = 0;
  let openedAt = 0;
  let trialAt: number | undefined;
  let last: unknown;

  const isTripped = () => count >= failures;

  return {
    waitMs() {
      if (!isTripped()) return 0;
      const time = now();
      // A clock that was set back says nothing about how long ago the failures were.
      const left = time < openedAt ? 0 : openedAt + openMs - time;
      if (left > 0) return left;
      // One that hangs, on a human with an MFA device for example, must not keep the others out for as long.
      const trialAge = trialAt === undefined ? openMs : time - trialAt;
      return trialAge >= 0 && trialAge < openMs ? TRIAL_MS : 0;
    },
    begin() {
      if (isTripped()) trialAt = now();
    },
    succeed() {
      count = 0;
      trialAt = undefined;
      last = undefined;
    },
    fail(error) {
      openedAt = now();
      if (count === 0) firstAt = openedAt;
      count += 1;
      trialAt = undefined;
      last = error;
    },
    drop() {
      trialAt = undefined;
    },
    get error() {
      return last;
    },
    get trippedSince() {
      return isTripped() ? firstAt : undefined;
    },
  };
};
