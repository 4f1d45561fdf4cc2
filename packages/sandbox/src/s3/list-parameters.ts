// The parameters that all listings share.
import type { Bucket } from "./types.js";
import type { World } from "../world-types.js";
import { element } from "../wire/xml.js";
import { invalidArgument } from "./s3-errors.js";
import type { S3Call } from "./s3-call.js";

/** "By default, the action returns up to 1,000 key names … never more" (S3 API Reference, ListObjectsV2). */
const MOST = 1000;

export interface ListParameters {
  readonly prefix: string;
  readonly delimiter: string | undefined;
  /** As asked for: what the answer repeats and conditions on s3:max-keys see. */
  readonly maxKeys: number;
  readonly limit: number;
  /** Writes a key, prefix or delimiter as `encoding-type` wants it. */
  readonly encode: (text: string) => string;
  readonly encodingType: "url" | undefined;
}

/** Reads prefix, delimiter, max-keys and encoding-type. Throws `InvalidArgument`. */
export function readListParameters({ query }: S3Call): ListParameters {
  const encodingType = query.get("encoding-type");
  if (encodingType !== undefined && encodingType !== "url") {
    throw invalidArgument("Invalid Encoding Method specified in Request", "encoding-type", encodingType);
  }
  const maxKeys = countOf("max-keys", query.get("max-keys")) ?? MOST;
  return {
    prefix: query.get("prefix") ?? "",
    delimiter: query.get("delimiter"),
    maxKeys,
    limit: Math.min(maxKeys, MOST),
    encode: encodingType === undefined ? (text) => text : encodeAsUrl,
    encodingType,
  };
}

/** Reads a count. Throws `InvalidArgument` unless it is an integer from 0 to 2147483647. */
export function countOf(name: string, value: string | undefined): number | undefined {
  if (value === undefined || value === "") return undefined;
  if (!/^\d{1,10}$/.test(value) || Number(value) > 2147483647) {
    throw invalidArgument(`Provided ${name} not an integer or within integer range`, name, value);
  }
  return Number(value);
}

/** Returns the condition keys of ListBucket: those of the parameters that the request has. */
export function listContext({ query }: S3Call): Record<string, string> {
  const context: Record<string, string> = {};
  for (const name of ["prefix", "delimiter", "max-keys"]) {
    const value = query.get(name);
    if (value !== undefined) context[`s3:${name}`] = value;
  }
  return context;
}

/** Renders the owner: the account, by its canonical id. S3 sends no display name any more. */
export function ownerElement(world: World, bucket: Pick<Bucket, "accountId">): string {
  return element("Owner", { ID: world.accounts.get(bucket.accountId)?.canonicalId });
}

/** As Java's URLEncoder, which S3 uses, but with slashes: "test_file(3).png will appear as test_file%283%29.png". */
function encodeAsUrl(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%2F", "/")
    .replaceAll("%20", "+");
}
