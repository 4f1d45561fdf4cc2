// Holds the body against the digests that came with it.
import { createHash } from "node:crypto";
import { AwsError } from "../errors.js";
import { CHECKSUM_BYTES, computeChecksum } from "./compute-checksum.js";
import type { ChecksumAlgorithm } from "./compute-checksum.js";
import { invalidRequest, notImplemented } from "./s3-errors.js";
import type { S3Call } from "./s3-call.js";

const PREFIX = "x-amz-checksum-";
/** Headers of that prefix that are no checksum. */
const NO_CHECKSUM = new Set(["x-amz-checksum-mode", "x-amz-checksum-type", "x-amz-checksum-algorithm"]);

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64. */
  readonly value: string;
}

/**
 * Checks Content-MD5 and the `x-amz-checksum-…` header or trailer against the body.
 * Returns the checksum that the caller gave. Throws `BadDigest`, `InvalidDigest` or `InvalidRequest`.
 */
export function verifyIntegrity(s3: S3Call): Checksum | undefined {
  verifyMd5(s3);
  const given = [...s3.headers].filter(([name]) => name.startsWith(PREFIX) && !NO_CHECKSUM.has(name));
  const [first, second] = given;
  if (second !== undefined) {
    throw invalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
  }
  if (first === undefined) {
    refuseMissingChecksum(s3);
    return undefined;
  }
  return verifyChecksum(s3, ...first);
}

/** Throws `InvalidRequest` unless the body is protected, where S3 requires it (DeleteObjects). */
export function requireIntegrity(s3: S3Call, checksum: Checksum | undefined): void {
  if (checksum !== undefined || s3.headers.has("content-md5")) return;
  throw invalidRequest("Missing required header for this request: Content-MD5 OR x-amz-checksum-*");
}

/** Returns the algorithm by its name on the wire, any case. Throws `InvalidRequest`. */
export function algorithmNamed(name: string): ChecksumAlgorithm {
  const upper = name.toUpperCase();
  const found = Object.keys(CHECKSUM_BYTES).find((algorithm) => algorithm === upper);
  if (found === undefined) {
    throw invalidRequest(
      "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]",
    );
  }
  return found as ChecksumAlgorithm;
}

function verifyChecksum({ call, headers }: S3Call, name: string, value: string): Checksum {
  const suffix = name.slice(PREFIX.length).toUpperCase();
  if (!Object.hasOwn(CHECKSUM_BYTES, suffix)) throw notImplemented("Header", name);
  const algorithm = algorithmNamed(suffix);
  const announced = headers.get("x-amz-sdk-checksum-algorithm");
  if (announced !== undefined && algorithmNamed(announced) !== algorithm) {
    throw invalidRequest("Value for x-amz-sdk-checksum-algorithm header is invalid.");
  }
  const bytes = Buffer.from(value, "base64");
  if (bytes.length !== CHECKSUM_BYTES[algorithm] || bytes.toString("base64") !== value) {
    throw invalidRequest(`Value for ${name} header is invalid.`);
  }
  if (computeChecksum(algorithm, call.request.body) !== value) {
    throw new AwsError(400, "BadDigest", `The ${algorithm} you specified did not match the calculated checksum.`);
  }
  return { algorithm, value };
}

function refuseMissingChecksum({ headers }: S3Call): void {
  const announced = headers.get("x-amz-sdk-checksum-algorithm");
  const trailer = headers.get("x-amz-trailer");
  if (trailer !== undefined)
    throw new AwsError(
      400,
      "MalformedTrailerError",
      "The request contained trailing data that was not well-formed or did not conform to our published schema.",
    );
  // A copy computes the checksum at the destination: there is no body to hold it against.
  if (announced !== undefined && !headers.has("x-amz-copy-source")) {
    algorithmNamed(announced);
    throw invalidRequest(
      "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.",
    );
  }
}

function verifyMd5({ call, headers }: S3Call): void {
  const given = headers.get("content-md5");
  if (given === undefined) return;
  const bytes = Buffer.from(given, "base64");
  if (bytes.length !== 16 || bytes.toString("base64") !== given) {
    throw new AwsError(400, "InvalidDigest", "The Content-MD5 you specified was invalid.", {
      details: { "Content-MD5": given },
    });
  }
  const calculated = createHash("md5").update(call.request.body).digest("base64");
  if (calculated === given) return;
  throw new AwsError(400, "BadDigest", "The Content-MD5 you specified did not match what we received.", {
    details: { ExpectedDigest: given, CalculatedDigest: calculated },
  });
}
