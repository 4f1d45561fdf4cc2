// Puts the offered template where customers will read it, and believes nothing until it has read it back like them.
import { createHash } from "node:crypto";
import type { S3Client } from "@aws-sdk/client-s3";
import { renderJson } from "@daypass/templates";
import { createVendorS3Client } from "../aws-clients.js";
import type { CheckedOptions } from "../cross-account-options.js";
import { ask, checkBucket } from "./check-bucket.js";
import { readUnsigned } from "./read-unsigned.js";
import { templatePlace, type TemplatePlace } from "./template-place.js";

export interface PublishedTemplate {
  readonly templateVersion: string;
  readonly templateUrl: string;
  /** Of the bytes, in hexadecimal: for those who want to compare what they read. */
  readonly sha256: string;
}

/**
 * Publishes the offered template; doing it twice is doing it once. An object that is there already is never replaced.
 * Throws `CrossAccountError`: `template_not_described`, `invalid_option`, `publishing_failed`, and what the store throws.
 */
export async function publishTemplate(options: CheckedOptions): Promise<PublishedTemplate> {
  const place = templatePlace(options);
  const { description, template, version } = place.offered;
  const body = renderJson(template);
  const s3 = await createVendorS3Client(options, place.publishing.region);
  try {
    await checkBucket(s3, place.publishing.bucket, options.vendorAccountId);
    await put(s3, options, place, body);
  } finally {
    s3.destroy();
  }
  await readUnsigned(options, place, body);
  // Kept so that later versions can be compared with this one.
  const created = new Date(options.now());
  await options.store.saveTemplate({ version, description: JSON.stringify(description), created });
  return { templateVersion: version, templateUrl: place.templateUrl, sha256: sha256(body) };
}

async function put(s3: S3Client, options: CheckedOptions, place: TemplatePlace, body: string): Promise<void> {
  const { PutObjectCommand } = await import("@aws-sdk/client-s3");
  const { bucket } = place.publishing;
  const object = new PutObjectCommand({
    Bucket: bucket,
    Key: place.key,
    Body: body,
    ContentType: "application/json",
    ExpectedBucketOwner: options.vendorAccountId,
    IfNoneMatch: "*",
  });
  await ask("PutObject", bucket, async () => {
    try {
      await s3.send(object);
    } catch (error) {
      // It is there, or somebody puts it there right now; reading it back says whether it is ours.
      const name = error instanceof Error ? error.name : "";
      if (name !== "PreconditionFailed" && name !== "ConditionalRequestConflict") throw error;
    }
  });
}

/** Returns the hash of a template's bytes, in hexadecimal. */
export function sha256(body: string): string {
  return createHash("sha256").update(body).digest("hex");
}
