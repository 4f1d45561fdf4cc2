// Finds the bucket of a request, in the region and the account that the request expects.
import { AwsError } from "../errors.js";
import type { Bucket } from "./types.js";
import { accessDenied, noSuchBucket } from "./s3-errors.js";
import type { S3Call } from "./s3-call.js";

/**
 * Returns the bucket that the path names.
 * Throws `NoSuchBucket` 404, `PermanentRedirect` 301 for a request signed for another region, `AccessDenied` 403 when
 * `x-amz-expected-bucket-owner` is somebody else.
 */
export function findBucket(s3: S3Call): Bucket {
  const { call } = s3;
  const name = s3.bucketName ?? "";
  const bucket = call.world.buckets.get(name);
  if (bucket === undefined) throw noSuchBucket(name);
  if (call.caller.kind !== "anonymous" && call.region !== bucket.region) throw redirect(s3, bucket);
  requireOwner(s3, "x-amz-expected-bucket-owner", bucket);
  return bucket;
}

/** Throws unless the header is absent or names the bucket's owner (S3 User Guide, "Verifying bucket ownership"). */
export function requireOwner({ headers }: S3Call, header: string, bucket: Bucket): void {
  const expected = headers.get(header);
  if (expected === undefined) return;
  if (!/^\d{12}$/.test(expected)) {
    throw new AwsError(
      400,
      "InvalidBucketOwnerAWSAccountID",
      "The value of the expected bucket owner parameter must be an AWS account ID",
    );
  }
  if (expected !== bucket.accountId) throw accessDenied();
}

/**
 * What a region's endpoint answers for a bucket of another region, before any authorisation: SDKs read the header and
 * ask again (S3 User Guide, "Making requests", "Request redirection").
 */
function redirect({ call }: S3Call, bucket: Bucket): AwsError {
  return new AwsError(
    301,
    "PermanentRedirect",
    "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future requests to this endpoint.",
    {
      // This very endpoint serves all regions; AWS's own host name here would send old clients out to the internet.
      details: { Endpoint: call.request.headers.get("host") ?? "127.0.0.1", Bucket: bucket.name },
      headers: { "x-amz-bucket-region": bucket.region },
    },
  );
}
