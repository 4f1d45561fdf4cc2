// SigV4's canonical request, written from the specification: IAM User Guide, "Create a signed AWS API request".
import { createHash } from "node:crypto";
import type { HttpRequest } from "../types.js";
import { invalidUri } from "./auth-errors.js";
import type { AuthDialect } from "./auth-errors.js";
import type { SignatureClaim } from "./read-signature.js";

/** Returns the lower-case hexadecimal SHA-256 of the data. */
export function sha256Hex(data: Buffer | string): string {
  return createHash("sha256").update(data).digest("hex");
}

/**
 * Returns the canonical request of what was received. Throws `AwsError` `InvalidURI` when path or query are not
 * well-formed. A signed header that the request lacks counts as empty, so that its signature cannot be right.
 */
export function canonicalRequest(
  request: HttpRequest,
  claim: SignatureClaim,
  payloadHash: string,
  dialect: AuthDialect,
): string {
  const headers = claim.signedHeaders.map(
    (name) => `${name}:${(request.headers.get(name) ?? "").trim().replace(/ +/g, " ")}\n`,
  );
  return [
    request.method,
    dialect === "s3" ? encodeOnce(request.rawPath) : encodeTwice(request.rawPath),
    canonicalQuery(request.rawQuery),
    headers.join(""),
    claim.signedHeaders.join(";"),
    payloadHash,
  ].join("\n");
}

/** S3: the key as it is, encoded once; `.`, `..` and `//` are parts of keys and stay. */
function encodeOnce(rawPath: string): string {
  return rawPath
    .split("/")
    .map((segment) => encode(decode(segment)))
    .join("/");
}

/** Every other service: the path without `.`, `..` and `//`, its encoding encoded again. */
function encodeTwice(rawPath: string): string {
  const kept: string[] = [];
  for (const segment of rawPath.split("/")) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(encode(segment));
  }
  return `/${kept.join("/")}${kept.length > 0 && rawPath.endsWith("/") ? "/" : ""}`;
}

function canonicalQuery(rawQuery: string): string {
  if (rawQuery === "") return "";
  const pairs: (readonly [string, string])[] = [];
  // A plus is read as a space by whoever serves the call, so it is signed as one.
  for (const part of rawQuery.replaceAll("+", "%20").split("&")) {
    const equals = part.indexOf("=");
    const name = decode(equals === -1 ? part : part.slice(0, equals));
    if (name === "X-Amz-Signature") continue;
    pairs.push([encode(name), encode(equals === -1 ? "" : decode(part.slice(equals + 1)))]);
  }
  return pairs
    .sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

/** By code point, as the specification asks; both sides are ASCII by now. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Everything but A–Z a–z 0–9 - . _ ~ is `%XX`; encodeURIComponent leaves five more as they are. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) throw invalidUri();
    throw error;
  }
}
