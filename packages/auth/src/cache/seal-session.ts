// One kept session as bytes that only the holder of the key can make or read, and only for the place they were made for.
import { createCipheriv, createDecipheriv } from "node:crypto";
import * as v from "valibot";
import type { KeptSession, SessionQuestion } from "../types.js";

export const KEY_BYTES = 32;
/** The largest that is read: a token and a question with every policy and tag that AWS takes have less. */
export const MAX_SEALED_BYTES = 256 * 1024;

const MAGIC = Buffer.from("DPSC");
const VERSION = 1;
const EXPIRATION_AT = MAGIC.length + 1;
const HEAD_BYTES = EXPIRATION_AT + 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const DOMAIN = "daypass session cache, 1\n";

const text = v.pipe(v.string(), v.nonEmpty());
const moment = v.pipe(
  v.string(),
  v.isoTimestamp(),
  v.transform((value) => new Date(value)),
);
const schema = v.strictObject({
  question: v.custom<SessionQuestion>(isQuestion),
  obtained: moment,
  arn: v.exactOptional(text),
  clockOffsetMs: v.exactOptional(v.pipe(v.number(), v.finite())),
  signInId: v.exactOptional(text),
  credentials: v.strictObject({
    accessKeyId: text,
    secretAccessKey: text,
    sessionToken: text,
    expiration: moment,
    accountId: v.exactOptional(text),
  }),
});

/** Returns the sealed form of a session, for the place `name`. `nonce` must never come twice: 12 random bytes. */
export function sealSession(
  session: KeptSession,
  { key, name, nonce }: { key: Buffer; name: string; nonce: Buffer },
): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  MAGIC.copy(head);
  head.writeUInt8(VERSION, MAGIC.length);
  head.writeBigUInt64BE(BigInt(session.credentials.expiration.getTime()), EXPIRATION_AT);
  const cipher = createCipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(boundTo(head, name));
  const { question, obtained, arn, clockOffsetMs, signInId, credentials } = session;
  const { accessKeyId, secretAccessKey, sessionToken, expiration, accountId } = credentials;
  const plaintext = JSON.stringify({
    question,
    obtained,
    arn,
    clockOffsetMs,
    signInId,
    credentials: { accessKeyId, secretAccessKey, sessionToken, expiration, accountId },
  });
  return Buffer.concat([head, nonce, cipher.update(plaintext, "utf8"), cipher.final(), cipher.getAuthTag()]);
}

/** Returns the session that was sealed for the place `name`, or `undefined` for any other bytes. Never throws. */
export function unsealSession(sealed: Buffer, { key, name }: { key: Buffer; name: string }): KeptSession | undefined {
  if (sealed.length < HEAD_BYTES + NONCE_BYTES + TAG_BYTES) return undefined;
  const head = sealed.subarray(0, HEAD_BYTES);
  if (!head.subarray(0, MAGIC.length).equals(MAGIC) || head[MAGIC.length] !== VERSION) return undefined;
  try {
    const nonce = sealed.subarray(HEAD_BYTES, HEAD_BYTES + NONCE_BYTES);
    const decipher = createDecipheriv("aes-256-gcm", key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(boundTo(head, name));
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    const plaintext = Buffer.concat([
      decipher.update(sealed.subarray(HEAD_BYTES + NONCE_BYTES, -TAG_BYTES)),
      decipher.final(),
    ]);
    const result = v.safeParse(schema, JSON.parse(plaintext.toString("utf8")));
    plaintext.fill(0);
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the bytes are of a newer version of this program, which knows what to do with them. */
export function isNewer(sealed: Buffer): boolean {
  return sealed.subarray(0, MAGIC.length).equals(MAGIC) && (sealed[MAGIC.length] ?? 0) > VERSION;
}

/** Returns when a sealed session expires, in milliseconds, as it says in clear: good for sweeping, and for nothing else. */
export function expirationOf(head: Buffer): number | undefined {
  if (head.length < HEAD_BYTES || !head.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  return Number(head.readBigUInt64BE(EXPIRATION_AT));
}

/** The head and the place are part of what is sealed: a file that was moved to another's place does not open. */
function boundTo(head: Buffer, name: string): Buffer {
  return Buffer.concat([Buffer.from(DOMAIN), head, Buffer.from(name)]);
}

function isQuestion(value: unknown): boolean {
  return typeof value === "object" && value !== null && "kind" in value && typeof value.kind === "string";
}
