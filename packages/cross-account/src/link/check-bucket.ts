// The bucket that customers' consoles will read from must be the vendor's own, versioned, and encrypted in a way that
// lets anybody read.
import type { S3Client } from "@aws-sdk/client-s3";
import { CrossAccountError } from "../errors.js";

/**
 * Asks S3 about the bucket; each question names the vendor's account as the expected owner, so that somebody else's
 * bucket of that name is refused by S3 itself (S3 User Guide, "Verifying bucket ownership"). Throws `CrossAccountError`
 * `publishing_failed` with the command that mends it.
 */
export async function checkBucket(s3: S3Client, bucket: string, vendorAccountId: string): Promise<void> {
  const { GetBucketEncryptionCommand, GetBucketVersioningCommand } = await import("@aws-sdk/client-s3");
  const asked = { Bucket: bucket, ExpectedBucketOwner: vendorAccountId };
  const { Status } = await ask("GetBucketVersioning", bucket, () => s3.send(new GetBucketVersioningCommand(asked)));
  if (Status !== "Enabled") {
    throw failed(
      `bucket ${bucket} keeps no versions, so a template could be replaced without a trace`,
      `aws s3api put-bucket-versioning --bucket ${bucket} --versioning-configuration Status=Enabled`,
    );
  }
  const { ServerSideEncryptionConfiguration } = await ask("GetBucketEncryption", bucket, () =>
    s3.send(new GetBucketEncryptionCommand(asked)),
  );
  const [rule] = ServerSideEncryptionConfiguration?.Rules ?? [];
  // S3 User Guide, "Using server-side encryption with AWS KMS keys": requests without a signature cannot read such objects.
  if (rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm !== "AES256") {
    throw failed(
      `bucket ${bucket} does not encrypt with SSE-S3, the encryption that readers without a signature can pass`,
      `aws s3api put-bucket-encryption --bucket ${bucket} --server-side-encryption-configuration '{"Rules":[{"ApplyServerSideEncryptionByDefault":{"SSEAlgorithm":"AES256"}}]}'`,
    );
  }
}

/** Words what S3 refuses. */
export async function ask<Answer>(call: string, bucket: string, send: () => Promise<Answer>): Promise<Answer> {
  try {
    return await send();
  } catch (cause) {
    const name = cause instanceof Error ? cause.name : "an unknown error";
    throw failed(
      `${call} on bucket ${bucket} failed with ${name}`,
      name === "AccessDenied"
        ? `see that the bucket belongs to the vendor's account, and that its credentials may call s3:${call}`
        : "see that the bucket exists in the region that `publishing` names, then try again",
      cause,
    );
  }
}

function failed(problem: string, hint: string, cause?: unknown): CrossAccountError {
  return new CrossAccountError("publishing_failed", problem, { hint, cause });
}
