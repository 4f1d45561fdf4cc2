// DeleteObject and DeleteObjects.
import { AwsError } from "../errors.js";
import type { Bucket } from "./types.js";
import type { HttpAnswer } from "../types.js";
import { element } from "../wire/xml.js";
import { emptyAnswer, xmlAnswer } from "./answer-s3.js";
import { requireS3 } from "./authorize-s3.js";
import { checkWrite } from "./check-conditions.js";
import { findBucket } from "./find-bucket.js";
import { checkVersionId, keyOf, versionIdOf } from "./find-object.js";
import { checkKey } from "./parse-address.js";
import { childrenOf, readXml, textOf } from "./read-xml.js";
import type { XmlElement } from "./read-xml.js";
import { existingTags, headerContext, versionContext } from "./request-context.js";
import { malformedXml, notImplemented } from "./s3-errors.js";
import type { S3Call, S3Operation } from "./s3-call.js";
import { deleteCurrent, deleteVersion, findVersion } from "./store-version.js";
import { requireIntegrity, verifyIntegrity } from "./verify-integrity.js";

/** "The request can contain a list of up to 1,000 keys" (S3 API Reference, DeleteObjects). */
const MAX_KEYS = 1000;

export const deleteObject: S3Operation = {
  name: "DeleteObject",
  query: ["versionId"],
  run: (s3) => {
    const bucket = findBucket(s3);
    const key = keyOf(s3);
    const versionId = versionIdOf(s3);
    authorizeDelete(s3, bucket, key, versionId);
    if (s3.headers.has("if-match")) {
      const current = findVersion(bucket, key, versionId);
      requireS3(s3, { action: "s3:GetObject", bucket, key, context: existingTags(current?.tags) });
      checkWrite(s3, current);
    }
    const done = erase(s3, bucket, key, versionId);
    const headers: Record<string, string> = {};
    if (done.versionId !== undefined) headers["x-amz-version-id"] = done.versionId;
    if (done.deleteMarker) headers["x-amz-delete-marker"] = "true";
    return emptyAnswer(204, headers);
  },
};

export const deleteObjects: S3Operation = { name: "DeleteObjects", query: ["delete"], run: deleteMany };

interface Doomed {
  readonly key: string;
  readonly versionId: string | undefined;
}

interface Erased {
  /** Of the version that is gone, or of the delete marker that was made. */
  readonly versionId: string | undefined;
  readonly deleteMarker: boolean;
}

function authorizeDelete(s3: S3Call, bucket: Bucket, key: string, versionId: string | undefined): void {
  const action = versionId === undefined ? "s3:DeleteObject" : "s3:DeleteObjectVersion";
  const context = { ...versionContext(versionId), ...headerContext(s3, ["if-match"]) };
  requireS3(s3, { action, bucket, key, context });
}

/** Deleting what is not there succeeds, as on AWS. */
function erase({ call }: S3Call, bucket: Bucket, key: string, versionId: string | undefined): Erased {
  if (versionId === undefined) {
    const marker = deleteCurrent(call.world, bucket, key);
    return { versionId: marker?.versionId, deleteMarker: marker !== undefined };
  }
  const gone = deleteVersion(bucket, key, versionId);
  return { versionId, deleteMarker: gone?.deleteMarker === true };
}

function deleteMany(s3: S3Call): HttpAnswer {
  const bucket = findBucket(s3);
  requireIntegrity(s3, verifyIntegrity(s3));
  const { quiet, doomed } = readDelete(s3.call.request.body);
  const results = doomed.map((one) => deleteOne(s3, bucket, one, quiet));
  return xmlAnswer("DeleteResult", results.join(""));
}

/** One key's refusal is its own line of the answer; the others are deleted. */
function deleteOne(s3: S3Call, bucket: Bucket, { key, versionId }: Doomed, quiet: boolean): string {
  try {
    checkKey(key);
    checkVersionId(versionId);
    authorizeDelete(s3, bucket, key, versionId);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return element("Error", { Key: key, VersionId: versionId, Code: error.code, Message: error.message });
  }
  const done = erase(s3, bucket, key, versionId);
  if (quiet) return "";
  return element("Deleted", {
    Key: key,
    VersionId: versionId,
    DeleteMarker: done.deleteMarker ? true : undefined,
    DeleteMarkerVersionId: done.deleteMarker ? done.versionId : undefined,
  });
}

function readDelete(body: Buffer): { readonly quiet: boolean; readonly doomed: readonly Doomed[] } {
  const root = readXml(body, "Delete");
  const quiet = root.children.filter(({ name }) => name === "Quiet");
  const objects = root.children.filter(({ name }) => name === "Object");
  const tooMany = objects.length > MAX_KEYS || quiet.length > 1;
  if (objects.length === 0 || tooMany || quiet.length + objects.length !== root.children.length) throw malformedXml();
  const quietly = textOf(quiet[0])?.trim() ?? "false";
  if (quietly !== "true" && quietly !== "false") throw malformedXml();
  return { quiet: quietly === "true", doomed: objects.map(readObject) };
}

function readObject(object: XmlElement): Doomed {
  const fields = childrenOf(object, ["Key", "VersionId", "ETag", "LastModifiedTime", "Size"]);
  for (const condition of ["ETag", "LastModifiedTime", "Size"]) {
    if (fields.has(condition)) throw notImplemented("Element", condition);
  }
  const key = textOf(fields.get("Key"));
  if (key === undefined || key === "") throw malformedXml();
  return { key, versionId: textOf(fields.get("VersionId")) };
}
