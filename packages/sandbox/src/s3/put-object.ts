// PutObject.
import type { HttpAnswer } from "../types.js";
import { emptyAnswer } from "./answer-s3.js";
import { requireS3 } from "./authorize-s3.js";
import { checkWrite } from "./check-conditions.js";
import { findBucket } from "./find-bucket.js";
import { keyOf, versionHeader } from "./find-object.js";
import { checksumHeaders, keptHeaders, userMetadata } from "./object-headers.js";
import { readTaggingHeader } from "./parse-tags.js";
import { checkStorage, STORAGE_HEADERS } from "./refuse-headers.js";
import { existingTags, headerContext, requestTags } from "./request-context.js";
import type { S3Call, S3Operation } from "./s3-call.js";
import { findVersion, storeVersion } from "./store-version.js";
import { verifyIntegrity } from "./verify-integrity.js";

/** Headers that conditions on s3:PutObject can name. */
export const PUT_CONTEXT = [
  "x-amz-acl",
  "x-amz-storage-class",
  "x-amz-server-side-encryption",
  "x-amz-metadata-directive",
  "if-match",
  "if-none-match",
];

export const putObject: S3Operation = {
  name: "PutObject",
  headers: ["x-amz-meta-*", "x-amz-tagging", ...STORAGE_HEADERS],
  run: put,
};

function put(s3: S3Call): HttpAnswer {
  const { call, headers } = s3;
  const bucket = findBucket(s3);
  const key = keyOf(s3);
  const tags = readTaggingHeader(headers.get("x-amz-tagging"));
  const context = { ...headerContext(s3, PUT_CONTEXT), ...requestTags(tags) };
  requireS3(s3, { action: "s3:PutObject", bucket, key, context });
  if (tags.size > 0) requireS3(s3, { action: "s3:PutObjectTagging", bucket, key, context });
  const current = findVersion(bucket, key, undefined);
  // "If-Match … requires s3:PutObject and s3:GetObject": the answer tells about the object that is there.
  if (headers.has("if-match")) {
    requireS3(s3, { action: "s3:GetObject", bucket, key, context: existingTags(current?.tags) });
  }
  checkStorage(s3);
  checkWrite(s3, current);
  const version = storeVersion(call.world, bucket, key, {
    body: call.request.body,
    headers: keptHeaders(s3),
    metadata: userMetadata(s3),
    tags,
    checksum: verifyIntegrity(s3),
  });
  return emptyAnswer(200, {
    etag: `"${version.etag}"`,
    "x-amz-server-side-encryption": "AES256",
    ...checksumHeaders(version),
    ...versionHeader(bucket, version),
  });
}
