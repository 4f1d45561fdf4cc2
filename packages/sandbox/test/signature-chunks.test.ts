// Streamed uploads: every chunk and the trailer carry their own signature.
import { createHash, createHmac } from "node:crypto";
import { Readable } from "node:stream";
import { GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { send, shown, sign } from "./signed-request.js";
import { outcome } from "./sts-clients.js";

let sandbox: Sandbox;
let s3: S3Client;
beforeAll(async () => {
  sandbox = await startSandbox({
    world: { buckets: [{ name: "uploads", account: "222222222222", region: "eu-central-1" }] },
  });
  s3 = new S3Client({
    endpoint: sandbox.endpoint,
    region: "eu-central-1",
    forcePathStyle: true,
    credentials: sandbox.account("customer").admin,
    maxAttempts: 1,
  });
});
afterAll(() => sandbox.stop());

const sha256 = (data: string | Buffer) => createHash("sha256").update(data).digest("hex");
const hmac = (key: string | Buffer, data: string) => createHmac("sha256", key).update(data).digest();

interface Upload {
  readonly chunks: readonly Buffer[];
  readonly trailer?: readonly [name: string, value: string];
  readonly decodedLength?: number;
  readonly announce?: string;
  /** Further headers, signed. */
  readonly headers?: Record<string, string>;
  /** Changes the finished body. */
  readonly tamper?: (body: string) => string;
}

/** Writes the chunk signatures by the book, from the published description. */
async function upload({ chunks, trailer, decodedLength, announce, headers, tamper = (body) => body }: Upload) {
  const { accessKeyId, secretAccessKey } = sandbox.account("customer").admin;
  const payload =
    trailer === undefined ? "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" : "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
  const announced = announce ?? trailer?.[0];
  const head = await sign({
    endpoint: sandbox.endpoint,
    keys: { accessKeyId, secretAccessKey },
    service: "s3",
    method: "PUT",
    path: "/uploads/streamed",
    headers: {
      ...headers,
      "content-encoding": "aws-chunked",
      "x-amz-content-sha256": payload,
      "x-amz-decoded-content-length": String(decodedLength ?? Buffer.concat([...chunks]).length),
      ...(announced !== undefined && { "x-amz-trailer": announced }),
    },
  });
  const date = head.headers["x-amz-date"] ?? "";
  const scope = `${date.slice(0, 8)}/eu-central-1/s3/aws4_request`;
  const key = scope.split("/").reduce((secret: string | Buffer, part) => hmac(secret, part), `AWS4${secretAccessKey}`);
  let previous = /Signature=(\w+)/.exec(head.headers["authorization"] ?? "")?.[1] ?? "";
  const next = (algorithm: string, hashes: string) => {
    previous = hmac(key, [algorithm, date, scope, previous, hashes].join("\n")).toString("hex");
    return previous;
  };
  let body = "";
  for (const chunk of [...chunks, Buffer.alloc(0)]) {
    const signature = next("AWS4-HMAC-SHA256-PAYLOAD", `${sha256("")}\n${sha256(chunk)}`);
    body += `${chunk.length.toString(16)};chunk-signature=${signature}\r\n${chunk.toString("latin1")}`;
    if (chunk.length > 0) body += "\r\n";
  }
  if (trailer !== undefined) {
    const line = `${trailer[0]}:${trailer[1]}`;
    body += `${line}\r\nx-amz-trailer-signature:${next("AWS4-HMAC-SHA256-TRAILER", sha256(`${line}\n`))}\r\n`;
  }
  body += "\r\n";
  return shown(await send(sandbox.endpoint, { ...head, body: Buffer.from(tamper(body), "latin1") }));
}

const text = "the quick brown fox ".repeat(1000);
const first = Buffer.from(text.slice(0, 8192));
const rest = Buffer.from(text.slice(8192));
const checksum = ["x-amz-checksum-sha256", createHash("sha256").update(text).digest("base64")] as const;
const stored = async () =>
  (await s3.send(new GetObjectCommand({ Bucket: "uploads", Key: "streamed" }))).Body?.transformToString();

describe("a streamed upload", () => {
  it("is stored without its framing, signed by the book with and without a trailer", async () => {
    expect(await upload({ chunks: [first, rest] })).toBe("200");
    expect(await stored()).toBe(text);
    expect(await upload({ chunks: [first, rest], trailer: checksum })).toBe("200");
    const { Body, ContentEncoding } = await s3.send(new GetObjectCommand({ Bucket: "uploads", Key: "streamed" }));
    expect(await Body?.transformToString()).toBe(text);
    expect(ContentEncoding).toBeUndefined();
  });

  it("of an SDK's stream of unknown chunks arrives whole", async () => {
    const parts = [first, rest].map((part) => Buffer.from(part));
    const Body = Readable.from(parts);
    await s3.send(new PutObjectCommand({ Bucket: "uploads", Key: "streamed", Body, ContentLength: text.length }));
    expect(await stored()).toBe(text);
  });

  it("of nothing at all is an empty object", async () => {
    expect(await upload({ chunks: [] })).toBe("200");
    expect(await stored()).toBe("");
  });

  const mismatch = "403 SignatureDoesNotMatch";
  const incomplete = "400 IncompleteBody";
  const both = { chunks: [first, rest] };
  const refused: readonly (readonly [string, Upload, string])[] = [
    ["a changed byte in the first chunk", { ...both, tamper: (body) => body.replace("quick", "quack") }, mismatch],
    [
      "a changed byte in the last chunk",
      { ...both, tamper: (body) => body.replace(/fox \r\n0;/, "fix \r\n0;") },
      mismatch,
    ],
    [
      "a changed chunk signature",
      { ...both, tamper: (body) => body.replace(/(chunk-signature=)./, "$1g") },
      incomplete,
    ],
    [
      "another chunk signature",
      { ...both, tamper: (body) => body.replace(/chunk-signature=\w+/, `chunk-signature=${"0".repeat(64)}`) },
      mismatch,
    ],
    [
      "a chunk without a signature",
      { ...both, tamper: (body) => body.replace(/;chunk-signature=\w+/, "") },
      incomplete,
    ],
    [
      "the last, empty chunk unsigned",
      { ...both, tamper: (body) => body.replace(/\r\n0;chunk-signature=\w+/, "\r\n0") },
      incomplete,
    ],
    [
      "the last, empty chunk wrongly signed",
      {
        ...both,
        tamper: (body) => body.replace(/\r\n0;chunk-signature=\w+/, `\r\n0;chunk-signature=${"1".repeat(64)}`),
      },
      mismatch,
    ],
    ["the end missing", { ...both, tamper: (body) => body.replace(/\r\n0;[^]*$/, "") }, incomplete],
    ["a body cut in the middle", { ...both, tamper: (body) => body.slice(0, 9000) }, incomplete],
    ["something behind the end", { ...both, tamper: (body) => `${body}0\r\n` }, "400 MalformedTrailerError"],
    [
      "a trailer that was not announced",
      { ...both, tamper: (body) => body.replace(/\r\n$/, "x-amz-checksum-crc32:AAAAAA==\r\n\r\n") },
      "400 MalformedTrailerError",
    ],
    [
      "a header smuggled as a trailer",
      { ...both, headers: { [checksum[0]]: checksum[1] }, trailer: ["x-amz-meta-evil", "1"] },
      "400 MalformedTrailerError",
    ],
    [
      "a changed trailer",
      { ...both, trailer: checksum, tamper: (body) => body.replace(checksum[1], "A".repeat(43) + "=") },
      mismatch,
    ],
    [
      "a trailer without its signature",
      { ...both, trailer: checksum, tamper: (body) => body.replace(/x-amz-trailer-signature:\w+\r\n/, "") },
      mismatch,
    ],
    [
      "an announced trailer that does not come",
      { ...both, announce: "x-amz-checksum-crc32", trailer: checksum },
      "400 MalformedTrailerError",
    ],
    ["another length than was said", { ...both, decodedLength: 5 }, incomplete],
    ["a first chunk below 8192 bytes", { chunks: [first.subarray(0, 100), rest] }, "403 InvalidChunkSizeError"],
    [
      "chunks in other order",
      {
        ...both,
        tamper: (body) => {
          const [a = "", b = ""] = body.split(/(?<=\r\n)(?=[0-9a-f]+;chunk-signature)/);
          return body.replace(a + b, b + a);
        },
      },
      mismatch,
    ],
  ];
  it.each(refused)("is refused with %s", async (_what, spec, expected) => {
    await upload({ chunks: [Buffer.from("untouched")] });
    expect(await upload(spec)).toBe(expected);
    expect(await stored()).toBe("untouched");
  });

  it("is refused without x-amz-decoded-content-length", async () => {
    const head = await sign({
      endpoint: sandbox.endpoint,
      keys: sandbox.account("customer").admin,
      service: "s3",
      method: "PUT",
      path: "/uploads/x",
      headers: { "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER" },
    });
    expect(shown(await send(sandbox.endpoint, { ...head, body: "0\r\n\r\n" }))).toBe("411 MissingContentLength");
  });

  it("is refused when it claims signed chunks and is not signed itself", async () => {
    const reply = await send(sandbox.endpoint, {
      method: "PUT",
      path: "/uploads/x",
      query: "",
      headers: {
        host: new URL(sandbox.endpoint).host,
        "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
        "x-amz-decoded-content-length": "0",
      },
      body: `0;chunk-signature=${"0".repeat(64)}\r\n\r\n`,
    });
    expect(shown(reply)).toBe(mismatch);
  });
});

it("an object may have 64 MiB and not one byte more", async () => {
  const put = (length: number) =>
    outcome(s3.send(new PutObjectCommand({ Bucket: "uploads", Key: "large", Body: Buffer.alloc(length) })));
  expect(await put(64 * 1024 * 1024 + 1)).toMatch(/^400 EntityTooLarge/);
  expect(await put(64 * 1024 * 1024)).toBe("ok");
});
