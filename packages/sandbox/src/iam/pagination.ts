// IAM's pages: MaxItems items, and a marker that says where to go on. The marker holds the last item's key, not its
// position, so that deleting what was listed does not make the next page skip anything.
import { createHash } from "node:crypto";
import type { XmlObject } from "../wire/xml.js";
import { validationError } from "./refusals.js";

/** IAM API Reference, every list operation, MaxItems: the default is 100. */
const DEFAULT_MAX_ITEMS = 100;
/** Bytes. A marker may have 320 characters; longer keys are ordered and remembered by their digest. */
const LONGEST_PLAIN_KEY = 160;

export interface PageRequest {
  readonly Marker?: string | undefined;
  readonly MaxItems?: number | undefined;
}

export interface Page<Item> {
  readonly items: readonly Item[];
  /** `IsTruncated` and `Marker` of the answer. */
  readonly rest: XmlObject;
}

/**
 * Cuts one page out of a list. `keyOf` must be unique in the list and decides the order; `scope` names the operation
 * and its filters, and a marker of another scope is refused.
 * Throws `ValidationError` for a marker that did not come from a list of this scope.
 */
export function pageOf<Item>(
  all: Iterable<Item>,
  request: PageRequest,
  scope: readonly (string | boolean | undefined)[],
  keyOf: (item: Item) => string,
): Page<Item> {
  const scopeDigest = digest(JSON.stringify(scope.map((part) => part ?? null)));
  const after = request.Marker === undefined ? undefined : readMarker(request.Marker, scopeDigest);
  const following = [...all]
    .map((item) => ({ item, key: orderOf(keyOf(item)) }))
    .filter(({ key }) => after === undefined || key > after)
    .toSorted((left, right) => (left.key < right.key ? -1 : 1));
  const page = following.slice(0, request.MaxItems ?? DEFAULT_MAX_ITEMS);
  const last = page.at(-1);
  const truncated = last !== undefined && page.length < following.length;
  return {
    items: page.map(({ item }) => item),
    rest: { IsTruncated: truncated, Marker: truncated ? writeMarker(last.key, scopeDigest) : undefined },
  };
}

function writeMarker(key: string, scopeDigest: string): string {
  return Buffer.from(JSON.stringify([scopeDigest, key])).toString("base64url");
}

function readMarker(marker: string, scopeDigest: string): string {
  const parts = parseJson(Buffer.from(marker, "base64url").toString("utf8"));
  const key: unknown = Array.isArray(parts) ? parts[1] : undefined;
  // One that we would have written for this very key and this very list, and no other.
  if (typeof key !== "string" || writeMarker(key, scopeDigest) !== marker) {
    throw validationError("Invalid Marker.");
  }
  return key;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function orderOf(key: string): string {
  return Buffer.byteLength(key) <= LONGEST_PLAIN_KEY ? key : digest(key);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 16);
}
