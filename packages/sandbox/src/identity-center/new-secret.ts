// Codes and tokens: random, and compared in full.
import type { World } from "../world-types.js";

type WithRandomness = Pick<World, "randomBytes">;

/** Letters that cannot be mistaken for each other and spell no words (RFC 8628, section 6.1). */
const USER_CODE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ";

/** Returns 288 random bits as 48 characters of base 64 for addresses. */
export function newSecret({ randomBytes }: WithRandomness): string {
  return Buffer.from(randomBytes(36)).toString("base64url");
}

/** Returns a code that a person can read and compare: `BCDF-GHJK`. */
export function newUserCode({ randomBytes }: WithRandomness): string {
  let letters = "";
  while (letters.length < 8) {
    for (const byte of randomBytes(16)) {
      // 240 is the largest multiple of 20 in a byte: beyond it the first letters would come more often.
      if (byte < 240 && letters.length < 8) letters += USER_CODE_LETTERS.charAt(byte % 20);
    }
  }
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}

/** Returns a user code as it is kept: people may leave out the hyphen or write small letters. */
export function readUserCode(typed: string): string {
  const letters = typed.toUpperCase().replace(/[^A-Z]/g, "");
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}
