// A bucket's settings: Block Public Access, versioning, tags, and those that cannot be changed here.
import { AwsError } from "../errors.js";
import type { Bucket } from "./types.js";
import type { HttpAnswer } from "../types.js";
import { element, elements } from "../wire/xml.js";
import { emptyAnswer, xmlAnswer } from "./answer-s3.js";
import { requireS3 } from "./authorize-s3.js";
import { findBucket } from "./find-bucket.js";
import { readTagging, renderTagSet } from "./parse-tags.js";
import { childrenOf, readXml, textOf } from "./read-xml.js";
import type { XmlElement } from "./read-xml.js";
import { malformedXml, notImplemented } from "./s3-errors.js";
import type { S3Call, S3Operation } from "./s3-call.js";
import { verifyIntegrity } from "./verify-integrity.js";

/** An operation on the sub-resource `query` of a bucket that needs `action` on it. */
function setting(
  name: string,
  query: string,
  action: `s3:${string}`,
  run: (bucket: Bucket, s3: S3Call) => HttpAnswer,
): S3Operation {
  return {
    name,
    query: [query],
    run: (s3) => {
      const bucket = findBucket(s3);
      requireS3(s3, { action, bucket });
      verifyIntegrity(s3);
      return run(bucket, s3);
    },
  };
}

const PUBLIC_ACCESS = ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"] as const;

export const getPublicAccessBlock = setting(
  "GetPublicAccessBlock",
  "publicAccessBlock",
  "s3:GetBucketPublicAccessBlock",
  ({ name, blockPublicAccess: block }) => {
    if (block === undefined) {
      throw new AwsError(
        404,
        "NoSuchPublicAccessBlockConfiguration",
        "The public access block configuration was not found",
        { details: { BucketName: name } },
      );
    }
    const inner = elements({
      BlockPublicAcls: block.blockPublicAcls,
      IgnorePublicAcls: block.ignorePublicAcls,
      BlockPublicPolicy: block.blockPublicPolicy,
      RestrictPublicBuckets: block.restrictPublicBuckets,
    });
    return xmlAnswer("PublicAccessBlockConfiguration", inner);
  },
);

export const putPublicAccessBlock = setting(
  "PutPublicAccessBlock",
  "publicAccessBlock",
  "s3:PutBucketPublicAccessBlock",
  (bucket, { call }) => {
    const fields = childrenOf(readXml(call.request.body, "PublicAccessBlockConfiguration"), PUBLIC_ACCESS);
    bucket.blockPublicAccess = {
      blockPublicAcls: flag(fields.get("BlockPublicAcls")),
      ignorePublicAcls: flag(fields.get("IgnorePublicAcls")),
      blockPublicPolicy: flag(fields.get("BlockPublicPolicy")),
      restrictPublicBuckets: flag(fields.get("RestrictPublicBuckets")),
    };
    return emptyAnswer(200);
  },
);

export const deletePublicAccessBlock = setting(
  "DeletePublicAccessBlock",
  "publicAccessBlock",
  // "requires the s3:PutBucketPublicAccessBlock permission" (S3 API Reference, DeletePublicAccessBlock)
  "s3:PutBucketPublicAccessBlock",
  (bucket) => {
    bucket.blockPublicAccess = undefined;
    return emptyAnswer(204);
  },
);

export const getBucketVersioning = setting(
  "GetBucketVersioning",
  "versioning",
  "s3:GetBucketVersioning",
  ({ versioning }) => xmlAnswer("VersioningConfiguration", element("Status", versioning)),
);

export const putBucketVersioning = setting(
  "PutBucketVersioning",
  "versioning",
  "s3:PutBucketVersioning",
  (bucket, { call }) => {
    const fields = childrenOf(readXml(call.request.body, "VersioningConfiguration"), ["Status", "MfaDelete"]);
    const mfaDelete = textOf(fields.get("MfaDelete"));
    if (mfaDelete !== undefined && mfaDelete !== "Disabled") throw notImplemented("Element", "MfaDelete");
    const status = textOf(fields.get("Status"));
    if (status === undefined) {
      throw new AwsError(400, "IllegalVersioningConfigurationException", "The Versioning element must be specified");
    }
    if (status !== "Enabled" && status !== "Suspended") throw malformedXml();
    bucket.versioning = status;
    return emptyAnswer(200);
  },
);

export const getBucketTagging = setting("GetBucketTagging", "tagging", "s3:GetBucketTagging", ({ name, tags }) => {
  if (tags.size > 0) return xmlAnswer("Tagging", renderTagSet(tags));
  throw new AwsError(404, "NoSuchTagSet", "The TagSet does not exist", { details: { BucketName: name } });
});

export const putBucketTagging = setting("PutBucketTagging", "tagging", "s3:PutBucketTagging", (bucket, { call }) => {
  bucket.tags = readTagging(call.request.body, "bucket");
  return emptyAnswer(204);
});

export const deleteBucketTagging = setting("DeleteBucketTagging", "tagging", "s3:PutBucketTagging", (bucket) => {
  bucket.tags = new Map();
  return emptyAnswer(204);
});

/** "the default for all new buckets" since April 2023; there is no other here. */
export const getBucketOwnershipControls = setting(
  "GetBucketOwnershipControls",
  "ownershipControls",
  "s3:GetBucketOwnershipControls",
  () => xmlAnswer("OwnershipControls", element("Rule", { ObjectOwnership: "BucketOwnerEnforced" })),
);

/** "Amazon S3 now applies server-side encryption with SSE-S3 as the base level of encryption for every bucket". */
export const getBucketEncryption = setting("GetBucketEncryption", "encryption", "s3:GetEncryptionConfiguration", () =>
  xmlAnswer(
    "ServerSideEncryptionConfiguration",
    element("Rule", {
      ApplyServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" },
      BucketKeyEnabled: false,
    }),
  ),
);

/** A setting that is left out is off, as on AWS. */
function flag(field: XmlElement | undefined): boolean {
  const text = textOf(field)?.trim().toLowerCase() ?? "false";
  if (text !== "true" && text !== "false") throw malformedXml();
  return text === "true";
}
