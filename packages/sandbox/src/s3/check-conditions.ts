// If-Match and its relatives (RFC 9110, section 13; S3 User Guide, "Add preconditions to S3 operations").
import type { ObjectVersion } from "./types.js";
import { noSuchKey, notImplemented, preconditionFailed } from "./s3-errors.js";
import type { S3Call } from "./s3-call.js";

/** Names of the four headers, which CopyObject has under other names. */
export interface ConditionNames {
  readonly match: string;
  readonly noneMatch: string;
  readonly modifiedSince: string;
  readonly unmodifiedSince: string;
}

const OF_A_READ: ConditionNames = {
  match: "if-match",
  noneMatch: "if-none-match",
  modifiedSince: "if-modified-since",
  unmodifiedSince: "if-unmodified-since",
};

export const OF_A_COPY: ConditionNames = {
  match: "x-amz-copy-source-if-match",
  noneMatch: "x-amz-copy-source-if-none-match",
  modifiedSince: "x-amz-copy-source-if-modified-since",
  unmodifiedSince: "x-amz-copy-source-if-unmodified-since",
};

/**
 * Returns whether the object has changed for the asker: false means 304 for a read. The order is RFC 9110's, which S3
 * documents by its two combinations: a true If-Match makes up for a false If-Unmodified-Since, and a false
 * If-None-Match is not made up for by a true If-Modified-Since. Throws `PreconditionFailed` 412.
 */
export function isChanged(s3: S3Call, version: ObjectVersion, names: ConditionNames = OF_A_READ): boolean {
  const { headers } = s3;
  const match = headers.get(names.match);
  const unmodifiedSince = timeOf(headers.get(names.unmodifiedSince));
  if (match !== undefined) {
    if (!matches(match, version.etag)) throw preconditionFailed("If-Match");
  } else if (unmodifiedSince !== undefined && version.lastModified.getTime() > unmodifiedSince) {
    throw preconditionFailed("If-Unmodified-Since");
  }
  const noneMatch = headers.get(names.noneMatch);
  if (noneMatch !== undefined) return !matches(noneMatch, version.etag);
  const modifiedSince = timeOf(headers.get(names.modifiedSince));
  return modifiedSince === undefined || version.lastModified.getTime() > modifiedSince;
}

/**
 * Checks the conditions of a write against the current version, a delete marker counting as none.
 * Throws `PreconditionFailed` 412, `NoSuchKey` 404 for If-Match without an object, `NotImplemented` for other forms.
 */
export function checkWrite({ headers, key = "" }: S3Call, current: ObjectVersion | undefined): void {
  const existing = current?.deleteMarker === true ? undefined : current;
  const noneMatch = headers.get("if-none-match");
  if (noneMatch !== undefined) {
    // "Amazon S3 expects the * character."
    if (noneMatch !== "*") throw notImplemented("Header", "If-None-Match");
    if (existing !== undefined) throw preconditionFailed("If-None-Match");
  }
  const match = headers.get("if-match");
  if (match === undefined) return;
  if (existing === undefined) throw noSuchKey(key);
  if (!matches(match, existing.etag)) throw preconditionFailed("If-Match");
}

function matches(header: string, etag: string): boolean {
  return header.split(",").some((entry) => {
    const wanted = entry.trim();
    return wanted === "*" || wanted.replace(/^"(.*)"$/, "$1") === etag;
  });
}

/** A date that cannot be read is no condition (RFC 9110, section 13.1.3). */
function timeOf(header: string | undefined): number | undefined {
  const time = Date.parse(header ?? "");
  return Number.isNaN(time) ? undefined : time;
}
