// One-time passwords by time: RFC 6238 over RFC 4226, as virtual MFA devices of AWS make them (SHA-1, six digits, 30 s).
import { createHmac } from "node:crypto";
import { AuthError } from "../errors.js";

/** How long a code is shown, in seconds. */
export const STEP_SECONDS = 30;

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

const refuse = (message: string, hint = "copy it again from where the device is set up"): never => {
  throw new AuthError("invalid_option", message, { hint });
};

/** Returns the time step of a moment, which is in milliseconds since 1970. */
export const stepOf = (time: number): number => Math.floor(time / 1000 / STEP_SECONDS);

/** Returns the six digits that a device with this secret shows in a time step. */
export const totpCode = (secret: Uint8Array, step: number): string => {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", secret).update(counter).digest();
  const offset = mac.readUInt8(mac.length - 1) & 0x0f;
  return String((mac.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000).padStart(6, "0");
};

/** As people copy it: in either case, with blanks, dashes and padding. */
const decodeBase32 = (text: string): Uint8Array => {
  const letters = text.replace(/[\s-]/g, "").replace(/=+$/, "").toUpperCase();
  const bits = [...letters].map((letter) => {
    const value = ALPHABET.indexOf(letter);
    return value === -1 ? refuse("the TOTP secret is not base 32 (A to Z and 2 to 7)") : value;
  });
  const bytes: number[] = [];
  let held = 0;
  let count = 0;
  for (const value of bits) {
    held = ((held << 5) | value) & 0xfff;
    count += 5;
    if (count < 8) continue;
    count -= 8;
    bytes.push((held >> count) & 0xff);
  }
  // Shorter than this is a slip in copying: AWS gives 40 bytes, RFC 4226 wants 16 at least.
  return bytes.length < 10 ? refuse("the TOTP secret is too short") : Uint8Array.from(bytes);
};

const secretOf = (uri: string): string => {
  if (!URL.canParse(uri)) return refuse("the otpauth address is malformed");
  const { protocol, hostname, searchParams } = new URL(uri);
  if (protocol !== "otpauth:" || hostname.toLowerCase() !== "totp") {
    return refuse("the address is not one of a device that goes by time", "give one that starts with otpauth://totp/");
  }
  // A code of another kind would be refused by AWS again and again, and nobody would see why.
  const isOther = (name: string, wanted: string) => (searchParams.get(name) ?? wanted).toUpperCase() !== wanted;
  if (isOther("digits", "6") || isOther("period", "30") || isOther("algorithm", "SHA1")) {
    return refuse("AWS takes codes of six digits, 30 seconds and SHA1 only", "set the device up anew in AWS");
  }
  return searchParams.get("secret") ?? refuse("the otpauth address has no secret");
};

/**
 * Returns the bytes of a device's secret, given as base 32 text or as an `otpauth://totp/` address. Throws
 * `invalid_option` where it is neither, or makes codes that AWS does not take. The message never repeats it.
 */
export const parseTotpSecret = (given: string): Uint8Array => {
  const text = given.trim();
  return decodeBase32(/^otpauth:/i.test(text) ? secretOf(text) : text);
};
