// Turns an authenticated HTTP call into S3's terms, refusing what could be read in two ways.
import type { Call } from "../world-types.js";
import { parseAddress } from "./parse-address.js";
import { invalidArgument } from "./s3-errors.js";
import type { S3Call } from "./s3-call.js";

/** Query parameters of the signature itself (S3 API Reference, "Authenticating Requests: Using Query Parameters"). */
const OF_THE_SIGNATURE = new Set([
  "x-amz-algorithm",
  "x-amz-credential",
  "x-amz-date",
  "x-amz-expires",
  "x-amz-signedheaders",
  "x-amz-signature",
  "x-amz-security-token",
]);

/** What may stand in an answer's header: a value from a query could otherwise smuggle one in. */
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;

/** Returns the call as S3 reads it. Throws `InvalidURI`, `KeyTooLongError`, or `InvalidArgument` for a doubled parameter. */
export function readS3Call(call: Call): S3Call {
  const { request } = call;
  const { bucketName, key } = parseAddress(request.rawPath);
  const headers = new Map(request.headers);
  const query = new Map<string, string>();
  for (const [name, value] of request.query) {
    const lower = name.toLowerCase();
    if (OF_THE_SIGNATURE.has(lower)) continue;
    if (lower.startsWith("x-amz-")) {
      if (headers.has(lower) && headers.get(lower) !== value) throw doubled(name, value);
      if (!HEADER_NAME.test(lower) || !HEADER_VALUE.test(value)) {
        throw invalidArgument("Header value cannot be represented", name, value);
      }
      headers.set(lower, value);
    } else {
      if (query.has(name)) throw doubled(name, value);
      query.set(name, value);
    }
  }
  return { call, method: request.method, bucketName, key, query, headers };
}

/** Throws `InvalidArgument` unless the text can stand in a header of the answer. */
export function checkHeaderValue(name: string, value: string): void {
  if (!HEADER_VALUE.test(value)) throw invalidArgument("Header value cannot be represented", name, value);
}

function doubled(name: string, value: string): Error {
  return invalidArgument("The parameter was given more than once", name, value);
}
