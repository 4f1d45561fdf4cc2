// One request of a plain client from its first byte to the end of its connection.
import type { Socket } from "node:net";
import { describeFailure, writeFailure, type Failure } from "./describe-failure.js";
import { LONGEST_HEAD, readHttpHead, readPlainLine, type PlainRequest } from "./read-plain-request.js";
import type { SealedAnswer } from "./seal-answer.js";
import { sendSecret, sendText } from "./send-and-close.js";

/** Takes more bytes. Returns true when the request is whole, or refused, and nothing more is read. */
export type PlainReader = (bytes: Buffer) => boolean;

/** Finds what a plain client asks for. */
export type AnswerPlain = (identity: string) => Promise<SealedAnswer>;

/** Returns a reader for a client that sends a line. Whatever follows the line in one piece makes it no request. */
export function servePlainLine(socket: Socket, answer: AnswerPlain): PlainReader {
  return serve(socket, answer, {
    isWhole: (bytes) => bytes.includes(10),
    read: readPlainLine,
    longest: 1024,
    write: (document) => Buffer.concat([document, Buffer.from("\n")]),
    refuse: (_status, text) => text,
  });
}

/** Returns a reader for a client that speaks HTTP/1.1. */
export function serveHttp(socket: Socket, answer: AnswerPlain): PlainReader {
  return serve(socket, answer, {
    isWhole: (bytes) => bytes.includes("\r\n\r\n"),
    read: readHttpHead,
    longest: LONGEST_HEAD,
    write: (document) => Buffer.concat([Buffer.from(head(200, "application/json", document.length)), document]),
    refuse: (status, text) => head(status, "text/plain; charset=utf-8", Buffer.byteLength(text)) + text,
  });
}

interface Language {
  isWhole(bytes: Buffer): boolean;
  read(bytes: Buffer): PlainRequest;
  readonly longest: number;
  write(document: Buffer): Buffer;
  refuse(status: number, text: string): string;
}

function serve(socket: Socket, answer: AnswerPlain, language: Language): PlainReader {
  let bytes = Buffer.alloc(0);
  const fail = (status: number, failure: Failure) => sendText(socket, language.refuse(status, writeFailure(failure)));
  const run = async (request: PlainRequest) => {
    if (!("identity" in request)) {
      const hint = "ask with the script that was made for this agent";
      fail(request.status, { code: "protocol", message: request.reason, hint });
      return;
    }
    try {
      const sealed = await answer(request.identity);
      sendSecret(socket, language.write(sealed.document));
      sealed.document.fill(0);
    } catch (error) {
      fail(503, describeFailure(error));
    }
  };
  return (more) => {
    bytes = Buffer.concat([bytes, more]);
    const isWhole = language.isWhole(bytes);
    if (!isWhole && bytes.length <= language.longest) return false;
    void run(bytes.length > language.longest ? { status: 400, reason: "it is too long" } : language.read(bytes));
    return true;
  };
}

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  400: "Bad Request",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  503: "Service Unavailable",
};

function head(status: number, type: string, length: number): string {
  return (
    `HTTP/1.1 ${status} ${REASONS[status] ?? "Error"}\r\nContent-Type: ${type}\r\nContent-Length: ${length}\r\n` +
    `Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n`
  );
}
