// External IDs are named in logs and audits by this, never by value.
import { createHash } from "node:crypto";

/**
 * Returns `fp-` and 16 hex digits that name an external ID without telling it.
 * It cannot be turned back where the ID carries 128 random bits, as ours do; a guessable ID can be guessed from it.
 */
export const fingerprint = (externalId: string): string =>
  `fp-${createHash("sha256").update("daypass external id\n").update(externalId, "utf16le").digest("hex").slice(0, 16)}`;
