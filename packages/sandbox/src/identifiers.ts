// The identifiers that AWS hands out, in AWS's forms, from the world's own randomness.
import type { World } from "./world-types.js";

/** IAM's unique ids and access key ids use base 32 without 0, 1, 8 and 9 (IAM User Guide, "IAM identifiers"). */
const BASE_32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

type WithRandomness = Pick<World, "randomBytes">;

/** Returns a unique id of an IAM entity: the prefix and 17 characters, never issued twice. */
export function newUniqueId(world: WithRandomness, prefix: "AIDA" | "AROA" | "AGPA" | "ANPA"): string {
  return prefix + base32(world, 17);
}

/** Returns an access key id: `AKIA` for long-term keys, `ASIA` for temporary ones, and 16 characters. */
export function newAccessKeyId(world: WithRandomness, prefix: "AKIA" | "ASIA"): string {
  return prefix + base32(world, 16);
}

/** Returns a secret access key: 240 random bits as 40 characters of base 64. */
export function newSecretAccessKey(world: WithRandomness): string {
  return Buffer.from(world.randomBytes(30)).toString("base64");
}

/** Returns a request id: a random UUID, as STS and IAM send it. */
export function newRequestId(world: WithRandomness): string {
  const bytes = Buffer.from(world.randomBytes(16));
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function base32(world: WithRandomness, length: number): string {
  // 256 is a multiple of 32, so the remainder is not biased.
  return Array.from(world.randomBytes(length), (byte) => BASE_32.charAt(byte % 32)).join("");
}
