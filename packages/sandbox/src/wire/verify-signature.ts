// Proves or refuses a signature claim. Source: IAM User Guide, "Create a signed AWS API request".
import { createHmac, timingSafeEqual } from "node:crypto";
import type { HttpRequest } from "../types.js";
import { AwsError } from "../errors.js";
import { malformedAuthorization, signatureDoesNotMatch } from "./auth-errors.js";
import type { AuthDialect } from "./auth-errors.js";
import { canonicalRequest, sha256Hex } from "./canonical-request.js";
import { ALGORITHM } from "./read-signature.js";
import type { SignatureClaim } from "./read-signature.js";

/** What was proved, for checking the chunks of a streamed body: each is signed upon the one before it. */
export interface VerifiedSignature {
  readonly signingKey: Buffer;
  readonly amzDate: string;
  readonly scope: string;
  readonly signature: string;
}

/** Query-protocol services allow five minutes of skew, S3 fifteen (Amazon S3 API Reference, "RequestTimeTooSkewed"). */
const SKEW_MINUTES: Readonly<Record<AuthDialect, number>> = { query: 5, s3: 15 };
/** A presigned call of other services than S3 lives a quarter of an hour at most. */
const PRESIGNED_QUERY_SECONDS = 900;

/** Throws `AwsError` `SignatureDoesNotMatch` unless `secretAccessKey` made this very request's signature. */
export function verifySignature(
  request: HttpRequest,
  claim: SignatureClaim,
  secretAccessKey: string,
  payloadHash: string,
  dialect: AuthDialect,
): VerifiedSignature {
  const scope = `${claim.date}/${claim.region}/${claim.service}/aws4_request`;
  const signingKey = [claim.date, claim.region, claim.service, "aws4_request"].reduce(
    (key: Buffer | string, part) => hmac(key, part),
    `AWS4${secretAccessKey}`,
  );
  // Header values are bytes, and Node shows each as one character; everything else is ASCII by now.
  const canonical = canonicalRequest(request, claim, payloadHash, dialect);
  const stringToSign = [ALGORITHM, claim.amzDate, scope, sha256Hex(Buffer.from(canonical, "latin1"))].join("\n");
  if (!sameSignature(hmac(signingKey, stringToSign).toString("hex"), claim.signature)) {
    throw signatureDoesNotMatch(dialect);
  }
  return { signingKey: Buffer.from(signingKey), amzDate: claim.amzDate, scope, signature: claim.signature };
}

/** Returns HMAC-SHA256. */
export function hmac(key: Buffer | string, data: string): Buffer {
  return createHmac("sha256", key).update(data).digest();
}

/** Compares two secrets or signatures in time that does not depend on where they differ. */
export function sameSignature(expected: string, given: string): boolean {
  const a = Buffer.from(expected);
  const b = Buffer.from(given);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Throws `AwsError` when headers that change the meaning of a request are outside the signature. */
export function requireSignedHeaders(request: HttpRequest, claim: SignatureClaim, dialect: AuthDialect): void {
  if (!claim.signedHeaders.includes("host")) {
    throw signatureDoesNotMatch(dialect, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  }
  const unsigned = [...request.headers.keys()].filter(
    (name) => name.startsWith("x-amz-") && !claim.signedHeaders.includes(name),
  );
  if (unsigned.length === 0) return;
  if (dialect === "query") throw signatureDoesNotMatch(dialect);
  throw new AwsError(403, "AccessDenied", "There were headers present in the request which were not signed", {
    details: { HeadersNotSigned: unsigned.join(", ") },
  });
}

/** Throws `AwsError` unless the credential scope is of this day and names a region in AWS's form. */
export function requireScope(claim: SignatureClaim, dialect: AuthDialect): void {
  const day = claim.amzDate.slice(0, 8);
  if (claim.date !== day) {
    if (dialect === "s3") {
      throw malformedAuthorization(
        dialect,
        claim.presigned,
        `Invalid credential date "${claim.date}". This date is not the same as X-Amz-Date: "${day}".`,
      );
    }
    throw signatureDoesNotMatch(
      dialect,
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${claim.date}' != '${day}', from '${claim.amzDate}'.`,
    );
  }
  if (!/^[a-z]{2,4}(-[a-z]+){1,3}-\d{1,2}$/.test(claim.region)) {
    throw dialect === "s3"
      ? malformedAuthorization(dialect, claim.presigned, "the region is not a region of AWS")
      : signatureDoesNotMatch(dialect, "Credential should be scoped to a valid region.");
  }
}

/** Throws `AwsError` when the request was signed too long ago, or in the future. `now` in milliseconds since 1970. */
export function requireFresh(claim: SignatureClaim, now: number, dialect: AuthDialect): void {
  const skewMs = SKEW_MINUTES[dialect] * 60_000;
  if (claim.presigned) {
    const asked = claim.expiresInSeconds ?? PRESIGNED_QUERY_SECONDS;
    const seconds = dialect === "s3" ? asked : Math.min(asked, PRESIGNED_QUERY_SECONDS);
    const endsAt = claim.signedAt + seconds * 1000;
    if (now >= endsAt) throw presignedExpired(claim, endsAt, now, dialect);
  } else if (now - claim.signedAt > skewMs) {
    throw dialect === "s3" ? tooSkewed(claim, now) : expired(claim, now - skewMs, now, "5 min");
  }
  if (claim.signedAt - now > skewMs) {
    throw dialect === "s3" ? tooSkewed(claim, now) : notYetCurrent(claim, now + skewMs, now);
  }
}

function presignedExpired(claim: SignatureClaim, endsAt: number, now: number, dialect: AuthDialect): AwsError {
  if (dialect === "query") {
    const seconds = (endsAt - claim.signedAt) / 1000;
    return expired(claim, now - seconds * 1000, now, `${seconds} sec`);
  }
  return new AwsError(403, "AccessDenied", "Request has expired", {
    details: {
      "X-Amz-Expires": String(claim.expiresInSeconds ?? 0),
      Expires: new Date(endsAt).toISOString(),
      ServerTime: new Date(now).toISOString(),
    },
  });
}

function tooSkewed(claim: SignatureClaim, now: number): AwsError {
  return new AwsError(
    403,
    "RequestTimeTooSkewed",
    "The difference between the request time and the current time is too large.",
    {
      details: {
        RequestTime: claim.amzDate,
        ServerTime: new Date(now).toISOString(),
        MaxAllowedSkewMilliseconds: String(SKEW_MINUTES.s3 * 60_000),
      },
    },
  );
}

function expired(claim: SignatureClaim, oldest: number, now: number, allowance: string): AwsError {
  return signatureDoesNotMatch(
    "query",
    `Signature expired: ${claim.amzDate} is now earlier than ${basic(oldest)} (${basic(now)} - ${allowance}.)`,
  );
}

function notYetCurrent(claim: SignatureClaim, newest: number, now: number): AwsError {
  return signatureDoesNotMatch(
    "query",
    `Signature not yet current: ${claim.amzDate} is still later than ${basic(newest)} (${basic(now)} + 5 min.)`,
  );
}

function basic(time: number): string {
  return new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, "");
}
