// The checksums that S3 keeps with objects (S3 User Guide, "Checking object integrity for data uploads").
import { createHash } from "node:crypto";

export type ChecksumAlgorithm = "CRC32" | "CRC32C" | "CRC64NVME" | "SHA1" | "SHA256";

/** How many bytes each has; on the wire they are base64, CRCs big-endian. */
export const CHECKSUM_BYTES: Readonly<Record<ChecksumAlgorithm, number>> = {
  CRC32: 4,
  CRC32C: 4,
  CRC64NVME: 8,
  SHA1: 20,
  SHA256: 32,
};

/** Returns the checksum of `body` in base64. */
export function computeChecksum(algorithm: ChecksumAlgorithm, body: Uint8Array): string {
  switch (algorithm) {
    case "CRC32":
      return base64Of([crc32(CRC32_TABLE, body)]);
    case "CRC32C":
      return base64Of([crc32(CRC32C_TABLE, body)]);
    case "CRC64NVME":
      return base64Of(crc64(body));
    case "SHA1":
    case "SHA256":
      return createHash(algorithm.toLowerCase()).update(body).digest("base64");
  }
}

/** Reflected polynomials: IEEE 802.3, Castagnoli (RFC 3720), and NVM Express (its CRC-64, split into halves). */
const CRC32_TABLE = table32(0xedb88320);
const CRC32C_TABLE = table32(0x82f63b78);
const CRC64_TABLE = table64(0x9a6c9329, 0xac4bc9b5);

function table32(polynomial: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = (value >>> 1) ^ (value & 1 ? polynomial : 0);
    return value;
  });
}

function crc32(table: Uint32Array, body: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of body) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}

interface Halves {
  readonly high: Uint32Array;
  readonly low: Uint32Array;
}

function table64(polynomialHigh: number, polynomialLow: number): Halves {
  const high = new Uint32Array(256);
  const low = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte += 1) {
    let [h, l] = [0, byte];
    for (let bit = 0; bit < 8; bit += 1) {
      const carry = l & 1;
      l = (l >>> 1) | ((h & 1) << 31);
      h >>>= 1;
      if (carry === 1) [h, l] = [h ^ polynomialHigh, l ^ polynomialLow];
    }
    high[byte] = h;
    low[byte] = l;
  }
  return { high, low };
}

function crc64(body: Uint8Array): [number, number] {
  let [h, l] = [0xffffffff, 0xffffffff];
  for (const byte of body) {
    const index = (l ^ byte) & 0xff;
    const shifted = (l >>> 8) | ((h & 0xff) << 24);
    h = (h >>> 8) ^ (CRC64_TABLE.high[index] ?? 0);
    l = shifted ^ (CRC64_TABLE.low[index] ?? 0);
  }
  return [(h ^ 0xffffffff) >>> 0, (l ^ 0xffffffff) >>> 0];
}

function base64Of(words: readonly number[]): string {
  const bytes = Buffer.alloc(words.length * 4);
  words.forEach((word, index) => bytes.writeUInt32BE(word, index * 4));
  return bytes.toString("base64");
}
