// Finds the object version of a request, and says no in the way that does not betray which keys exist.
import { AwsError } from "../errors.js";
import type { Bucket, ObjectVersion } from "./types.js";
import { headerTime } from "./answer-s3.js";
import { requireS3 } from "./authorize-s3.js";
import { existingTags, versionContext } from "./request-context.js";
import { invalidArgument, methodNotAllowed, noSuchKey, noSuchVersion } from "./s3-errors.js";
import type { S3Call } from "./s3-call.js";
import { findVersion } from "./store-version.js";

export interface Wanted {
  readonly bucket: Bucket;
  readonly key: string;
  readonly versionId: string | undefined;
  /** Actions that the caller needs: the first without a version id, the second with one. */
  readonly actions: readonly (readonly [current: `s3:${string}`, version: `s3:${string}`])[];
}

/**
 * Authorises and returns an existing object version.
 * Throws `AccessDenied` 403 first; for a missing one 404 if the caller may list the bucket and 403 otherwise
 * (S3 API Reference, GetObject, "Permissions"); for a delete marker 404, or 405 when asked for by its id.
 */
export function findObject(s3: S3Call, wanted: Wanted): ObjectVersion {
  const { bucket, key, versionId } = wanted;
  const found = findVersion(bucket, key, versionId);
  const context = { ...versionContext(versionId), ...existingTags(found?.tags) };
  for (const [current, version] of wanted.actions) {
    requireS3(s3, { action: versionId === undefined ? current : version, bucket, key, context });
  }
  if (found !== undefined && !found.deleteMarker) return found;
  requireS3(s3, { action: "s3:ListBucket", bucket });
  if (found === undefined) throw versionId === undefined ? noSuchKey(key) : noSuchVersion(key, versionId);
  const headers = { "x-amz-delete-marker": "true", "x-amz-version-id": found.versionId };
  if (versionId === undefined) throw noSuchKey(key, headers);
  throw methodNotAllowed(s3.method, "DeleteMarker", {
    ...headers,
    "last-modified": headerTime(found.lastModified),
    allow: "DELETE",
  });
}

/** Returns the `versionId` parameter. Throws `InvalidArgument` for an empty or impossible one. */
export function versionIdOf({ query }: S3Call): string | undefined {
  return checkVersionId(query.get("versionId"));
}

/** Throws `InvalidArgument` unless the id could be one of S3's. */
export function checkVersionId(versionId: string | undefined): string | undefined {
  if (versionId === "") throw invalidArgument("Version id cannot be the empty string", "versionId", "");
  if (versionId !== undefined && !/^[\w./+=-]{1,1024}$/.test(versionId)) {
    throw invalidArgument("Invalid version id specified", "versionId", versionId);
  }
  return versionId;
}

/** Throws unless the key is there: operations on objects are routed with one. */
export function keyOf({ key }: S3Call): string {
  if (key === undefined) throw new AwsError(400, "InvalidURI", "Couldn't parse the specified URI.");
  return key;
}

/** `x-amz-version-id` appears as soon as versioning was ever switched on. */
export function versionHeader(bucket: Bucket, version: ObjectVersion): Record<string, string> {
  return bucket.versioning === undefined ? {} : { "x-amz-version-id": version.versionId };
}
