// Takes a streamed upload apart: every chunk, and the trailer, must carry a signature built upon the one before.
// Source: Amazon S3 API Reference, "Signature Calculations for the Authorization Header: Transferring Payload in Multiple
// Chunks (Chunked Upload)" and "… Including trailing headers (chunked upload)".
import { AwsError } from "../errors.js";
import type { HttpRequest } from "../types.js";
import { signatureDoesNotMatch } from "./auth-errors.js";
import { sha256Hex } from "./canonical-request.js";
import { hmac, sameSignature } from "./verify-signature.js";
import type { VerifiedSignature } from "./verify-signature.js";

export const STREAMING = [
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
  "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
] as const;
export type StreamingPayload = (typeof STREAMING)[number];

/** "Only the last chunk is allowed to have a size less than 8192 bytes." */
const MIN_CHUNK_BYTES = 8192;
const CRLF = Buffer.from("\r\n");
const EMPTY_SHA256 = sha256Hex("");

/**
 * Returns the request with the body that was meant and the trailer's checksums among its headers.
 * `verified` is the request's own signature, `undefined` for unsigned payloads. Throws `AwsError` when a length, a
 * signature or the form is wrong.
 */
export function decodeAwsChunked(
  request: HttpRequest,
  payload: StreamingPayload,
  verified: VerifiedSignature | undefined,
): HttpRequest {
  const signed = payload !== "STREAMING-UNSIGNED-PAYLOAD-TRAILER";
  if (signed && verified === undefined) throw signatureDoesNotMatch("s3");
  const chain = signed && verified !== undefined ? createChain(verified) : undefined;
  const chunks: Buffer[] = [];
  const reader = createReader(request.body);
  for (;;) {
    const [size, signature] = readChunkHead(reader.line(), signed);
    const data = reader.bytes(size);
    chain?.check("AWS4-HMAC-SHA256-PAYLOAD", `${EMPTY_SHA256}\n${sha256Hex(data)}`, signature);
    if (size === 0) break;
    reader.end();
    const before = chunks.at(-1);
    if (before !== undefined && before.length < MIN_CHUNK_BYTES) throw chunkTooSmall();
    chunks.push(data);
  }
  const trailers = readTrailers(request, reader, payload, chain);
  const body = Buffer.concat(chunks);
  const declared = request.headers.get("x-amz-decoded-content-length");
  if (declared === undefined || !/^\d{1,12}$/.test(declared)) {
    throw new AwsError(411, "MissingContentLength", "You must provide the Content-Length HTTP header.");
  }
  if (Number(declared) !== body.length) throw incompleteBody();
  return { ...request, body, headers: headersWithout(request.headers, trailers) };
}

interface Chain {
  check(algorithm: string, hashes: string, given: string | undefined): void;
}

function createChain(verified: VerifiedSignature): Chain {
  let previous = verified.signature;
  return {
    check(algorithm, hashes, given) {
      const stringToSign = [algorithm, verified.amzDate, verified.scope, previous, hashes].join("\n");
      const expected = hmac(verified.signingKey, stringToSign).toString("hex");
      if (given === undefined || !sameSignature(expected, given)) throw signatureDoesNotMatch("s3");
      previous = expected;
    },
  };
}

interface Reader {
  /** The text up to the next CRLF. */
  line(): string;
  bytes(count: number): Buffer;
  /** A CRLF must follow. */
  end(): void;
  atEnd(): boolean;
}

function createReader(body: Buffer): Reader {
  let at = 0;
  return {
    line() {
      const stop = body.indexOf(CRLF, at);
      if (stop === -1 || stop - at > 8192) throw incompleteBody();
      const text = body.toString("latin1", at, stop);
      at = stop + 2;
      return text;
    },
    bytes(count) {
      if (body.length - at < count) throw incompleteBody();
      at += count;
      return body.subarray(at - count, at);
    },
    end() {
      if (!body.subarray(at, at + 2).equals(CRLF)) throw incompleteBody();
      at += 2;
    },
    atEnd: () => at >= body.length,
  };
}

function readChunkHead(line: string, signed: boolean): readonly [number, string | undefined] {
  const [, size = "", signature] = /^([0-9a-fA-F]{1,8})(?:;chunk-signature=([0-9a-f]{64}))?$/.exec(line) ?? [];
  if (size === "" || (signature !== undefined) !== signed) throw incompleteBody();
  return [Number.parseInt(size, 16), signature];
}

function readTrailers(
  request: HttpRequest,
  reader: Reader,
  payload: StreamingPayload,
  chain: Chain | undefined,
): ReadonlyMap<string, string> {
  const announced = (request.headers.get("x-amz-trailer") ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "");
  const trailers = new Map<string, string>();
  let signature: string | undefined;
  while (!reader.atEnd()) {
    const line = reader.line();
    if (line === "") break;
    const [, name = "", value = ""] = /^([A-Za-z0-9-]+):(.*)$/.exec(line) ?? [];
    const key = name.toLowerCase();
    if (key === "x-amz-trailer-signature" && signature === undefined && chain !== undefined) signature = value.trim();
    // Only checksums may come after the body, and only those that the signed header announced.
    else if (/^x-amz-checksum-[a-z0-9]+$/.test(key) && announced.includes(key) && !trailers.has(key)) {
      trailers.set(key, value.trim());
    } else throw malformedTrailer();
  }
  if (!reader.atEnd() || announced.some((name) => !trailers.has(name))) throw malformedTrailer();
  if (payload === "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER") {
    const canonical = [...trailers].map(([name, value]) => `${name}:${value}\n`).join("");
    chain?.check("AWS4-HMAC-SHA256-TRAILER", sha256Hex(canonical), signature);
  } else if (signature !== undefined || (payload === "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" && trailers.size > 0)) {
    throw malformedTrailer();
  }
  return trailers;
}

/** `aws-chunked` described the transport; it is not stored with the object. */
function headersWithout(
  headers: ReadonlyMap<string, string>,
  trailers: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const all = new Map([...headers, ...trailers]);
  const encodings = (headers.get("content-encoding") ?? "")
    .split(",")
    .map((encoding) => encoding.trim())
    .filter((encoding) => encoding !== "" && encoding.toLowerCase() !== "aws-chunked");
  if (encodings.length === 0) all.delete("content-encoding");
  else all.set("content-encoding", encodings.join(","));
  return all;
}

function incompleteBody(): AwsError {
  return new AwsError(400, "IncompleteBody", "The request body terminated unexpectedly");
}

function malformedTrailer(): AwsError {
  return new AwsError(
    400,
    "MalformedTrailerError",
    "The request contained trailing data that was not well-formed or did not conform to our published schema.",
  );
}

function chunkTooSmall(): AwsError {
  return new AwsError(
    403,
    "InvalidChunkSizeError",
    "Only the last chunk is allowed to have a size less than 8192 bytes",
  );
}
