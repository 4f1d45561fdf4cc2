// Whether a kept token will do. Pure.
import type { StoredToken } from "./token-file.js";

/** `due`: it works, and should be renewed. */
export type TokenVerdict = "fresh" | "due" | "expired";

// The AWS SDK renews five minutes before the end, botocore fifteen: between the two, so that not all processes of a
// machine do it in the same second.
const LATEST_RENEWAL_MS = 300_000;
const EARLIEST_RENEWAL_MS = 900_000;

/** Returns how long before its end a token is renewed, in milliseconds. `random` is from 0 up to 1. */
export const renewBeforeMs = (random: number): number =>
  LATEST_RENEWAL_MS + random * (EARLIEST_RENEWAL_MS - LATEST_RENEWAL_MS);

/** Returns whether the token will do at the time `now`, in milliseconds since 1970. */
export const judgeToken = ({ expiration }: StoredToken, now: number, renewEarlyByMs: number): TokenVerdict => {
  const leftMs = expiration.getTime() - now;
  if (!(leftMs > 0)) return "expired";
  return leftMs <= renewEarlyByMs ? "due" : "fresh";
};
