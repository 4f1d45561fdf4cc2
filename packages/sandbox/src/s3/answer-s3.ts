// The forms of S3's answers.
import type { HttpAnswer } from "../types.js";

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

/** Returns 200 with `<root>inner</root>`; `inner` is XML already. */
export function xmlAnswer(root: string, inner: string, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return {
    status: 200,
    headers: { "content-type": "application/xml", ...headers },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${NAMESPACE}">${inner}</${root}>`,
  };
}

/** Returns an answer without a body. */
export function emptyAnswer(status: number, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return { status, headers, body: "" };
}

/** S3's XML has milliseconds in its times, unlike the query protocol's. */
export function xmlTime(date: Date): string {
  return date.toISOString();
}

/** Times in headers: RFC 9110, section 5.6.7. */
export function headerTime(date: Date): string {
  return date.toUTCString();
}
