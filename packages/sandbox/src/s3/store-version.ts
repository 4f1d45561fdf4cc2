// Keeps and finds the versions of an object (S3 User Guide, "How S3 Versioning works").
import { createHash } from "node:crypto";
import type { Bucket, ObjectVersion } from "./types.js";
import type { Tags } from "../types.js";
import type { World } from "../world-types.js";
import { computeChecksum } from "./compute-checksum.js";
import type { Checksum } from "./verify-integrity.js";

export interface ObjectContent {
  readonly body: Buffer;
  /** content-type and the like, lower-case names. */
  readonly headers: ReadonlyMap<string, string>;
  /** Without the `x-amz-meta-` prefix. */
  readonly metadata: ReadonlyMap<string, string>;
  readonly tags: Tags;
  /** `undefined`: CRC64NVME is computed, as AWS does for uploads without a checksum. */
  readonly checksum: Checksum | undefined;
}

/** Stores an object as the current version of its key and returns it. */
export function storeVersion(world: World, bucket: Bucket, key: string, content: ObjectContent): ObjectVersion {
  const checksum = content.checksum ?? {
    algorithm: "CRC64NVME",
    value: computeChecksum("CRC64NVME", content.body),
  };
  return add(bucket, key, {
    versionId: nextVersionId(world, bucket),
    body: content.body,
    etag: createHash("md5").update(content.body).digest("hex"),
    lastModified: storedTime(world),
    deleteMarker: false,
    headers: content.headers,
    metadata: content.metadata,
    tags: content.tags,
    checksums: new Map([[checksum.algorithm, checksum.value]]),
  });
}

/**
 * Deletes as a request without a version id does: for good where there never was versioning, otherwise by a delete
 * marker, which is returned.
 */
export function deleteCurrent(world: World, bucket: Bucket, key: string): ObjectVersion | undefined {
  if (bucket.versioning === undefined) {
    bucket.objects.delete(key);
    return undefined;
  }
  return add(bucket, key, {
    versionId: nextVersionId(world, bucket),
    body: Buffer.alloc(0),
    etag: "",
    lastModified: storedTime(world),
    deleteMarker: true,
    headers: new Map(),
    metadata: new Map(),
    tags: new Map(),
    checksums: new Map(),
  });
}

/** Deletes one version for good and returns it; `undefined` when there is none of that id. */
export function deleteVersion(bucket: Bucket, key: string, versionId: string): ObjectVersion | undefined {
  const versions = bucket.objects.get(key) ?? [];
  const found = versions.find((version) => version.versionId === versionId);
  if (found === undefined) return undefined;
  keep(
    bucket,
    key,
    versions.filter((version) => version !== found),
  );
  return found;
}

/** Returns the newest version, or the one of that id; delete markers too. */
export function findVersion(bucket: Bucket, key: string, versionId: string | undefined): ObjectVersion | undefined {
  const versions = bucket.objects.get(key);
  return versionId === undefined ? versions?.[0] : versions?.find((version) => version.versionId === versionId);
}

/** Gives a version other tags, without making a new one. */
export function replaceTags(bucket: Bucket, key: string, version: ObjectVersion, tags: Tags): void {
  const versions = bucket.objects.get(key) ?? [];
  const tagged = { ...version, tags };
  keep(
    bucket,
    key,
    versions.map((one) => (one === version ? tagged : one)),
  );
}

function add(bucket: Bucket, key: string, version: ObjectVersion): ObjectVersion {
  const versions = bucket.objects.get(key) ?? [];
  // There is one null version at most; a new one takes its place.
  const others = version.versionId === "null" ? versions.filter(({ versionId }) => versionId !== "null") : versions;
  keep(bucket, key, [version, ...others]);
  return version;
}

function keep(bucket: Bucket, key: string, versions: ObjectVersion[]): void {
  if (versions.length === 0) bucket.objects.delete(key);
  else bucket.objects.set(key, versions);
}

function nextVersionId(world: World, bucket: Bucket): string {
  if (bucket.versioning !== "Enabled") return "null";
  // "Unicode, UTF-8 encoded, URL-ready, opaque strings": no leading hyphen, which command lines would take for an option.
  return Buffer.from(world.randomBytes(24)).toString("base64url").replaceAll("-", ".");
}

/** Last-Modified has whole seconds, so that a condition with the header's own value holds. */
function storedTime(world: World): Date {
  return new Date(Math.floor(world.clock() / 1000) * 1000);
}
