// What should never come, byte for byte: it is refused, and the sandbox goes on.
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { send, sendBytes, shown, signIdentityCall } from "./signed-request.js";
import { outcome, sts } from "./sts-clients.js";

let sandbox: Sandbox;
let host: string;
const bugs: unknown[] = [];
beforeAll(async () => {
  sandbox = await startSandbox({ reportBug: (error) => bugs.push(error) });
  host = new URL(sandbox.endpoint).host;
});
afterAll(() => sandbox.stop());
afterEach(async () => {
  const client = sts(sandbox, sandbox.account("vendor").admin);
  expect(await outcome(client.send(new GetCallerIdentityCommand({})))).toBe("ok");
  expect(bugs).toEqual([]);
});

const lines = (...all: readonly string[]) => `${all.join("\r\n")}\r\n\r\n`;
const get = (...headers: readonly string[]) => lines("GET / HTTP/1.1", ...headers, "Connection: close");
const raw = (data: string | Buffer, end = false) => sendBytes(sandbox.endpoint, data, { end });

describe("bytes that are no request", () => {
  const nonsense: readonly (readonly [string, string | Buffer])[] = [
    ["random bytes", Buffer.from("80b51f00ff00017f0d0a0d0a", "hex")],
    ["a TLS hello", Buffer.from("16030100050100000103030d0a", "hex")],
    ["an HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["a request line without a version", "GET /\r\n\r\n"],
    ["an unknown method", lines("HACK / HTTP/1.1", "Host: x")],
    ["a space before the colon", get("Host : x")],
    ["a folded header", "GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n"],
    ["a NUL in a header", get("Host: x\0y")],
    ["a bare line feed in a header", "GET / HTTP/1.1\nHost: x\n\n"],
    ["an unknown version", lines("GET / HTTP/9.9", "Host: x")],
  ];
  it.each(nonsense)("are refused: %s", async (_what, data) => {
    expect((await raw(data, true)).status).toBe(400);
  });

  it("are refused behind a good request on the same connection", async () => {
    const keys = sandbox.account("vendor").admin;
    const { headers, body } = await signIdentityCall({ endpoint: sandbox.endpoint, keys });
    const head = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    const good = lines("POST / HTTP/1.1", ...head, `content-length: ${body.length}`) + String(body);
    const reply = await raw(`${good}\0\x01nonsense\r\n\r\n`, true);
    expect(reply.status).toBe(400);
    expect(reply.body).toBe("");
  });
});

describe("the Host header", () => {
  it("may be 127.0.0.1, localhost or [::1] with the port, in any case", async () => {
    const { port } = new URL(sandbox.endpoint);
    for (const name of ["127.0.0.1", "localhost", "LocalHost", "[::1]"]) {
      expect((await raw(get(`Host: ${name}:${port}`))).status).toBe(403);
    }
  });

  it("may name nobody else", async () => {
    const { port } = new URL(sandbox.endpoint);
    const others = [
      "evil.example",
      `evil.example:${port}`,
      "sts.amazonaws.com",
      "127.0.0.1",
      `127.0.0.1:${Number(port) + 1}`,
      `127.0.0.1:${port}.evil.example`,
      `bucket.localhost:${port}`,
      `user@127.0.0.1:${port}`,
      "",
    ];
    for (const other of others) expect((await raw(get(`Host: ${other}`))).status).toBe(421);
  });

  it("must be there, and once", async () => {
    expect((await raw(get())).status).toBe(400);
    expect((await raw(lines("GET / HTTP/1.0", "Connection: close"))).status).toBe(421);
    expect((await raw(get(`Host: ${host}`, `Host: ${host}`))).status).toBe(400);
    expect((await raw(get(`Host: ${host}`, "Host: evil.example"))).status).toBe(400);
  });

  it("counts, whatever the request target or X-Forwarded-Host say", async () => {
    expect((await raw(lines(`GET http://${host}/ HTTP/1.1`, `Host: ${host}`, "Connection: close"))).status).toBe(400);
    expect((await raw(get("Host: evil.example", `X-Forwarded-Host: ${host}`))).status).toBe(421);
  });
});

describe("request targets", () => {
  it.each(["*", "http://evil.example/", "/a#b", "/\u00e9", "//\u007f", "x"])("are refused: %s", async (target) => {
    const reply = await raw(
      Buffer.from(lines(`GET ${target} HTTP/1.1`, `Host: ${host}`, "Connection: close"), "latin1"),
      true,
    );
    expect(reply.status).toBe(400);
  });

  it("of a tunnel are cut off", async () => {
    expect((await raw(lines(`CONNECT ${host} HTTP/1.1`, `Host: ${host}`))).status).toBe(0);
    expect(
      (await raw(lines("GET / HTTP/1.1", `Host: ${host}`, "Connection: Upgrade", "Upgrade: websocket"))).status,
    ).toBe(0);
  });
});

describe("the length of a body", () => {
  const post = (...headers: readonly string[]) =>
    lines("POST / HTTP/1.1", `Host: ${host}`, "Content-Type: application/x-www-form-urlencoded", ...headers);

  it("may not be said in two ways", async () => {
    expect((await raw(`${post("Content-Length: 5", "Transfer-Encoding: chunked")}0\r\n\r\n`, true)).status).toBe(400);
    expect((await raw(`${post("Content-Length: 5", "Content-Length: 6")}Actio`, true)).status).toBe(400);
    expect(
      (await raw(`${post("Transfer-Encoding: chunked", "Transfer-Encoding: identity")}0\r\n\r\n`, true)).status,
    ).toBe(400);
    expect((await raw(`${post("Transfer-Encoding: gzip, chunked")}0\r\n\r\n`, true)).status).toBe(400);
  });

  it("must be a number, and no absurd one", async () => {
    for (const length of ["-1", "abc", "1e3", "0x10", "99999999999999999999999999", "5 5"]) {
      expect((await raw(post(`Content-Length: ${length}`), true)).status).toBe(400);
    }
    expect((await raw(post("Content-Length: 9007199254740991"))).status).toBe(413);
  });

  it("is at most 64 KiB for a form, said or found", async () => {
    expect((await raw(post(`Content-Length: ${64 * 1024 + 1}`))).status).toBe(413);
    const chunk = `1000\r\n${"a".repeat(4096)}\r\n`;
    expect((await raw(post("Transfer-Encoding: chunked") + chunk.repeat(17))).status).toBe(413);
    const full = `Action=${"a".repeat(64 * 1024 - 7)}`;
    expect(shown(await raw(`${post(`Content-Length: ${full.length}`, "Connection: close")}${full}`))).toBe(
      "403 MissingAuthenticationToken",
    );
  });

  it("is at most 65 MiB for S3 with its framing, and 64 KiB for the control door", async () => {
    const put = (path: string, length: number) =>
      lines(`PUT ${path} HTTP/1.1`, `Host: ${host}`, `Content-Length: ${length}`);
    expect((await raw(put("/bucket/key", 65 * 1024 * 1024 + 1))).status).toBe(413);
    expect((await raw(put("/_sandbox/x/clock", 64 * 1024 + 1))).status).toBe(413);
  });

  it("must be kept: a body that breaks off is answered by nobody and crashes nothing", async () => {
    expect((await raw(`${post("Content-Length: 50")}Action=`, true)).status).toBe(400);
    expect((await raw(`${post("Transfer-Encoding: chunked")}ff\r\nAction=`, true)).status).toBe(400);
    expect((await raw(`${post("Transfer-Encoding: chunked")}zz\r\n`, true)).status).toBe(400);
  });
});

describe("headers", () => {
  it("may not be too many or too long", async () => {
    const many = Array.from({ length: 101 }, (_, index) => `X-Header-${index}: x`);
    expect((await raw(get(`Host: ${host}`, ...many))).status).toBe(431);
    expect((await raw(get(`Host: ${host}`, `X-Long: ${"x".repeat(40_000)}`))).status).toBe(431);
  });

  it("that decide may come once only", async () => {
    const keys = sandbox.account("vendor").admin;
    const signed = await signIdentityCall({ endpoint: sandbox.endpoint, keys });
    for (const name of ["authorization", "x-amz-date", "content-type"]) {
      const value = signed.headers[name] ?? "";
      expect(
        (await send(sandbox.endpoint, { ...signed, headers: { ...signed.headers, [name.toUpperCase()]: value } }))
          .status,
      ).toBe(400);
    }
  });

  it("of other addresses do not change the source address", async () => {
    const keys = sandbox.account("vendor").admin;
    const signed = await signIdentityCall({ endpoint: sandbox.endpoint, keys });
    expect(
      (await send(sandbox.endpoint, { ...signed, headers: { ...signed.headers, "x-forwarded-for": "10.0.0.1" } }))
        .status,
    ).toBe(200);
  });
});

describe("a flood", () => {
  it("of 300 half-open and broken connections leaves the sandbox answering", async () => {
    const replies = await Promise.all(
      Array.from({ length: 300 }, (_, index) => raw(index % 2 === 0 ? "POST / HT" : get("Host: x"), true)),
    );
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([400, 421]));
  });
});
