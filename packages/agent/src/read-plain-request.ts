// The two languages of the cheapest clients, `nc -U` and `curl --unix-socket`. Read from the bytes themselves: what a
// parser of HTTP forgives is what attacks by web pages are made of (DNS rebinding, smuggling).
import { TextDecoder } from "node:util";

/** What a plain client wants, or how it is refused. */
export type PlainRequest = { readonly identity: string } | { readonly status: number; readonly reason: string };

/** The longest head of a request, in bytes. */
export const LONGEST_HEAD = 8192;
const LINE = "credential-process ";
const PATH = "/credential-process?identity=";
const FORBIDDEN =
  /^(origin|referer|sec-.*|x-forwarded-.*|forwarded|via|cookie|authorization|transfer-encoding|content-length|upgrade|connection|expect|proxy-.*)$/;
/** curl and libraries name these; nothing else is needed to ask. */
const NAME = /^[a-z0-9-]+$/;

/** Returns what a line asks for: `credential-process IDENTITY`. */
export function readPlainLine(bytes: Uint8Array): PlainRequest {
  const text = decode(bytes);
  if (text === undefined || !text.startsWith(LINE) || !text.endsWith("\n")) return refuse(400, "it is no request");
  return judgeIdentity(text.slice(LINE.length, -1));
}

/** Returns what the head of an HTTP/1.1 request asks for. `bytes` ends with the empty line; nothing may follow it. */
export function readHttpHead(bytes: Uint8Array): PlainRequest {
  const text = decode(bytes);
  if (text === undefined || !text.endsWith("\r\n\r\n") || text.indexOf("\r\n\r\n") !== text.length - 4) {
    return refuse(400, "it is no request without a body");
  }
  const [first = "", ...headers] = text.slice(0, -4).split("\r\n");
  const [method, target = "", version, ...more] = first.split(" ");
  if (version !== "HTTP/1.1" || more.length > 0 || /[\r\n]/.test(first)) return refuse(400, "it is no HTTP/1.1");
  if (method !== "GET") return refuse(405, "only GET is answered");
  const problem = judgeHeaders(headers);
  if (problem !== undefined) return refuse(403, problem);
  if (!target.startsWith(PATH)) return refuse(404, "there is nothing else here");
  const encoded = target.slice(PATH.length);
  if (/[^A-Za-z0-9%._~+-]/.test(encoded)) return refuse(400, "the identity is not encoded");
  try {
    return judgeIdentity(decodeURIComponent(encoded.replaceAll("+", "%20")));
  } catch {
    return refuse(400, "the identity is not encoded");
  }
}

function judgeHeaders(headers: readonly string[]): string | undefined {
  const hosts: string[] = [];
  for (const header of headers) {
    const colon = header.indexOf(":");
    const name = header.slice(0, Math.max(colon, 0)).toLowerCase();
    if (colon < 1 || !NAME.test(name) || /[\r\n\0]/.test(header)) return "a header is malformed";
    if (FORBIDDEN.test(name)) return `${name} is not allowed here`;
    if (name === "host") hosts.push(header.slice(colon + 1).trim());
  }
  return hosts.length === 1 && hosts[0] === "localhost" ? undefined : "Host must be localhost";
}

function judgeIdentity(identity: string): PlainRequest {
  if (identity === "" || identity.length > 512 || /\p{Cc}/u.test(identity)) return refuse(400, "it is no identity");
  return { identity };
}

function refuse(status: number, reason: string): PlainRequest {
  return { status, reason };
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
