// One line of the record: an event, its number, and the hash of the line before, so that none can be changed, moved, added
// or left out in the middle without its showing. Somebody who may write the file can write all of it anew, or cut off its
// end: against that only a copy elsewhere helps.
import { createHash } from "node:crypto";
import * as v from "valibot";
import type { AuthEvent } from "../types.js";

/** The longest line, its end included. */
export const MAX_LINE_BYTES = 16 * 1024;
/** What the first line has for the hash of the one before. */
export const CHAIN_START = "0".repeat(64);

const DOMAIN = "daypass auth audit, 1\n";

const text = v.pipe(v.string(), v.maxLength(512));
const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const isoMoment = v.pipe(
  v.string(),
  v.isoTimestamp(),
  v.transform((value) => new Date(value)),
);
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const types = v.picklist([
  "session.intent",
  "session.granted",
  "session.refused",
  "sign_in.granted",
  "sign_in.refused",
  "sign_out",
  "secret.stored",
  "secret.deleted",
  "profile.written",
  "profile.removed",
  "key.rotated",
  "unlocked",
  "locked",
] satisfies AuthEvent["type"][]);
const kinds = v.picklist([
  "keys",
  "assume_role",
  "session_token",
  "federation_token",
  "sso_role",
  "web_identity",
  "process",
  "container",
  "instance",
  "environment",
  "login_session",
] satisfies NonNullable<AuthEvent["kind"]>[]);

/** Every field that may be written; `v.object` leaves out all others. */
const fields = {
  type: types,
  attemptId: v.exactOptional(text),
  kind: v.exactOptional(kinds),
  name: v.exactOptional(text),
  roleArn: v.exactOptional(text),
  accountId: v.exactOptional(text),
  roleName: v.exactOptional(text),
  roleSessionName: v.exactOptional(text),
  sourceIdentity: v.exactOptional(text),
  region: v.exactOptional(text),
  durationSeconds: v.exactOptional(count),
  arn: v.exactOptional(text),
  accessKeyId: v.exactOptional(text),
  code: v.exactOptional(text),
  awsRequestId: v.exactOptional(text),
};
const writable = v.object({ ...fields, time: v.date(), expiration: v.exactOptional(v.date()) });
const readable = v.strictObject({ ...fields, time: isoMoment, expiration: v.exactOptional(isoMoment) });

/** What the file says about itself: the end of an interrupted write, set aside. */
export interface TornNote {
  readonly type: "audit.torn";
  readonly time: Date;
  readonly bytes: number;
  /** SHA-256 of what was set aside. */
  readonly digest: string;
}
const torn = v.strictObject({ type: v.literal("audit.torn"), time: isoMoment, bytes: count, digest });

const line = v.strictObject({
  sequence: v.pipe(count, v.minValue(1)),
  previous: digest,
  event: v.union([readable, torn]),
});

export interface AuditEntry {
  readonly sequence: number;
  readonly previous: string;
  readonly event: AuthEvent | TornNote;
}

/**
 * Returns the line of an event without its line break: the allowed fields only, in ASCII, so that it can be shown on any
 * terminal; or `undefined` where the event is not one.
 */
export function writeEntry(entry: AuditEntry): string | undefined {
  const event = entry.event.type === "audit.torn" ? entry.event : readWritable(entry.event);
  if (event === undefined) return undefined;
  const json = JSON.stringify({ sequence: entry.sequence, previous: entry.previous, event });
  const ascii = json.replaceAll(/[^ -~]/g, (unit) => String.raw`\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
  return ascii.length < MAX_LINE_BYTES ? ascii : undefined;
}

/** Returns the entry of a line, or `undefined` for any other text. Never throws. */
export function readEntry(text: string): AuditEntry | undefined {
  try {
    const result = v.safeParse(line, JSON.parse(text));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}

/** Returns the hash of a line, for the next one. */
export function hashLine(text: string): string {
  return createHash("sha256").update(DOMAIN).update(text, "utf8").digest("hex");
}

function readWritable(event: AuthEvent): AuthEvent | undefined {
  const given = Object.fromEntries(Object.entries(event).filter(([, value]) => value !== undefined));
  const result = v.safeParse(writable, given);
  return result.success ? result.output : undefined;
}
