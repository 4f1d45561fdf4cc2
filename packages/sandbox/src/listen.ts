// The HTTP server: loopback only, patient with nobody, and nothing that it is sent may bring it down.
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { SandboxError } from "./errors.js";
import { serviceOf } from "./handle.js";
import { deliverAnswer } from "./deliver-answer.js";
import { HttpRefusal, readBody, readHead } from "./read-request.js";
import type { DeliveredAnswer } from "./rehearsal/disturb-answer.js";
import type { HttpRequest } from "./types.js";

/** The query protocol's forms are small but for CloudFormation's templates, 51,200 bytes that percent-encoding may treble; S3's objects may be 64 MiB, and streaming adds its framing. */
const MAX_FORM_BYTES = 64 * 1024;
const MAX_TEMPLATE_FORM_BYTES = 512 * 1024;
const MAX_OBJECT_BYTES = 64 * 1024 * 1024 + 1024 * 1024;

export interface ListenOptions {
  /** 0 for any free port. */
  readonly port: number;
  readonly answer: (request: HttpRequest) => DeliveredAnswer;
  /** The time that answers are dated with, in milliseconds since 1970: clients correct their clocks by it. */
  readonly now: () => number;
  readonly reportBug: (error: unknown) => void;
}

export interface Listening {
  readonly port: number;
  /** Stops at once: open connections are cut. */
  stop(): Promise<void>;
}

/** Returns once the server accepts connections on 127.0.0.1. Throws `SandboxError` `cannot_listen`. */
export async function listen(options: ListenOptions): Promise<Listening> {
  const hosts = new Set<string>();
  const server = createServer({
    requestTimeout: 30_000,
    headersTimeout: 10_000,
    connectionsCheckingInterval: 2_000,
    keepAliveTimeout: 60_000,
    maxHeaderSize: 32 * 1024,
    insecureHTTPParser: false,
  });
  // Node would drop the headers beyond its limit silently, and with them perhaps one that was signed.
  server.maxHeadersCount = 0;
  server.on("request", (message: IncomingMessage, response: ServerResponse) => {
    serve(options, hosts, message, response).catch((error: unknown) => {
      options.reportBug(error);
      response.destroy();
    });
  });
  server.on("clientError", refuseUnreadable);
  server.on("upgrade", (_message: IncomingMessage, socket: Duplex) => socket.destroy());
  server.on("connect", (_message: IncomingMessage, socket: Duplex) => socket.destroy());
  const port = await bind(server, options.port);
  for (const name of ["127.0.0.1", "localhost", "[::1]"]) hosts.add(`${name}:${port}`);
  return {
    port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bind(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const reason =
        error.code === "EADDRINUSE" ? "is taken" : error.code === "EACCES" ? "is not allowed" : "cannot be used";
      reject(
        new SandboxError("cannot_listen", `port ${port} ${reason}`, {
          hint: "choose another port, or 0 for any that is free",
          cause: error,
        }),
      );
    });
    server.listen({ host: "127.0.0.1", port, exclusive: true }, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}

async function serve(
  options: ListenOptions,
  hosts: ReadonlySet<string>,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  let answer: DeliveredAnswer;
  let request: HttpRequest | undefined;
  try {
    const head = { ...readHead(message, hosts), body: Buffer.alloc(0) };
    request = { ...head, body: await readBody(message, maxBytesOf(head)) };
    answer = options.answer(request);
  } catch (error) {
    if (message.destroyed && !message.complete && !(error instanceof HttpRefusal)) {
      // The client broke off: there is nobody to answer.
      response.destroy();
      return;
    }
    if (!(error instanceof HttpRefusal)) throw error;
    answer = {
      status: error.status,
      headers: { "content-type": "text/plain; charset=utf-8", connection: "close" },
      body: `${error.message}\n`,
    };
  }
  deliverAnswer(response, answer, { now: options.now, bodyWasRead: message.complete });
}

function maxBytesOf(head: HttpRequest): number {
  if (head.rawPath.startsWith("/_")) return MAX_FORM_BYTES;
  const service = serviceOf(head);
  if (service === "s3") return MAX_OBJECT_BYTES;
  return service === "cloudformation" ? MAX_TEMPLATE_FORM_BYTES : MAX_FORM_BYTES;
}

/** Bytes that are no HTTP, headers that are too long, clients that are too slow. */
function refuseUnreadable(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const status =
    error.code === "HPE_HEADER_OVERFLOW"
      ? "431 Request Header Fields Too Large"
      : error.code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? "408 Request Timeout"
        : "400 Bad Request";
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}
