// Whoever guesses waits longer after each guess, as ssh-agent lets its guessers wait.
import type { Moment, TwoClocks } from "./watch-time.js";
import { AgentError } from "./errors.js";

/** Opens what is locked. */
export type Unlock = (passphrase: string | undefined) => Promise<void>;

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;

/**
 * Returns an unlock that tries one passphrase at a time, and none for a while after one was wrong: a second, then twice
 * as long each time, a minute at most. Rejects with `AgentError` `unlock_refused`.
 */
export function limitUnlocks(unlock: Unlock, clocks: TwoClocks): Unlock {
  let pauseMs = 0;
  let failed: Moment | undefined;
  let isTrying = false;
  return async (passphrase) => {
    if (isTrying || (failed !== undefined && clocks.since(failed) < pauseMs)) {
      throw new AgentError("unlock_refused", "it is too early for another try", {
        hint: "wait a minute, then try again",
      });
    }
    isTrying = true;
    try {
      await unlock(passphrase);
      failed = undefined;
      pauseMs = 0;
    } catch (error) {
      failed = clocks.moment();
      pauseMs = Math.min(Math.max(pauseMs * 2, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
      throw new AgentError("unlock_refused", "that does not unlock the agent", {
        hint: "type what the agent was locked with, or stop it and start anew",
        cause: error,
      });
    } finally {
      isTrying = false;
    }
  };
}
