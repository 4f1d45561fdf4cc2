// GetObject, HeadObject and GetObjectAttributes.
import type { ObjectVersion } from "./types.js";
import type { HttpAnswer } from "../types.js";
import { element } from "../wire/xml.js";
import { emptyAnswer, headerTime, xmlAnswer } from "./answer-s3.js";
import { mayS3 } from "./authorize-s3.js";
import { isChanged } from "./check-conditions.js";
import { findBucket } from "./find-bucket.js";
import { findObject, keyOf, versionHeader, versionIdOf } from "./find-object.js";
import { checksumHeaders, objectHeaders, OVERRIDES, overriddenHeaders, wantsChecksums } from "./object-headers.js";
import { parseRange } from "./parse-range.js";
import { existingTags } from "./request-context.js";
import { invalidArgument } from "./s3-errors.js";
import type { S3Call, S3Operation } from "./s3-call.js";

export const getObject: S3Operation = {
  name: "GetObject",
  query: ["versionId", ...Object.keys(OVERRIDES)],
  headers: ["x-amz-checksum-mode"],
  run: read,
};

export const headObject: S3Operation = { ...getObject, name: "HeadObject" };

export const getObjectAttributes: S3Operation = {
  name: "GetObjectAttributes",
  query: ["attributes", "versionId"],
  headers: ["x-amz-object-attributes"],
  run: attributes,
};

function read(s3: S3Call): HttpAnswer {
  const bucket = findBucket(s3);
  const key = keyOf(s3);
  const overrides = overriddenHeaders(s3);
  const version = findObject(s3, {
    bucket,
    key,
    versionId: versionIdOf(s3),
    actions: [["s3:GetObject", "s3:GetObjectVersion"]],
  });
  const withChecksums = wantsChecksums(s3);
  const headers = { ...objectHeaders(bucket, version), ...overrides };
  if (!isChanged(s3, version)) {
    const { etag = "", "last-modified": lastModified = "" } = headers;
    return emptyAnswer(304, { etag, "last-modified": lastModified, ...versionHeader(bucket, version) });
  }
  // "when you have the relevant permission to read object tags" (S3 API Reference, GetObject)
  const mayReadTags = { action: "s3:GetObjectTagging", bucket, key, context: existingTags(version.tags) } as const;
  if (version.tags.size > 0 && mayS3(s3, mayReadTags)) headers["x-amz-tagging-count"] = String(version.tags.size);
  const size = version.body.length;
  const range = parseRange(s3.headers.get("range"), size);
  if (range === undefined) {
    // The checksum is the whole object's: beside a part of it, clients would find it broken.
    if (withChecksums) Object.assign(headers, checksumHeaders(version));
    headers["content-length"] = String(size);
    return { status: 200, headers, body: s3.method === "HEAD" ? "" : version.body };
  }
  headers["content-range"] = `bytes ${range.first}-${range.last}/${size}`;
  headers["content-length"] = String(range.last - range.first + 1);
  const part = version.body.subarray(range.first, range.last + 1);
  return { status: 206, headers, body: s3.method === "HEAD" ? "" : part };
}

const ATTRIBUTES: Readonly<Record<string, (version: ObjectVersion) => string>> = {
  ETag: ({ etag }) => element("ETag", etag),
  Checksum: ({ checksums }) => {
    const values = Object.fromEntries([...checksums].map(([algorithm, value]) => [`Checksum${algorithm}`, value]));
    return element("Checksum", { ...values, ChecksumType: "FULL_OBJECT" });
  },
  // Only uploads in parts have any.
  ObjectParts: () => "",
  StorageClass: () => element("StorageClass", "STANDARD"),
  ObjectSize: ({ body }) => element("ObjectSize", body.length),
};

function attributes(s3: S3Call): HttpAnswer {
  const bucket = findBucket(s3);
  const version = findObject(s3, {
    bucket,
    key: keyOf(s3),
    versionId: versionIdOf(s3),
    actions: [
      ["s3:GetObject", "s3:GetObjectVersion"],
      ["s3:GetObjectAttributes", "s3:GetObjectVersionAttributes"],
    ],
  });
  const header = s3.headers.get("x-amz-object-attributes") ?? "";
  const wanted = header.split(",").map((name) => name.trim());
  if (wanted.some((name) => !Object.hasOwn(ATTRIBUTES, name))) {
    throw invalidArgument("Invalid attribute name specified.", "x-amz-object-attributes", header);
  }
  const inner = Object.entries(ATTRIBUTES).map(([name, render]) => (wanted.includes(name) ? render(version) : ""));
  return xmlAnswer("GetObjectAttributesResponse", inner.join(""), {
    "last-modified": headerTime(version.lastModified),
    ...versionHeader(bucket, version),
  });
}
