// No key, no start: reads the sealing keys and derives what is really used from each.
import { hkdfSync, timingSafeEqual } from "node:crypto";
import { CrossAccountError } from "@daypass/cross-account";

/** A key that seals. The id is written beside everything that it sealed; the bytes never are. */
export interface SealingKey {
  /** 1 to 32 letters, digits, `_` or `-`. Never used again for another key. */
  readonly id: string;
  /** 32 random bytes, from a key management service or `randomBytes(32)`. */
  readonly key: Uint8Array;
}

export interface SealingKeys {
  /** Seals everything that is written. */
  readonly current: SealingKey;
  /** Only open what they sealed earlier. */
  readonly previous?: readonly SealingKey[];
}

/** What is used in place of the key itself: one part for sealing, one for blind indexes. */
export interface DerivedKey {
  readonly id: string;
  readonly sealing: Uint8Array;
  readonly indexing: Uint8Array;
}

/**
 * Returns the derived keys, the current one first. Throws `CrossAccountError` `invalid_option` for a key that is missing,
 * not 32 bytes, not random to the eye (constant, repeating, counting, letters only), given as text, or given twice.
 */
export function deriveSealingKeys(keys: SealingKeys): readonly [DerivedKey, ...DerivedKey[]] {
  const { current, previous } = checkForm(keys);
  const all = [current, ...previous];
  for (const [index, { id, key }] of all.entries()) {
    for (const earlier of all.slice(0, index)) {
      if (earlier.id === id) throw badKey(id, "its id is given twice", "give every key an id of its own");
      if (timingSafeEqual(earlier.key, key)) throw badKey(id, "it is another key again", "give every key once");
    }
  }
  return [derive(current), ...previous.map(derive)];
}

function checkForm(keys: SealingKeys): { current: SealingKey; previous: readonly SealingKey[] } {
  const given: unknown = keys;
  if (!isObject(given) || !Array.isArray(given["previous"] ?? [])) throw badKey("current", "it is missing", howToMake);
  const previous: readonly unknown[] = Array.isArray(given["previous"]) ? given["previous"] : [];
  return { current: checkKey(given["current"]), previous: previous.map(checkKey) };
}

function checkKey(given: unknown): SealingKey {
  if (!isObject(given)) throw badKey("current", "it is missing", howToMake);
  const { id, key } = given;
  if (typeof id !== "string" || !/^[A-Za-z0-9_-]{1,32}$/.test(id)) {
    throw badKey(
      "current",
      "its id is not 1 to 32 letters, digits, `_` or `-`",
      "name it, for example by its month: 2026-11",
    );
  }
  if (!(key instanceof Uint8Array)) throw badKey(id, "it is not bytes", `pass a Uint8Array, not text; ${howToMake}`);
  if (key.length !== 32) throw badKey(id, `it has ${key.length} bytes`, howToMake);
  if (isPattern(key)) throw badKey(id, "its bytes follow a pattern", howToMake);
  if (isText(key)) throw badKey(id, "its bytes are the letters of a text", howToDecode);
  return { id, key: Uint8Array.from(key) };
}

const howToMake = "make 32 random bytes once, for example with `openssl rand 32`, and keep them in a secret store";

const howToDecode = `pass random bytes; a key that is kept as base64 or hexadecimal text is decoded first, with Buffer.from(text, "base64")`;

/** A password, or the hexadecimal form of half a key. Of random keys one in 10^13 looks like this. */
function isText(key: Uint8Array): boolean {
  return key.every((byte) => byte >= 0x20 && byte <= 0x7e);
}

/** Zeros, one byte repeated, a short word repeated, counting up or down: never what a random source gives. */
function isPattern(key: Uint8Array): boolean {
  const steps = new Set(Array.from(key.subarray(1), (byte, index) => (byte - (key[index] ?? 0) + 256) % 256));
  return new Set(key).size < 12 || steps.size < 8;
}

function derive({ id, key }: SealingKey): DerivedKey {
  return {
    id,
    sealing: new Uint8Array(hkdfSync("sha256", key, "", "daypass stores: sealing, 1", 32)),
    indexing: new Uint8Array(hkdfSync("sha256", key, "", "daypass stores: blind index, 1", 32)),
  };
}

function badKey(id: string, problem: string, hint: string): CrossAccountError {
  return new CrossAccountError("invalid_option", `sealing key ${JSON.stringify(id)} cannot be used: ${problem}`, {
    hint,
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
