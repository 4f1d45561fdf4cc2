// ListObjectsV2 and ListObjects.
import type { Bucket, ObjectVersion } from "./types.js";
import type { HttpAnswer } from "../types.js";
import { element, elements, repeated } from "../wire/xml.js";
import { xmlAnswer, xmlTime } from "./answer-s3.js";
import { requireS3 } from "./authorize-s3.js";
import { findBucket } from "./find-bucket.js";
import { listContext, ownerElement, readListParameters } from "./list-parameters.js";
import type { ListParameters } from "./list-parameters.js";
import { compareKeys, pageKeys } from "./page-keys.js";
import type { Page } from "./page-keys.js";
import { invalidArgument } from "./s3-errors.js";
import type { S3Call, S3Operation } from "./s3-call.js";

const SHARED = ["prefix", "delimiter", "max-keys", "encoding-type"];
/** Restore status exists for archived objects only, which there are none of: asking for it changes nothing. */
const headers = ["x-amz-optional-object-attributes"];

export const listObjectsV2: S3Operation = {
  name: "ListObjectsV2",
  query: ["list-type", "continuation-token", "start-after", "fetch-owner", ...SHARED],
  headers,
  run: listV2,
};

export const listObjects: S3Operation = { name: "ListObjects", query: ["marker", ...SHARED], headers, run: listV1 };

interface Current {
  readonly key: string;
  readonly version: ObjectVersion;
}

function listV2(s3: S3Call): HttpAnswer {
  const bucket = findBucket(s3);
  requireS3(s3, { action: "s3:ListBucket", bucket, context: listContext(s3) });
  const { query } = s3;
  const type = query.get("list-type") ?? "";
  if (type !== "2") throw invalidArgument("Invalid List Type specified in Request", "list-type", type);
  const parameters = readListParameters(s3);
  const { encode } = parameters;
  const token = query.get("continuation-token");
  const startAfter = query.get("start-after");
  const after = token === undefined ? startAfter : readToken(token);
  const page = pageAfter(bucket, parameters, after);
  const last = lastItem(page);
  const head = elements({
    Name: bucket.name,
    Prefix: encode(parameters.prefix),
    StartAfter: startAfter && encode(startAfter),
    ContinuationToken: token,
    NextContinuationToken: page.truncated && last !== undefined ? writeToken(last) : undefined,
    KeyCount: page.entries.length + page.commonPrefixes.length,
    MaxKeys: parameters.maxKeys,
    Delimiter: parameters.delimiter && encode(parameters.delimiter),
    EncodingType: parameters.encodingType,
    IsTruncated: page.truncated,
  });
  const owner = query.get("fetch-owner") === "true" ? ownerElement(s3.call.world, bucket) : "";
  return xmlAnswer("ListBucketResult", head + renderPage(page, parameters, owner), regionHeader(bucket));
}

function listV1(s3: S3Call): HttpAnswer {
  const bucket = findBucket(s3);
  requireS3(s3, { action: "s3:ListBucket", bucket, context: listContext(s3) });
  const parameters = readListParameters(s3);
  const { encode, delimiter } = parameters;
  const marker = s3.query.get("marker") ?? "";
  const page = pageAfter(bucket, parameters, marker);
  const last = lastItem(page);
  // "This element is returned only if you have the delimiter request parameter specified."
  const nextMarker = page.truncated && delimiter !== undefined && last !== undefined ? encode(last) : undefined;
  const head = elements({
    Name: bucket.name,
    Prefix: encode(parameters.prefix),
    Marker: encode(marker),
    NextMarker: nextMarker,
    MaxKeys: parameters.maxKeys,
    Delimiter: delimiter && encode(delimiter),
    EncodingType: parameters.encodingType,
    IsTruncated: page.truncated,
  });
  const owner = ownerElement(s3.call.world, bucket);
  return xmlAnswer("ListBucketResult", head + renderPage(page, parameters, owner), regionHeader(bucket));
}

function pageAfter(bucket: Bucket, parameters: ListParameters, after: string | undefined): Page<Current> {
  return pageKeys(currentObjects(bucket), {
    ...parameters,
    isPast: ({ key }) => after !== undefined && compareKeys(key, after) <= 0,
    lastPrefix: after,
  });
}

/** Keys whose newest version is an object, in UTF-8 order. */
function currentObjects(bucket: Bucket): readonly Current[] {
  const found: Current[] = [];
  for (const [key, [version]] of bucket.objects) {
    if (version !== undefined && !version.deleteMarker) found.push({ key, version });
  }
  return found.sort((a, b) => compareKeys(a.key, b.key));
}

function renderPage(page: Page<Current>, { encode }: ListParameters, owner: string): string {
  const contents = page.entries.map(({ key, version }) => {
    const fields = elements({
      Key: encode(key),
      LastModified: xmlTime(version.lastModified),
      ETag: `"${version.etag}"`,
      ChecksumAlgorithm: [...version.checksums.keys()][0],
      ChecksumType: "FULL_OBJECT",
      Size: version.body.length,
    });
    return `<Contents>${fields}${owner}${element("StorageClass", "STANDARD")}</Contents>`;
  });
  const prefixes = page.commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) }));
  return contents.join("") + repeated("CommonPrefixes", prefixes);
}

function lastItem({ last }: Page<Current>): string | undefined {
  if (last === undefined) return undefined;
  return "entry" in last ? last.entry.key : last.commonPrefix;
}

/** Opaque to clients: the last item of the page, which says where the next one begins and grants nothing. */
function writeToken(last: string): string {
  return Buffer.from(`1${last}`).toString("base64url");
}

function readToken(token: string): string {
  const text = Buffer.from(token, "base64url").toString();
  if (!text.startsWith("1") || writeToken(text.slice(1)) !== token) {
    throw invalidArgument("The continuation token provided is incorrect", "continuation-token", token);
  }
  return text.slice(1);
}

function regionHeader({ region }: Bucket): Record<string, string> {
  return { "x-amz-bucket-region": region };
}
