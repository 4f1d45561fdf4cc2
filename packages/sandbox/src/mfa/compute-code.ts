// The codes that a virtual MFA device shows: RFC 6238 with its defaults, SHA-1, 6 digits, a new one every 30 seconds (IAM
// User Guide, "Assign a virtual MFA device in the AWS Management Console": apps that are compliant with RFC 6238).
import { createHmac } from "node:crypto";

/** Milliseconds for which a device shows one code. */
export const STEP_MS = 30_000;

/** Returns the number of the time step; `time` is in milliseconds since 1970. */
export function stepAt(time: number): number {
  return Math.floor(time / STEP_MS);
}

/** Returns the six digits that belong to a time step. */
export function computeCode(seed: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac("sha1", seed).update(counter).digest();
  // RFC 4226, section 5.3: the last digit says which four bytes count.
  const offset = digest.readUInt8(digest.length - 1) & 0x0f;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
