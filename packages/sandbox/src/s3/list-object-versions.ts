// ListObjectVersions.
import type { Bucket, ObjectVersion } from "./types.js";
import type { HttpAnswer } from "../types.js";
import { elements, repeated } from "../wire/xml.js";
import { xmlAnswer, xmlTime } from "./answer-s3.js";
import { requireS3 } from "./authorize-s3.js";
import { findBucket } from "./find-bucket.js";
import { listContext, ownerElement, readListParameters } from "./list-parameters.js";
import { compareKeys, pageKeys } from "./page-keys.js";
import { invalidArgument } from "./s3-errors.js";
import type { S3Call, S3Operation } from "./s3-call.js";

export const listObjectVersions: S3Operation = {
  name: "ListObjectVersions",
  query: ["versions", "prefix", "delimiter", "max-keys", "encoding-type", "key-marker", "version-id-marker"],
  headers: ["x-amz-optional-object-attributes"],
  run: list,
};

interface Entry {
  readonly key: string;
  readonly version: ObjectVersion;
  /** 0 is the newest. */
  readonly age: number;
}

function list(s3: S3Call): HttpAnswer {
  const bucket = findBucket(s3);
  requireS3(s3, { action: "s3:ListBucketVersions", bucket, context: listContext(s3) });
  const parameters = readListParameters(s3);
  const { encode, delimiter } = parameters;
  const keyMarker = s3.query.get("key-marker") ?? "";
  const versionIdMarker = s3.query.get("version-id-marker") ?? "";
  const page = pageKeys(allVersions(bucket), {
    ...parameters,
    isPast: startAfter(bucket, keyMarker, versionIdMarker),
    lastPrefix: keyMarker,
  });
  const { last } = page;
  const next = page.truncated && last !== undefined ? last : undefined;
  const nextKey = next === undefined ? undefined : "entry" in next ? next.entry.key : next.commonPrefix;
  const head = elements({
    Name: bucket.name,
    Prefix: encode(parameters.prefix),
    KeyMarker: encode(keyMarker),
    VersionIdMarker: versionIdMarker,
    NextKeyMarker: nextKey === undefined ? undefined : encode(nextKey),
    NextVersionIdMarker: next !== undefined && "entry" in next ? next.entry.version.versionId : undefined,
    MaxKeys: parameters.maxKeys,
    Delimiter: delimiter && encode(delimiter),
    EncodingType: parameters.encodingType,
    IsTruncated: page.truncated,
  });
  const owner = ownerElement(s3.call.world, bucket);
  const entries = page.entries.map((entry) => renderEntry(entry, encode, owner));
  const prefixes = page.commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) }));
  return xmlAnswer("ListVersionsResult", head + entries.join("") + repeated("CommonPrefixes", prefixes));
}

function allVersions(bucket: Bucket): readonly Entry[] {
  return [...bucket.objects]
    .sort(([a], [b]) => compareKeys(a, b))
    .flatMap(([key, versions]) => versions.map((version, age) => ({ key, version, age })));
}

/** A key marker alone is behind all versions of its key; with a version id, behind that version and the newer ones. */
function startAfter(bucket: Bucket, keyMarker: string, versionIdMarker: string): (entry: Entry) => boolean {
  if (keyMarker === "" && versionIdMarker !== "") {
    throw invalidArgument(
      "A version-id marker cannot be specified without a key marker.",
      "version-id-marker",
      versionIdMarker,
    );
  }
  const versions = bucket.objects.get(keyMarker) ?? [];
  const marked = versions.findIndex(({ versionId }) => versionId === versionIdMarker);
  // A marked version that was deleted since gives no place to go on from but after its key.
  const age = versionIdMarker === "" || marked < 0 ? versions.length : marked;
  return (entry) => {
    const order = keyMarker === "" ? 1 : compareKeys(entry.key, keyMarker);
    return order < 0 || (order === 0 && entry.age <= age);
  };
}

function renderEntry({ key, version, age }: Entry, encode: (text: string) => string, owner: string): string {
  const head = { Key: encode(key), VersionId: version.versionId, IsLatest: age === 0 };
  const time = xmlTime(version.lastModified);
  if (version.deleteMarker) return `<DeleteMarker>${elements({ ...head, LastModified: time })}${owner}</DeleteMarker>`;
  const fields = elements({
    ...head,
    LastModified: time,
    ETag: `"${version.etag}"`,
    ChecksumAlgorithm: [...version.checksums.keys()][0],
    ChecksumType: "FULL_OBJECT",
    Size: version.body.length,
    StorageClass: "STANDARD",
  });
  return `<Version>${fields}${owner}</Version>`;
}
