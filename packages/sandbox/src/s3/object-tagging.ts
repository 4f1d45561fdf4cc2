// GetObjectTagging, PutObjectTagging and DeleteObjectTagging.
import type { HttpAnswer } from "../types.js";
import { emptyAnswer, xmlAnswer } from "./answer-s3.js";
import { findBucket } from "./find-bucket.js";
import { findObject, keyOf, versionHeader, versionIdOf } from "./find-object.js";
import { requireS3 } from "./authorize-s3.js";
import { readTagging, renderTagSet } from "./parse-tags.js";
import { existingTags, requestTags, versionContext } from "./request-context.js";
import type { S3Call, S3Operation } from "./s3-call.js";
import { findVersion, replaceTags } from "./store-version.js";
import { verifyIntegrity } from "./verify-integrity.js";

export const getObjectTagging: S3Operation = {
  name: "GetObjectTagging",
  query: ["tagging", "versionId"],
  run: (s3) => {
    const bucket = findBucket(s3);
    const version = findObject(s3, {
      bucket,
      key: keyOf(s3),
      versionId: versionIdOf(s3),
      actions: [["s3:GetObjectTagging", "s3:GetObjectVersionTagging"]],
    });
    return xmlAnswer("Tagging", renderTagSet(version.tags), versionHeader(bucket, version));
  },
};

export const putObjectTagging: S3Operation = { name: "PutObjectTagging", query: ["tagging", "versionId"], run: put };

export const deleteObjectTagging: S3Operation = {
  name: "DeleteObjectTagging",
  query: ["tagging", "versionId"],
  run: (s3) => {
    const bucket = findBucket(s3);
    const key = keyOf(s3);
    const version = findObject(s3, {
      bucket,
      key,
      versionId: versionIdOf(s3),
      actions: [["s3:DeleteObjectTagging", "s3:DeleteObjectVersionTagging"]],
    });
    replaceTags(bucket, key, version, new Map());
    return emptyAnswer(204, versionHeader(bucket, version));
  },
};

function put(s3: S3Call): HttpAnswer {
  const bucket = findBucket(s3);
  const key = keyOf(s3);
  const versionId = versionIdOf(s3);
  verifyIntegrity(s3);
  const tags = readTagging(s3.call.request.body, "object");
  const action = versionId === undefined ? "s3:PutObjectTagging" : "s3:PutObjectVersionTagging";
  const existing = findVersion(bucket, key, versionId);
  const context = { ...versionContext(versionId), ...existingTags(existing?.tags), ...requestTags(tags) };
  requireS3(s3, { action, bucket, key, context });
  const version = findObject(s3, { bucket, key, versionId, actions: [] });
  replaceTags(bucket, key, version, tags);
  return emptyAnswer(200, versionHeader(bucket, version));
}
