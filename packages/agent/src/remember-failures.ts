// Programs ask again and again. A failure is repeated to them from memory, for longer each time, so that neither AWS nor
// the person hears of it as often.
import { AuthError } from "@daypass/auth";
import type { Moment, TwoClocks } from "./watch-time.js";

/** What failed lately, by question. */
export interface FailureMemory {
  /** The failure to repeat, or `undefined` where it may be tried. `canAsk`: whoever asks has a terminal. */
  find(key: string, canAsk: boolean): Error | undefined;
  add(key: string, error: Error): void;
  forget(key: string): void;
  clear(): void;
}

interface Failure {
  readonly error: Error;
  readonly at: Moment;
  readonly pauseMs: number;
}

const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 300_000;
const MOST_FAILURES = 1000;

/** Returns a memory of failures: two seconds after the first, twice as long after each more, five minutes at most. */
export function createFailureMemory(clocks: TwoClocks): FailureMemory {
  const failures = new Map<string, Failure>();
  return {
    find(key, canAsk) {
      const failure = failures.get(key);
      if (failure === undefined || clocks.since(failure.at) >= failure.pauseMs) return undefined;
      // Nobody could be asked then, and somebody can now.
      if (canAsk && failure.error instanceof AuthError && failure.error.code === "prompt_unavailable") return undefined;
      return failure.error;
    },
    add(key, error) {
      const before = failures.get(key)?.pauseMs;
      const pauseMs = before === undefined ? FIRST_PAUSE_MS : Math.min(before * 2, LONGEST_PAUSE_MS);
      failures.delete(key);
      failures.set(key, { error, at: clocks.moment(), pauseMs });
      const oldest = failures.keys().next();
      if (failures.size > MOST_FAILURES && !oldest.done) failures.delete(oldest.value);
    },
    forget: (key) => void failures.delete(key),
    clear: () => failures.clear(),
  };
}
