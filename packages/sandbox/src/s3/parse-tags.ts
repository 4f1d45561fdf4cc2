// Reads and checks tags (S3 User Guide, "Categorizing your objects using tags"; S3 API Reference, PutBucketTagging).
import { AwsError } from "../errors.js";
import type { Tags } from "../types.js";
import { repeated } from "../wire/xml.js";
import { childrenOf, readXml, textOf } from "./read-xml.js";
import { invalidArgument, malformedXml, notImplemented } from "./s3-errors.js";

const LIMITS = { object: 10, bucket: 50 };
const ALLOWED = /^[\p{L}\p{N}\p{Z}+\-=._:/@]*$/u;

/** Reads `<Tagging><TagSet><Tag>…`. Throws `MalformedXML`, `InvalidTag` or `BadRequest`. */
export function readTagging(body: Buffer, owner: keyof typeof LIMITS): Map<string, string> {
  const set = childrenOf(readXml(body, "Tagging"), ["TagSet"]).get("TagSet");
  if (set === undefined) throw malformedXml();
  const tags: [string, string][] = [];
  for (const tag of set.children) {
    const fields = childrenOf(tag, ["Key", "Value"]);
    const key = textOf(fields.get("Key"));
    const value = textOf(fields.get("Value"));
    if (tag.name !== "Tag" || key === undefined || value === undefined) throw malformedXml();
    tags.push([key, value]);
  }
  return checkTags(tags, owner);
}

/** Reads `x-amz-tagging`: `key=value&…`, URL-encoded. Throws `InvalidArgument`, `InvalidTag` or `BadRequest`. */
export function readTaggingHeader(header: string | undefined): Map<string, string> {
  if (header === undefined || header === "") return new Map();
  const pairs = [...new URLSearchParams(header)];
  if (new Set(pairs.map(([key]) => key)).size !== pairs.length) {
    throw invalidArgument(
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
      "x-amz-tagging",
      header,
    );
  }
  return checkTags(pairs, "object");
}

/** Renders the body of Get…Tagging. */
export function renderTagSet(tags: Tags): string {
  return `<TagSet>${repeated(
    "Tag",
    [...tags].map(([Key, Value]) => ({ Key, Value })),
  )}</TagSet>`;
}

function checkTags(pairs: readonly (readonly [string, string])[], owner: keyof typeof LIMITS): Map<string, string> {
  if (pairs.length > LIMITS[owner]) {
    throw new AwsError(
      400,
      "BadRequest",
      owner === "object" ? "Object tags cannot be greater than 10" : "Bucket tag count cannot be greater than 50",
    );
  }
  const tags = new Map<string, string>();
  const seen = new Set<string>();
  for (const [key, value] of pairs) {
    if (key === "" || key.length > 128 || !ALLOWED.test(key))
      throw invalidTag("The TagKey you have provided is invalid", key);
    if (value.length > 256 || !ALLOWED.test(value)) throw invalidTag("The TagValue you have provided is invalid", key);
    if (key.toLowerCase().startsWith("aws:")) {
      throw invalidTag("System tags cannot be added/updated by requester", key);
    }
    if (tags.has(key)) throw invalidTag("Cannot provide multiple Tags with the same key", key);
    // Names of condition keys have no case: s3:ExistingObjectTag/… could not tell these two apart.
    if (seen.has(key.toLowerCase())) throw notImplemented("Element", key);
    seen.add(key.toLowerCase());
    tags.set(key, value);
  }
  return tags;
}

function invalidTag(message: string, key: string): AwsError {
  return new AwsError(400, "InvalidTag", message, { details: { TagKey: key } });
}
