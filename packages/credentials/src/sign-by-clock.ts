// The AWS SDK signs by the machine's clock plus an offset that it learns from refusals. Ours is the clock that the
// factory was given: where that one is moved or corrected, signatures must move with it.
import { refuseOption } from "./check-options.js";
import type { Clock } from "./types.js";

/**
 * Makes a client sign by `now`; what the SDK itself learns of AWS's clock comes on top.
 * Throws `invalid_request` where it is given no client of the AWS SDK or no clock.
 */
export const signByClock = (client: { readonly config: { systemClockOffset: number } }, now: Clock): void => {
  const config: unknown = Reflect.get(Object(client), "config");
  if (typeof config !== "object" || config === null || typeof now !== "function") {
    throw refuseOption("signByClock is given no client or no clock", "give it a client of the AWS SDK and a function");
  }
  let learnedMs = 0;
  const aheadOfMachine = () => now() - Date.now();
  Object.defineProperty(config, "systemClockOffset", {
    get: () => aheadOfMachine() + learnedMs,
    set(offsetMs: number) {
      learnedMs = offsetMs - aheadOfMachine();
    },
  });
};
