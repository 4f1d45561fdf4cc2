// Requests signed by an independent signer (@smithy/signature-v4), and sent byte for byte as they are.
import { createHash, createHmac } from "node:crypto";
import type { Hash, Hmac } from "node:crypto";
import { connect } from "node:net";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Keys } from "./sts-clients.js";

export interface Signed {
  readonly method: string;
  readonly path: string;
  /** Without `?`. */
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export interface Reply {
  readonly status: number;
  readonly code: string | undefined;
  readonly headers: string;
  readonly body: string;
}

class Sha256 {
  private readonly hash: Hash | Hmac;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash("sha256") : createHmac("sha256", bytes(secret));
  }
  update(data: string | ArrayBuffer | ArrayBufferView) {
    this.hash.update(bytes(data));
  }
  digest() {
    return Promise.resolve(new Uint8Array(this.hash.digest()));
  }
  reset() {
    throw new Error("not needed for signing");
  }
}

function bytes(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === "string") return Buffer.from(data, "utf8");
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

export interface SignOptions {
  readonly endpoint: string;
  readonly keys: Keys;
  readonly service: string;
  readonly region?: string;
  readonly method?: string;
  readonly path?: string;
  readonly query?: Record<string, string>;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly at?: Date;
  /** Headers that are sent and left out of the signature. */
  readonly unsigned?: readonly string[];
  /** Presigned for so many seconds instead of signed in a header. */
  readonly expiresIn?: number;
}

export async function sign(options: SignOptions): Promise<Signed> {
  const { host, hostname, port } = new URL(options.endpoint);
  const signer = new SignatureV4({
    credentials: options.keys,
    region: options.region ?? "eu-central-1",
    service: options.service,
    sha256: Sha256,
    uriEscapePath: options.service !== "s3",
    applyChecksum: options.service === "s3" && options.expiresIn === undefined,
  });
  const request = {
    method: options.method ?? "POST",
    protocol: "http:",
    hostname,
    port: Number(port),
    path: options.path ?? "/",
    query: options.query ?? {},
    headers: {
      host,
      // What S3's presigned links have instead of a body's hash.
      ...(options.service === "s3" &&
        options.expiresIn !== undefined && { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" }),
      ...options.headers,
    },
    body: options.body ?? "",
  };
  const signingDate = options.at ?? new Date();
  const signed =
    options.expiresIn === undefined
      ? await signer.sign(request, { signingDate, unsignableHeaders: new Set(options.unsigned) })
      : await signer.presign(request, { signingDate, expiresIn: options.expiresIn });
  const query = Object.entries(signed.query ?? {})
    .map(([name, value]) => `${escape(name)}=${escape(String(value))}`)
    .join("&");
  return {
    method: signed.method,
    path: signed.path,
    query,
    headers: signed.headers,
    body: options.body ?? "",
  };
}

/** A GetCallerIdentity call by POST. */
export function signIdentityCall(options: Omit<SignOptions, "service"> & { service?: string }): Promise<Signed> {
  return sign({
    service: "sts",
    body: "Action=GetCallerIdentity&Version=2011-06-15",
    ...options,
    headers: { "content-type": "application/x-www-form-urlencoded", ...options.headers },
  });
}

/** Sends the request through a bare socket: nothing is corrected or added on the way but Content-Length. */
export function send(endpoint: string, request: Signed): Promise<Reply> {
  const target = request.query === "" ? request.path : `${request.path}?${request.query}`;
  const body = Buffer.from(request.body);
  const lines = Object.entries(request.headers).map(([name, value]) => `${name}: ${value}`);
  const head = [
    `${request.method} ${target} HTTP/1.1`,
    ...lines,
    `content-length: ${body.length}`,
    "connection: close",
  ];
  return sendBytes(endpoint, Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`, "latin1"), body]));
}

/** Sends bytes and reads until the other side closes. Status 0 when nothing came back. */
export function sendBytes(endpoint: string, data: Buffer | string, options: { end?: boolean } = {}): Promise<Reply> {
  const { hostname, port } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const received: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => {
      socket.write(data);
      if (options.end === true) socket.end();
    });
    socket.setTimeout(60_000, () => reject(new Error("no answer within a minute")));
    socket.on("data", (chunk: Buffer) => received.push(chunk));
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      const text = Buffer.concat(received).toString("latin1");
      const split = text.indexOf("\r\n\r\n");
      const headers = split === -1 ? text : text.slice(0, split);
      const body = split === -1 ? "" : text.slice(split + 4);
      resolve({
        status: Number(/^HTTP\/1\.1 (\d{3})/.exec(headers)?.[1] ?? 0),
        code: /<Code>(\w+)<\/Code>/.exec(body)?.[1],
        headers,
        body,
      });
    });
  });
}

/** `403 SignatureDoesNotMatch`, or the status alone. */
export function shown({ status, code }: Reply): string {
  return code === undefined ? `${status}` : `${status} ${code}`;
}

function escape(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
}
