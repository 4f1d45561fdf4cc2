// GetBucketPolicy, PutBucketPolicy, DeleteBucketPolicy and GetBucketPolicyStatus.
import { callerArn } from "../authorize.js";
import { AwsError } from "../errors.js";
import { readPolicy, storePolicy } from "../stored-policy.js";
import type { Bucket, HttpAnswer, StoredPolicy } from "../types.js";
import { element } from "../wire/xml.js";
import { emptyAnswer, xmlAnswer } from "./answer-s3.js";
import { accountOf, requireS3 } from "./authorize-s3.js";
import { findBucket } from "./find-bucket.js";
import { isPublicPolicy } from "./judge-public.js";
import { accessDenied, methodNotAllowed } from "./s3-errors.js";
import type { S3Call, S3Operation } from "./s3-call.js";
import { verifyIntegrity } from "./verify-integrity.js";

/** "Bucket policies are limited to 20 KB in size." (S3 User Guide, "Adding a bucket policy") */
const MAX_POLICY_BYTES = 20 * 1024;

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
  if (accountOf(s3.call.caller) !== bucket.accountId) throw methodNotAllowed(s3.method, "BUCKETPOLICY");
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
  const stored = readBucketPolicy(s3, bucket);
  if (bucket.blockPublicAccess?.blockPublicPolicy === true && isPublicPolicy(stored.policy)) {
    // S3 User Guide, "Troubleshoot access denied (403 Forbidden) errors", BlockPublicPolicy.
    throw accessDenied(
      `User: ${callerArn(s3.call.caller) ?? "anonymous"} is not authorized to perform: s3:PutBucketPolicy on resource: "arn:aws:s3:::${bucket.name}" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.`,
    );
  }
  bucket.policy = stored;
  return emptyAnswer(204);
}

function readBucketPolicy({ call }: S3Call, bucket: Bucket): StoredPolicy {
  const { body } = call.request;
  if (body.length === 0) throw new AwsError(400, "MissingRequestBodyError", "Request Body is empty");
  if (body.length > MAX_POLICY_BYTES) throw malformed("Policy exceeds the maximum allowed document size.");
  const text = body.toString();
  // Invalid UTF-8 would be kept as something else than what was signed.
  if (!Buffer.from(text).equals(body)) throw malformed("This policy contains invalid Json");
  const stored = storeInS3sWords(call.world, text);
  for (const { resource } of stored.policy.statements) {
    if (resource?.patterns.every((pattern) => isOf(bucket, pattern)) !== true) {
      throw malformed("Policy has invalid resource");
    }
  }
  return stored;
}

/** S3 says `MalformedPolicy` where IAM says `MalformedPolicyDocument`. */
function storeInS3sWords(world: S3Call["call"]["world"], text: string): StoredPolicy {
  try {
    return storePolicy(world, text, "resource");
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== "MalformedPolicyDocument") throw error;
    // S3 names the kind of mistake and leaves out the principal; it is a `Detail` of the error document.
    const [message = "", detail] = error.message.split(/: (.*)/s);
    throw malformed(message, detail);
  }
}

function isOf({ name }: Bucket, pattern: string): boolean {
  const arn = `arn:aws:s3:::${name}`;
  return pattern === arn || pattern.startsWith(`${arn}/`);
}

function malformed(message: string, detail?: string): AwsError {
  return new AwsError(400, "MalformedPolicy", message, detail === undefined ? {} : { details: { Detail: detail } });
}
