// GetBucketPolicy, PutBucketPolicy, DeleteBucketPolicy and GetBucketPolicyStatus.
import { accountIdOf, callerArn } from "../authorize.js";
import { AwsError } from "../errors.js";
import { readPolicy } from "../stored-policy.js";
import type { Bucket } from "./types.js";
import type { HttpAnswer, StoredPolicy } from "../types.js";
import { element } from "../wire/xml.js";
import { emptyAnswer, xmlAnswer } from "./answer-s3.js";
import { requireS3 } from "./authorize-s3.js";
import { findBucket } from "./find-bucket.js";
import { isPublicPolicy } from "./judge-public.js";
import { methodNotAllowed } from "./s3-errors.js";
import type { S3Call, S3Operation } from "./s3-call.js";
import { malformedPolicy, storeBucketPolicy } from "./store-bucket-policy.js";
import { verifyIntegrity } from "./verify-integrity.js";

export const getBucketPolicy: S3Operation = {
  name: "GetBucketPolicy",
  query: ["policy"],
  run: (s3) => {
    const bucket = authorizedBucket(s3, "s3:GetBucketPolicy");
    const body = readPolicy(s3.call.world, existingPolicy(bucket));
    return { status: 200, headers: { "content-type": "application/json" }, body };
  },
};

export const putBucketPolicy: S3Operation = {
  name: "PutBucketPolicy",
  query: ["policy"],
  // Confirms that one's own policy may shut oneself out. S3 asks for it of no one, so it allows nothing more here.
  headers: ["x-amz-confirm-remove-self-bucket-access"],
  run: put,
};

export const deleteBucketPolicy: S3Operation = {
  name: "DeleteBucketPolicy",
  query: ["policy"],
  run: (s3) => {
    authorizedBucket(s3, "s3:DeleteBucketPolicy").policy = undefined;
    return emptyAnswer(204);
  },
};

export const getBucketPolicyStatus: S3Operation = {
  name: "GetBucketPolicyStatus",
  query: ["policyStatus"],
  run: (s3) => {
    const bucket = findBucket(s3);
    requireS3(s3, { action: "s3:GetBucketPolicyStatus", bucket });
    return xmlAnswer("PolicyStatus", element("IsPublic", isPublicPolicy(existingPolicy(bucket).policy)));
  },
};

/**
 * "If you have the correct permissions, but you're not using an identity that belongs to the bucket owner's account,
 * Amazon S3 returns a 405 Method Not Allowed error." (S3 API Reference, PutBucketPolicy)
 */
function authorizedBucket(
  s3: S3Call,
  action: "s3:GetBucketPolicy" | "s3:PutBucketPolicy" | "s3:DeleteBucketPolicy",
): Bucket {
  const bucket = findBucket(s3);
  requireS3(s3, { action, bucket });
  if (accountIdOf(s3.call.caller) !== bucket.accountId) throw methodNotAllowed(s3.method, "BUCKETPOLICY");
  return bucket;
}

function existingPolicy({ name, policy }: Bucket): StoredPolicy {
  if (policy !== undefined) return policy;
  throw new AwsError(404, "NoSuchBucketPolicy", "The bucket policy does not exist", {
    details: { BucketName: name },
  });
}

function put(s3: S3Call): HttpAnswer {
  const bucket = authorizedBucket(s3, "s3:PutBucketPolicy");
  verifyIntegrity(s3);
  const { body } = s3.call.request;
  if (body.length === 0) throw new AwsError(400, "MissingRequestBodyError", "Request Body is empty");
  const text = body.toString();
  // Invalid UTF-8 would be kept as something else than what was signed.
  if (!Buffer.from(text).equals(body)) throw malformedPolicy("This policy contains invalid Json");
  const who = callerArn(s3.call.caller) ?? "anonymous";
  bucket.policy = storeBucketPolicy(s3.call.world, bucket, text, who);
  return emptyAnswer(204);
}
