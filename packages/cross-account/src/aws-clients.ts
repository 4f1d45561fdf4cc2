// AWS SDK clients for what is neither AssumeRole nor hot: loaded when first needed, with short patience.
import { signByClock, type Credentials } from "@daypass/credentials";
import type { IAMClient } from "@aws-sdk/client-iam";
import type { S3Client } from "@aws-sdk/client-s3";
import type { CheckedOptions } from "./cross-account-options.js";

/** Milliseconds. Who waits is a person at a page. */
const requestHandler = { connectionTimeout: 3000, requestTimeout: 10_000 };

/** Returns a client of IAM that acts as the role whose credentials these are. IAM is one per partition. */
export async function createRoleIamClient(options: CheckedOptions, credentials: Credentials): Promise<IAMClient> {
  const { IAMClient } = await import("@aws-sdk/client-iam");
  const { region, endpoint, now } = options;
  const client = new IAMClient({
    // A copy: the SDK writes into what it is given.
    credentials: { ...credentials },
    region,
    requestHandler,
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  signByClock(client, now);
  return client;
}

/** Returns a client of S3 in one region that acts as the vendor. */
export async function createVendorS3Client(options: CheckedOptions, region: string): Promise<S3Client> {
  const { S3Client } = await import("@aws-sdk/client-s3");
  const { credentials, endpoint, now } = options;
  const client = new S3Client({
    region,
    requestHandler,
    ...(credentials === undefined ? {} : { credentials }),
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
  });
  signByClock(client, now);
  return client;
}
