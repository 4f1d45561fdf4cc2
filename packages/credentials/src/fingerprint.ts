// External IDs are named in logs and audits by this, never by value.
import { createHash } from "node:crypto";
import { refuseOption } from "./check-options.js";

/**
 * Returns `fp-` and 16 hex digits that name an external ID without telling it.
 * It cannot be turned back where the ID carries 128 random bits, as ours do; a guessable ID can be guessed from it.
 * Throws `invalid_request` where it is given no text.
 */
export const fingerprint = (externalId: string): string => {
  if (typeof externalId !== "string") throw refuseOption("an external ID is not text", "give it as it was minted");
  const hash = createHash("sha256").update("daypass external id\n").update(externalId, "utf16le").digest("hex");
  return `fp-${hash.slice(0, 16)}`;
};
