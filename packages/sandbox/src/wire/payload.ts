// What stands for the body in the signature, and whether the body that came is the one that was signed.
// Source: Amazon S3 API Reference, "Signature Calculations for the Authorization Header" (x-amz-content-sha256).
import { AwsError } from "../errors.js";
import type { HttpRequest } from "../types.js";
import type { AuthDialect } from "./auth-errors.js";
import { sha256Hex } from "./canonical-request.js";
import { decodeAwsChunked, STREAMING } from "./decode-aws-chunked.js";
import type { StreamingPayload } from "./decode-aws-chunked.js";
import type { SignatureClaim } from "./read-signature.js";
import type { VerifiedSignature } from "./verify-signature.js";

const UNSIGNED = "UNSIGNED-PAYLOAD";
/** The sandbox keeps objects in memory; AWS's own limit for one upload is 5 GB. */
const MAX_OBJECT_BYTES = 64 * 1024 * 1024;

/**
 * Returns the payload hash of the canonical request. S3 takes the one that the request states, and `decodePayload` then
 * holds the body against it; everywhere else it is the body's own.
 */
export function payloadHashOf(request: HttpRequest, claim: SignatureClaim, dialect: AuthDialect): string {
  if (dialect === "query") return sha256Hex(request.body);
  const stated = statedHash(request);
  if (stated !== undefined) return stated;
  if (claim.presigned) return UNSIGNED;
  throw new AwsError(400, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256");
}

/**
 * Returns the request with its real body. `verified` is `undefined` for unsigned requests.
 * Throws `AwsError` `EntityTooLarge`, `XAmzContentSHA256Mismatch`, or what `decodeAwsChunked` throws.
 */
export function decodePayload(request: HttpRequest, verified: VerifiedSignature | undefined): HttpRequest {
  const decoded = withRealBody(request, verified);
  if (decoded.body.length <= MAX_OBJECT_BYTES) return decoded;
  throw new AwsError(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed object size", {
    details: { ProposedSize: String(decoded.body.length), MaxSizeAllowed: String(MAX_OBJECT_BYTES) },
  });
}

function withRealBody(request: HttpRequest, verified: VerifiedSignature | undefined): HttpRequest {
  const stated = statedHash(request);
  const streaming = STREAMING.find((name) => name === stated);
  if (streaming !== undefined) return decodeAwsChunked(request, streaming, verified);
  if (stated === undefined || stated === UNSIGNED) return request;
  const computed = sha256Hex(request.body);
  if (computed !== stated) {
    throw new AwsError(
      400,
      "XAmzContentSHA256Mismatch",
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
      { details: { ClientComputedContentSHA256: stated, S3ComputedContentSHA256: computed } },
    );
  }
  return request;
}

function statedHash(request: HttpRequest): string | undefined {
  const stated = request.headers.get("x-amz-content-sha256") ?? request.query.get("X-Amz-Content-Sha256") ?? undefined;
  if (stated === undefined || stated === UNSIGNED || isStreaming(stated) || /^[0-9a-f]{64}$/.test(stated))
    return stated;
  throw new AwsError(
    400,
    "InvalidArgument",
    "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, or a valid sha256 value.",
    { details: { ArgumentName: "x-amz-content-sha256" } },
  );
}

function isStreaming(value: string): value is StreamingPayload {
  return STREAMING.some((name) => name === value);
}
