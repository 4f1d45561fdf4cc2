// The only place where external IDs and integration ids come from. No function takes an external ID from its caller.
import { CrossAccountError } from "./errors.js";

/** Cryptographically secure random bytes, exactly as many as asked for. */
export type RandomBytes = (length: number) => Uint8Array;

/** The characters of external IDs: both cases, nothing that any template, URL or shell treats specially. */
export const externalIdAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const integrationIdAlphabet = "0123456789abcdefghijklmnopqrstuvwxyz";

/** Characters of an external ID: 32 × log2(62) = 190 random bits, within AWS's 2 to 1,224. */
export const externalIdLength = 32;

/**
 * What every external ID that we mint looks like, as a regular expression without anchors: the pattern for our templates
 * and for our own checks. It lies within STS's `[\w+=,.@:\/-]*` (AWS STS API Reference, AssumeRole, ExternalId).
 */
export const externalIdPattern = `[0-9A-Za-z]{${externalIdLength}}`;

/** Characters of an integration id: 26 × log2(36) = 134 random bits. Lower case, so that it survives in role names. */
const integrationIdLength = 26;

/** Attempts before a source of randomness counts as broken; a sound one needs 1, or 2 once in a thousand times. */
const attempts = 8;

/**
 * Mints an external ID. It holds upper and lower case letters, so that a trust policy which ignores case can be told from
 * one which does not. Throws `CrossAccountError` `invalid_option` when the randomness is visibly broken.
 */
export function mintExternalId(randomBytes: RandomBytes): string {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const minted = randomText(randomBytes, externalIdAlphabet, externalIdLength);
    if (/[A-Z]/.test(minted) && /[a-z]/.test(minted)) return minted;
  }
  throw brokenRandomness();
}

/** Mints an integration id. Throws like `mintExternalId`. */
export function mintIntegrationId(randomBytes: RandomBytes): string {
  return randomText(randomBytes, integrationIdAlphabet, integrationIdLength);
}

/** Every character equally likely: bytes beyond the last whole multiple of the alphabet are thrown away, not folded. */
function randomText(randomBytes: RandomBytes, alphabet: string, length: number): string {
  const limit = 256 - (256 % alphabet.length);
  let text = "";
  for (let attempt = 0; attempt < attempts; attempt++) {
    const bytes = randomBytes(2 * length);
    if (!(bytes instanceof Uint8Array) || bytes.length !== 2 * length || isConstant(bytes)) throw brokenRandomness();
    for (const byte of bytes) {
      if (byte < limit) text += alphabet.charAt(byte % alphabet.length);
      if (text.length === length) return text;
    }
  }
  throw brokenRandomness();
}

function isConstant(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === bytes[0]);
}

// Never a fallback to clock or counter: a guessable external ID is worse than none.
function brokenRandomness(): CrossAccountError {
  return new CrossAccountError("invalid_option", "the source of randomness does not give random bytes", {
    hint: "leave out `randomBytes`, or pass a cryptographic one such as node:crypto's randomBytes",
  });
}
