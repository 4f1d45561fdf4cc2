// The audit's hash chain: every event commits to all before it, so that none can be changed, moved, added or left out.
import { createHash, randomBytes } from "node:crypto";
import type { AuditEvent } from "@daypass/cross-account";
import { readJson, writeJson } from "./json-with-dates.js";

/** The chain before its first event. */
export const CHAIN_START: Uint8Array = new Uint8Array(32);

const DOMAIN = "daypass stores: audit chain, 1\n";
const SALT_BYTES = 16;

/**
 * Returns the text of an event as it is sealed and chained. The salt keeps the chain, which the database shows, from
 * telling whoever guesses an event that the guess is right.
 */
export function writeEntry(event: AuditEvent): string {
  return writeJson({ salt: randomBytes(SALT_BYTES).toString("hex"), event });
}

/** Returns the event of a text that `writeEntry` made, or `undefined` for any other text. */
export function readEntry(text: string): AuditEvent | undefined {
  const entry: unknown = readJson(text);
  if (typeof entry !== "object" || entry === null || !("salt" in entry) || !("event" in entry)) return undefined;
  // What opens is what was sealed there: the seal vouches for its form.
  return entry.event as AuditEvent;
}

/** Returns the chain's value after the entry of this number, 32 bytes. */
export function chainAfter(before: Uint8Array, sequence: number, text: string): Uint8Array {
  const number = Buffer.alloc(8);
  number.writeBigUInt64BE(BigInt(sequence));
  return createHash("sha256").update(DOMAIN).update(before).update(number).update(text, "utf8").digest();
}
