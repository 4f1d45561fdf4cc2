// The Range header (RFC 9110, section 14; S3 API Reference, GetObject).
import { AwsError } from "../errors.js";

export interface ByteRange {
  /** Both inclusive. */
  readonly first: number;
  readonly last: number;
}

/**
 * Returns the part that the header asks for; `undefined` for the whole object: no header, another unit, a malformed
 * value, or several ranges, which "Amazon S3 doesn't support retrieving" and ignores as RFC 9110 allows.
 * Throws `InvalidRange` 416 when the object has no such part.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? "");
  if (header === undefined || match === null) return undefined;
  const [, from = "", to = ""] = match;
  if (from === "" && to === "") return undefined;
  if (from !== "" && to !== "" && Number(to) < Number(from)) return undefined;
  const first = from === "" ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (first < size && first <= last) return { first, last };
  throw new AwsError(416, "InvalidRange", "The requested range is not satisfiable", {
    details: { RangeRequested: header, ActualObjectSize: String(size) },
    headers: { "content-range": `bytes */${size}` },
  });
}
