// What S3 keeps with an object's body, read from a request and written into answers.
import { AwsError } from "../errors.js";
import type { Bucket, ObjectVersion } from "./types.js";
import { headerTime } from "./answer-s3.js";
import { versionHeader } from "./find-object.js";
import { checkHeaderValue } from "./read-s3-call.js";
import { invalidArgument, invalidRequest } from "./s3-errors.js";
import type { S3Call } from "./s3-call.js";

/** Kept as given (S3 User Guide, "Working with object metadata", system-defined metadata). */
const KEPT = [
  "cache-control",
  "content-disposition",
  "content-encoding",
  "content-language",
  "content-type",
  "expires",
];
/** "The user-defined metadata is limited to 2 KB in size": names and values, without the prefix. */
const MAX_METADATA_BYTES = 2048;
const META = "x-amz-meta-";

/** Returns content-type and the like. `aws-chunked` was taken off content-encoding together with the chunks. */
export function keptHeaders({ headers }: S3Call): ReadonlyMap<string, string> {
  const kept = new Map([["content-type", "binary/octet-stream"]]);
  for (const name of KEPT) {
    const value = headers.get(name);
    if (value !== undefined && value !== "") kept.set(name, value);
  }
  return kept;
}

/** Returns `x-amz-meta-…` without the prefix. Throws `MetadataTooLarge` over 2 KB. */
export function userMetadata({ headers }: S3Call): ReadonlyMap<string, string> {
  const metadata = new Map<string, string>();
  let size = 0;
  for (const [name, value] of headers) {
    if (!name.startsWith(META)) continue;
    metadata.set(name.slice(META.length), value);
    size += Buffer.byteLength(name.slice(META.length)) + Buffer.byteLength(value);
  }
  if (size > MAX_METADATA_BYTES) {
    throw new AwsError(400, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size", {
      details: { Size: String(size), MaxSizeAllowed: String(MAX_METADATA_BYTES) },
    });
  }
  return metadata;
}

/** Returns the headers of GetObject and HeadObject, without content-length. */
export function objectHeaders(bucket: Bucket, version: ObjectVersion): Record<string, string> {
  const headers: Record<string, string> = {
    "accept-ranges": "bytes",
    etag: `"${version.etag}"`,
    "last-modified": headerTime(version.lastModified),
    "x-amz-server-side-encryption": "AES256",
    ...versionHeader(bucket, version),
    ...Object.fromEntries(version.headers),
  };
  for (const [name, value] of version.metadata) headers[META + name] = value;
  return headers;
}

/** Returns the checksum headers, which are sent when they are asked for by `x-amz-checksum-mode: ENABLED`. */
export function checksumHeaders(version: ObjectVersion): Record<string, string> {
  const headers: Record<string, string> = { "x-amz-checksum-type": "FULL_OBJECT" };
  for (const [algorithm, value] of version.checksums) headers[`x-amz-checksum-${algorithm.toLowerCase()}`] = value;
  return headers;
}

/** Returns whether the request asks for checksums. Throws `InvalidArgument` for another mode. */
export function wantsChecksums({ headers }: S3Call): boolean {
  const mode = headers.get("x-amz-checksum-mode");
  if (mode !== undefined && mode.toUpperCase() !== "ENABLED") {
    throw invalidArgument("Invalid value for x-amz-checksum-mode.", "x-amz-checksum-mode", mode);
  }
  return mode !== undefined;
}

/** `response-…` parameters and the header that each sets (S3 API Reference, GetObject). */
export const OVERRIDES: Readonly<Record<string, string>> = {
  "response-cache-control": "cache-control",
  "response-content-disposition": "content-disposition",
  "response-content-encoding": "content-encoding",
  "response-content-language": "content-language",
  "response-content-type": "content-type",
  "response-expires": "expires",
};

/** Returns the headers that the query overrides. Throws `InvalidRequest` for unsigned requests. */
export function overriddenHeaders({ call, query }: S3Call): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [parameter, name] of Object.entries(OVERRIDES)) {
    const value = query.get(parameter);
    if (value === undefined) continue;
    if (call.caller.kind === "anonymous") {
      throw invalidRequest("Request specific response headers cannot be used for anonymous GET requests.");
    }
    checkHeaderValue(parameter, value);
    headers[name] = value;
  }
  return headers;
}
