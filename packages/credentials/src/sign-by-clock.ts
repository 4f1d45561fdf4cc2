// The AWS SDK signs by the machine's clock plus an offset that it learns from refusals. Ours is the clock that the
// factory was given: where that one is moved or corrected, signatures must move with it.
import type { Clock } from "./types.js";

/** Makes a client sign by `now`; what the SDK itself learns of AWS's clock comes on top. */
export const signByClock = (client: { readonly config: { systemClockOffset: number } }, now: Clock): void => {
  let learnedMs = 0;
  const aheadOfMachine = () => now() - Date.now();
  Object.defineProperty(client.config, "systemClockOffset", {
    get: () => aheadOfMachine() + learnedMs,
    set(offsetMs: number) {
      learnedMs = offsetMs - aheadOfMachine();
    },
  });
};
