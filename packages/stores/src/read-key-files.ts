// Keys come from files that only their owner can read: on a command line everybody on the machine would see them.
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { fstatSync, openSync, readFileSync, closeSync } from "node:fs";
import { basename } from "node:path";
import { CrossAccountError } from "@daypass/cross-account";
import * as v from "valibot";
import type { SealingKeys } from "./sealing-keys.js";

// 32 bytes in base64.
const keySchema = v.strictObject({ id: v.string(), key: v.pipe(v.string(), v.regex(/^[A-Za-z0-9+/]{43}=$/)) });
const keysSchema = v.strictObject({ current: keySchema, previous: v.optional(v.array(keySchema), []) });

/** Returns the sealing keys of a file. Throws `CrossAccountError` `invalid_option`, never with what is in the file. */
export function readSealingKeys(path: string): SealingKeys {
  const result = v.safeParse(keysSchema, parse(readSecret(path, "the sealing keys")));
  if (!result.success) {
    throw wrong(
      `the file of sealing keys is not of the right form: ${v.getDotPath(result.issues[0]) ?? "no JSON"}`,
      keysHint,
    );
  }
  const toBytes = ({ id, key }: { id: string; key: string }) => ({
    id,
    key: new Uint8Array(Buffer.from(key, "base64")),
  });
  const { current, previous } = result.output;
  return { current: toBytes(current), previous: previous.map(toBytes) };
}

const keysHint = 'write {"current": {"id": "2026-11", "key": "32 bytes in base64"}, "previous": []}';

/** Returns the signing key of a PEM file. Throws `CrossAccountError` `invalid_option`. */
export function readSigningKey(path: string): KeyObject {
  const text = readSecret(path, "the signing key");
  try {
    return createPrivateKey(text);
  } catch {
    throw wrong("the signing key is not a private key in PEM", "make one with `daypass-certificate keygen`");
  }
}

/** Returns the public key of a PEM file. Throws `CrossAccountError` `invalid_option`. */
export function readPublicKey(path: string): KeyObject {
  const text = readText(path, "the public key");
  // A private key would do as well, and does not belong here.
  if (text.includes("PRIVATE KEY")) throw wrong("a private key was given as the public key", "give the public one");
  try {
    return createPublicKey(text);
  } catch {
    throw wrong("the public key is not one in PEM", "give the one that belongs to the signing key");
  }
}

/** Returns a file's text. Throws `CrossAccountError` `invalid_option`. */
export function readText(path: string, what: string): string {
  return read(path, what, false);
}

function readSecret(path: string, what: string): string {
  return read(path, what, true);
}

function read(path: string, what: string, isSecret: boolean): string {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    // Of the file that is read, not of the name: the name may lead elsewhere in the next moment.
    const { mode } = fstatSync(file);
    if (isSecret && process.platform !== "win32" && (mode & 0o077) !== 0) {
      const name = JSON.stringify(basename(path));
      throw wrong(
        `others may read ${what} in ${name}`,
        `run \`chmod 600\` on it, and change the keys if others were there`,
      );
    }
    return readFileSync(file, "utf8");
  } catch (cause) {
    if (cause instanceof CrossAccountError) throw cause;
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown error";
    throw wrong(`${what} cannot be read: ${code}`, "see that the file exists and that you may read it");
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function wrong(problem: string, hint: string): CrossAccountError {
  return new CrossAccountError("invalid_option", problem, { hint });
}
