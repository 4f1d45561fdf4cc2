// What S3 asks of a bucket policy before it is kept, whoever brings it: a request or a world file.
import { AwsError } from "../errors.js";
import { storePolicy } from "../stored-policy.js";
import type { Bucket } from "./types.js";
import type { StoredPolicy } from "../types.js";
import type { World } from "../world-types.js";
import { isPublicPolicy } from "./judge-public.js";
import { accessDenied } from "./s3-errors.js";

/** "Bucket policies are limited to 20 KB in size." (S3 User Guide, "Adding a bucket policy") */
const MAX_POLICY_BYTES = 20 * 1024;

/**
 * Checks a bucket policy, Block Public Access included, and binds its principals. Returns what is to be kept; `who` is
 * named in the refusal of a public one. Throws `MalformedPolicy` 400 or `AccessDenied` 403.
 */
export function storeBucketPolicy(world: World, bucket: Bucket, text: string, who: string): StoredPolicy {
  if (Buffer.byteLength(text) > MAX_POLICY_BYTES) {
    throw malformedPolicy("Policy exceeds the maximum allowed document size.");
  }
  const stored = storeInS3sWords(world, text);
  for (const { resource } of stored.policy.statements) {
    if (resource?.patterns.every((pattern) => isOf(bucket, pattern)) !== true) {
      throw malformedPolicy("Policy has invalid resource");
    }
  }
  if (bucket.blockPublicAccess?.blockPublicPolicy === true && isPublicPolicy(stored.policy)) {
    // S3 User Guide, "Troubleshoot access denied (403 Forbidden) errors", BlockPublicPolicy.
    throw accessDenied(
      `User: ${who} is not authorized to perform: s3:PutBucketPolicy on resource: "arn:aws:s3:::${bucket.name}" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.`,
    );
  }
  return stored;
}

/** S3 says `MalformedPolicy` where IAM says `MalformedPolicyDocument`. */
function storeInS3sWords(world: World, text: string): StoredPolicy {
  try {
    return storePolicy(world, text, "resource");
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== "MalformedPolicyDocument") throw error;
    // S3 names the kind of mistake and leaves out the principal; it is a `Detail` of the error document.
    const [message = "", detail] = error.message.split(/: (.*)/s);
    throw malformedPolicy(message, detail);
  }
}

function isOf({ name }: Bucket, pattern: string): boolean {
  const arn = `arn:aws:s3:::${name}`;
  return pattern === arn || pattern.startsWith(`${arn}/`);
}

/** S3's refusal of a bucket policy; `detail` names the part that is wrong. */
export function malformedPolicy(message: string, detail?: string): AwsError {
  return new AwsError(400, "MalformedPolicy", message, detail === undefined ? {} : { details: { Detail: detail } });
}
