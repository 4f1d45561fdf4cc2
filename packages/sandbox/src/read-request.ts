// From Node's request to the sandbox's, refusing what two readers could understand differently.
// HTTP rules: RFC 9110 and RFC 9112, section 11.2 ("Request Smuggling").
import type { IncomingMessage } from "node:http";
import type { HttpRequest } from "./types.js";

/** A refusal below AWS: the text goes out as it is, and the connection is closed. */
export class HttpRefusal extends Error {
  override readonly name = "HttpRefusal";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const MAX_HEADERS = 100;
/** Headers that decide about the request and may come once only. */
const SINGLE = new Set([
  "authorization",
  "content-encoding",
  "content-length",
  "content-type",
  "host",
  "transfer-encoding",
  "x-amz-content-sha256",
  "x-amz-date",
  "x-amz-decoded-content-length",
  "x-amz-security-token",
]);

/** What is known before the body is read. */
export type RequestHead = Omit<HttpRequest, "body">;

/** Returns the head of the request. Throws `HttpRefusal`. `hosts` are the only values of Host that are served. */
export function readHead(message: IncomingMessage, hosts: ReadonlySet<string>): RequestHead {
  const target = message.url ?? "";
  if (!/^\/[\x21\x22\x24-\x7e]*$/.test(target))
    throw new HttpRefusal(400, "the request target must be a path in ASCII");
  // Node also takes the bare `GET /` of HTTP/0.9, which has no headers at all.
  if (message.httpVersionMajor !== 1) throw new HttpRefusal(400, "the request must be HTTP/1.1");
  const headers = readHeaders(message.rawHeaders);
  // Keeps pages of other origins out, whose names may be made to resolve to this machine (DNS rebinding).
  const host = headers.get("host")?.toLowerCase();
  if (host === undefined || !hosts.has(host)) throw new HttpRefusal(421, "this host is not served here");
  const transferEncoding = headers.get("transfer-encoding");
  if (transferEncoding !== undefined) {
    if (
      transferEncoding.toLowerCase() !== "chunked" ||
      headers.has("content-length") ||
      message.httpVersion !== "1.1"
    ) {
      throw new HttpRefusal(400, "the length of the body is ambiguous");
    }
  }
  const questionMark = target.indexOf("?");
  const rawQuery = questionMark === -1 ? "" : target.slice(questionMark + 1);
  return {
    method: message.method ?? "",
    rawPath: questionMark === -1 ? target : target.slice(0, questionMark),
    rawQuery,
    query: new URLSearchParams(rawQuery),
    headers,
    remoteAddress: message.socket.remoteAddress ?? "",
  };
}

function readHeaders(raw: readonly string[]): ReadonlyMap<string, string> {
  if (raw.length > MAX_HEADERS * 2) throw new HttpRefusal(431, "too many headers");
  const headers = new Map<string, string>();
  for (let index = 0; index < raw.length; index += 2) {
    const name = (raw[index] ?? "").toLowerCase();
    const value = (raw[index + 1] ?? "").trim();
    const before = headers.get(name);
    if (before !== undefined && SINGLE.has(name)) throw new HttpRefusal(400, `the header ${name} is given twice`);
    headers.set(name, before === undefined ? value : `${before},${value}`);
  }
  return headers;
}

/**
 * Returns the body. Throws `HttpRefusal` 413 as soon as it is known to be longer than `maxBytes`; a body that breaks off
 * rejects with Node's error.
 */
export async function readBody(message: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if (Number(message.headers["content-length"] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message) {
    const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    length += bytes.length;
    if (length > maxBytes) throw tooLarge(maxBytes);
    chunks.push(bytes);
  }
  // A stream that was destroyed can end its iteration quietly.
  if (!message.complete) throw new HttpRefusal(400, "the body broke off");
  return Buffer.concat(chunks);
}

function tooLarge(maxBytes: number): HttpRefusal {
  return new HttpRefusal(413, `the body is longer than ${maxBytes} bytes`);
}
