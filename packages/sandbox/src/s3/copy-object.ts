// CopyObject: a read of the source and a write of the destination, both in the caller's own name.
import type { Bucket, ObjectVersion } from "./types.js";
import type { HttpAnswer, Tags } from "../types.js";
import { elements } from "../wire/xml.js";
import { xmlAnswer, xmlTime } from "./answer-s3.js";
import { requireS3 } from "./authorize-s3.js";
import { checkWrite, isChanged, OF_A_COPY } from "./check-conditions.js";
import { computeChecksum } from "./compute-checksum.js";
import { findBucket, requireOwner } from "./find-bucket.js";
import { checkVersionId, findObject, keyOf, versionHeader } from "./find-object.js";
import { keptHeaders, userMetadata } from "./object-headers.js";
import { parseAddress } from "./parse-address.js";
import { readTaggingHeader } from "./parse-tags.js";
import { PUT_CONTEXT } from "./put-object.js";
import { checkStorage, STORAGE_HEADERS } from "./refuse-headers.js";
import { existingTags, headerContext, requestTags, versionContext } from "./request-context.js";
import { invalidArgument, invalidRequest, noSuchBucket, preconditionFailed } from "./s3-errors.js";
import type { S3Call, S3Operation } from "./s3-call.js";
import { findVersion, storeVersion } from "./store-version.js";
import { algorithmNamed } from "./verify-integrity.js";
import type { Checksum } from "./verify-integrity.js";

export const copyObject: S3Operation = {
  name: "CopyObject",
  headers: [
    "x-amz-copy-source",
    "x-amz-copy-source-if-*",
    "x-amz-source-expected-bucket-owner",
    "x-amz-metadata-directive",
    "x-amz-tagging-directive",
    "x-amz-checksum-algorithm",
    "x-amz-meta-*",
    "x-amz-tagging",
    ...STORAGE_HEADERS,
  ],
  run: copy,
};

interface Source {
  readonly bucket: Bucket;
  readonly key: string;
  readonly versionId: string | undefined;
}

function copy(s3: S3Call): HttpAnswer {
  const { call } = s3;
  const bucket = findBucket(s3);
  const key = keyOf(s3);
  const source = findSource(s3);
  const newMetadata = directive(s3, "x-amz-metadata-directive") === "REPLACE";
  const newTags = directive(s3, "x-amz-tagging-directive") === "REPLACE";
  const version = findObject(s3, { ...source, actions: [["s3:GetObject", "s3:GetObjectVersion"]] });
  const tags = newTags ? readTaggingHeader(s3.headers.get("x-amz-tagging")) : copiedTags(s3, source, version);
  const context = {
    ...headerContext(s3, PUT_CONTEXT),
    // The header can be written in several ways; a condition on it must see which object is meant.
    "s3:x-amz-copy-source": `${source.bucket.name}/${source.key}`,
    ...requestTags(tags),
  };
  requireS3(s3, { action: "s3:PutObject", bucket, key, context });
  if (tags.size > 0) requireS3(s3, { action: "s3:PutObjectTagging", bucket, key, context });
  checkStorage(s3);
  if (!isChanged(s3, version, OF_A_COPY)) throw preconditionFailed("x-amz-copy-source-If-None-Match");
  const current = findVersion(bucket, key, undefined);
  if (s3.headers.has("if-match")) {
    requireS3(s3, { action: "s3:GetObject", bucket, key, context: existingTags(current?.tags) });
  }
  checkWrite(s3, current);
  if (source.bucket === bucket && source.key === key && source.versionId === undefined && !newMetadata) {
    throw invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  const made = storeVersion(call.world, bucket, key, {
    body: version.body,
    headers: newMetadata ? keptHeaders(s3) : version.headers,
    metadata: newMetadata ? userMetadata(s3) : version.metadata,
    tags,
    checksum: checksumOf(s3, version),
  });
  const checksums = [...made.checksums].map(([algorithm, value]) => [`Checksum${algorithm}`, value] as const);
  const result = {
    LastModified: xmlTime(made.lastModified),
    ETag: `"${made.etag}"`,
    ChecksumType: "FULL_OBJECT",
    ...Object.fromEntries(checksums),
  };
  return xmlAnswer("CopyObjectResult", elements(result), {
    "x-amz-server-side-encryption": "AES256",
    ...(source.bucket.versioning && { "x-amz-copy-source-version-id": version.versionId }),
    ...versionHeader(bucket, made),
  });
}

/** The header is `bucket/key` or `/bucket/key`, URL-encoded, with an optional `?versionId=`. */
function findSource(s3: S3Call): Source {
  const header = s3.headers.get("x-amz-copy-source") ?? "";
  const [, path = "", version] = /^\/?([^?]*)(?:\?versionId=([^&]*))?$/.exec(header) ?? [];
  // Clients encode the slash after the bucket as well (S3 API Reference, CopyObject, x-amz-copy-source).
  const { bucketName, key } = parseAddress(`/${path.replace(/^([^/]*?)%2F/i, "$1/")}`);
  if (bucketName === undefined || key === undefined) {
    throw invalidArgument(
      "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
      "x-amz-copy-source",
      header,
    );
  }
  const bucket = s3.call.world.buckets.get(bucketName);
  if (bucket === undefined) throw noSuchBucket(bucketName);
  requireOwner(s3, "x-amz-source-expected-bucket-owner", bucket);
  return { bucket, key, versionId: checkVersionId(version) };
}

function directive({ headers }: S3Call, name: string): "COPY" | "REPLACE" {
  const value = headers.get(name) ?? "COPY";
  if (value !== "COPY" && value !== "REPLACE") throw invalidArgument(`Unknown directive.`, name, value);
  return value;
}

/** "you must have s3:GetObjectTagging for the source": tags that may not be read may not be copied either. */
function copiedTags(s3: S3Call, { bucket, key, versionId }: Source, { tags }: ObjectVersion): Tags {
  if (tags.size === 0) return tags;
  const action = versionId === undefined ? "s3:GetObjectTagging" : "s3:GetObjectVersionTagging";
  requireS3(s3, { action, bucket, key, context: { ...versionContext(versionId), ...existingTags(tags) } });
  return tags;
}

function checksumOf({ headers }: S3Call, { body, checksums }: ObjectVersion): Checksum | undefined {
  const wanted = headers.get("x-amz-checksum-algorithm");
  const [kept] = checksums.keys();
  const name = wanted ?? kept;
  if (name === undefined) return undefined;
  const algorithm = algorithmNamed(name);
  return { algorithm, value: computeChecksum(algorithm, body) };
}
