// A checkpoint says how far the audit went and how it read. Kept elsewhere, it shows what a chain alone cannot: that the
// end was cut off, an older copy was put back, or everything was written anew by somebody who has the keys.
import { sign, verify, type KeyObject } from "node:crypto";
import { CrossAccountError } from "@daypass/cross-account";
import * as v from "valibot";
import type { AuditHead } from "./event-log.js";

export interface CheckpointKey {
  /** Names the key to those who check: 1 to 64 letters, digits, `_`, `.` or `-`. */
  readonly keyId: string;
  /** Ed25519. */
  readonly privateKey: KeyObject;
}

export interface Checkpoint {
  readonly heads: readonly AuditHead[];
  readonly time: Date;
  readonly keyId: string;
}

const FORMAT = "daypass-audit-checkpoint-1";
const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const keyIdSchema = v.pipe(v.string(), v.regex(/^[\w.-]{1,64}$/));
const schema = v.strictObject({
  format: v.literal(FORMAT),
  time: v.pipe(v.string(), v.isoTimestamp()),
  keyId: keyIdSchema,
  heads: v.pipe(
    v.array(
      v.strictObject({ log: digest, sequence: v.pipe(v.number(), v.safeInteger(), v.minValue(1)), chain: digest }),
    ),
    v.minLength(1),
    v.maxLength(1000),
  ),
  signature: v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]{86}==$/)),
});

/** Returns a checkpoint as one line of JSON. Throws `CrossAccountError` `invalid_option` for a key that cannot sign it. */
export function signCheckpoint(heads: readonly AuditHead[], key: CheckpointKey, time: Date): string {
  const { keyId, privateKey } = key;
  if (privateKey.type !== "private" || privateKey.asymmetricKeyType !== "ed25519") {
    throw wrong("the signing key is not an Ed25519 private key", "make one with `daypass-certificate keygen`");
  }
  if (!v.is(keyIdSchema, keyId)) {
    throw wrong("the key's id is not 1 to 64 letters, digits, `_`, `.` or `-`", "name it, for example audit-2026");
  }
  if (heads.length === 0) throw wrong("there is nothing to sign: the audit is empty", "sign it once it has an event");
  const content = {
    format: FORMAT,
    time: time.toISOString(),
    keyId,
    heads: heads.map(({ log, sequence, chain }) => ({ log, sequence, chain })),
  };
  const signature = sign(null, bytesToSign(content), privateKey).toString("base64");
  return JSON.stringify({ ...content, signature });
}

/** Reads a checkpoint. Throws `CrossAccountError` `unsealing_failed` where it is malformed or not signed by that key. */
export function readCheckpoint(line: string, publicKey: KeyObject): Checkpoint {
  const result = v.safeParse(schema, parse(line));
  if (!result.success) throw unsigned("is not one");
  const { signature, ...content } = result.output;
  const isEd25519 = publicKey.type === "public" && publicKey.asymmetricKeyType === "ed25519";
  if (!isEd25519)
    throw wrong("the public key is not an Ed25519 public key", "give the one that belongs to the signing key");
  if (!verify(null, bytesToSign(content), publicKey, Buffer.from(signature, "base64"))) {
    throw unsigned("is not signed by this key, or was changed");
  }
  return { heads: content.heads, time: new Date(content.time), keyId: content.keyId };
}

/** The first line keeps these signatures from being good for anything else. */
function bytesToSign(content: { format: string; time: string; keyId: string; heads: readonly AuditHead[] }): Buffer {
  const { format, time, keyId, heads } = content;
  const fields = [time, keyId, heads.map(({ log, sequence, chain }) => [log, sequence, chain])];
  return Buffer.from(`${format}\n${JSON.stringify(fields)}`);
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function unsigned(problem: string): CrossAccountError {
  return new CrossAccountError("unsealing_failed", `a checkpoint ${problem}`, {
    hint: "take the checkpoints from where they are kept, and the public key from who signs them",
  });
}

function wrong(problem: string, hint: string): CrossAccountError {
  return new CrossAccountError("invalid_option", problem, { hint });
}
