// Whoever can reach the socket is this user, and what he runs may still be hostile, broken, or a web page's doing.
import { once } from "node:events";
import { createConnection } from "node:net";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CANARY, exchange, HOUR, rejectionOf, sessionOf, startWorld, turns, type World } from "./agent-world.js";

let world: World;
beforeAll(async () => {
  world = await startWorld();
  await world.client().credentials({ identity: "prod" });
});
afterAll(() => world.close());

const SECRET = /canary|token-of|ASIA/;
const GET = "GET /credential-process?identity=prod HTTP/1.1\r\n";
const http = (head: string) => exchange(world.socket, `${head}\r\n`);

describe("the two plain languages", () => {
  test("a line is answered with one document, and the connection is closed", async () => {
    const text = await exchange(world.socket, "credential-process prod\n");
    expect(text.endsWith("\n")).toBe(true);
    expect(JSON.parse(text)).toEqual({
      Version: 1,
      AccessKeyId: "ASIAIOSFODNN7EXAMPLE",
      SecretAccessKey: CANARY,
      SessionToken: expect.stringContaining("token-of-"),
      Expiration: "2026-03-01T13:00:00.000Z",
      AccountId: "111122223333",
    });
  });

  test("a client that closes its half first still gets the answer", async () => {
    expect(await exchange(world.socket, "credential-process prod\n", { half: true })).toContain(CANARY);
  });

  test("HTTP is answered with one document", async () => {
    const text = await http(`${GET}Host: localhost\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n`);
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(text).toContain("Cache-Control: no-store\r\n");
    expect(JSON.parse(text.slice(text.indexOf("\r\n\r\n")))).toMatchObject({ SecretAccessKey: CANARY });
  });

  test("an identity may be encoded in HTTP", async () => {
    await http("GET /credential-process?identity=my%20own+%C3%A9%2Frole HTTP/1.1\r\nHost: localhost\r\n");
    expect(world.asked.at(-1)?.identity).toBe("my own é/role");
  });

  test("a request in two pieces is one request", async () => {
    const text = await new Promise<string>((resolve) => {
      let got = "";
      const socket = createConnection(world.socket);
      socket.once("connect", () => {
        socket.write("credential-pro");
        setImmediate(() => socket.write("cess prod\n"));
      });
      socket.on("data", (bytes) => (got += bytes.toString()));
      socket.once("close", () => resolve(got));
    });
    expect(text).toContain(CANARY);
  });

  const LINES: readonly string[] = [
    "credential-process\n",
    "credential-process \n",
    "credential-process  prod\n\n",
    "credential-process prod\ncredential-process prod\n",
    "credential-process prod\r\n",
    "credential-process prod\u0000\n",
    "credential-process \u001b[31mprod\n",
    `credential-process ${"a".repeat(513)}\n`,
    `credential-process ${"a".repeat(5000)}`,
    "credentials prod\n",
    "c\n",
  ];
  test.each(LINES)("the line %j is refused", async (line) => {
    const text = await exchange(world.socket, line);
    expect(text).toMatch(/^error: .*\nhint: .*\ncode: protocol\n$/);
  });
});

describe("what a web page could make a browser or a proxy send", () => {
  const ROWS: readonly [string, string][] = [
    ["no Host", GET],
    ["a foreign Host", `${GET}Host: evil.example\r\n`],
    ["an empty Host", `${GET}Host:\r\n`],
    ["two Hosts", `${GET}Host: localhost\r\nHost: localhost\r\n`],
    ["two Hosts that differ", `${GET}Host: localhost\r\nHost: evil.example\r\n`],
    ["a Host with a trailing dot", `${GET}Host: localhost.\r\n`],
    ["a Host with a port", `${GET}Host: localhost:80\r\n`],
    ["a Host in capitals", `${GET}Host: LOCALHOST\r\n`],
    ["a numeric Host", `${GET}Host: 127.0.0.1\r\n`],
    ["a decimal Host", `${GET}Host: 2130706433\r\n`],
    ["a Host with a user", `${GET}Host: a@localhost\r\n`],
    ["a Host that only ends so", `${GET}Host: evil.localhost\r\n`],
    ["a folded Host", `${GET}Host: localhost\r\n evil\r\n`],
    ["a Host with a space before the colon", `${GET}Host : localhost\r\n`],
    ["a Host after a bare line feed", `${GET}X: a\nHost: localhost\r\n`],
    ["an Origin", `${GET}Host: localhost\r\nOrigin: https://evil.example\r\n`],
    ["an Origin of its own", `${GET}Host: localhost\r\nOrigin: http://localhost\r\n`],
    ["a null Origin", `${GET}Host: localhost\r\nOrigin: null\r\n`],
    ["a Referer", `${GET}Host: localhost\r\nReferer: http://localhost/\r\n`],
    ["Sec-Fetch-Site", `${GET}Host: localhost\r\nSec-Fetch-Site: none\r\n`],
    ["Sec-Fetch-Mode in small letters", `${GET}Host: localhost\r\nsec-fetch-mode: cors\r\n`],
    ["X-Forwarded-For", `${GET}Host: localhost\r\nX-Forwarded-For: 127.0.0.1\r\n`],
    ["X-Forwarded-Host", `${GET}Host: localhost\r\nX-Forwarded-Host: localhost\r\n`],
    ["Forwarded", `${GET}Host: localhost\r\nForwarded: for=127.0.0.1\r\n`],
    ["Via", `${GET}Host: localhost\r\nVia: 1.1 proxy\r\n`],
    ["Upgrade", `${GET}Host: localhost\r\nUpgrade: websocket\r\n`],
    ["a body's length", `${GET}Host: localhost\r\nContent-Length: 0\r\n`],
    ["a chunked body", `${GET}Host: localhost\r\nTransfer-Encoding: chunked\r\n`],
    ["a header without a colon", `${GET}Host: localhost\r\nnothing\r\n`],
    ["a header with a NUL", `${GET}Host: localhost\r\nX: a\0b\r\n`],
    ["HTTP/1.0", "GET /credential-process?identity=prod HTTP/1.0\r\nHost: localhost\r\n"],
    ["HTTP/2", "PRI * HTTP/2.0\r\n"],
    ["no version", "GET /credential-process?identity=prod\r\nHost: localhost\r\n"],
    ["an absolute address", "GET http://localhost/credential-process?identity=prod HTTP/1.1\r\nHost: localhost\r\n"],
    ["a tab for a space", "GET\t/credential-process?identity=prod HTTP/1.1\r\nHost: localhost\r\n"],
    ...["POST", "PUT", "HEAD", "OPTIONS", "DELETE", "CONNECT", "TRACE", "GETS"].map((verb): [string, string] => [
      `the verb ${verb}`,
      `${verb} /credential-process?identity=prod HTTP/1.1\r\nHost: localhost\r\n`,
    ]),
    ...["/", "/stop", "/role-arn/arn:aws:iam::1:role/a", "/credential-process", "/credential-process?x=prod"].map(
      (path): [string, string] => [`the path ${path}`, `GET ${path} HTTP/1.1\r\nHost: localhost\r\n`],
    ),
    ...["", "prod&x=1", "prod%0a", "prod%00", "%zz", "prod#x", "prod?x", "a".repeat(600)].map(
      (value): [string, string] => [
        `the identity ${value.slice(0, 20)}`,
        `GET /credential-process?identity=${value} HTTP/1.1\r\nHost: localhost\r\n`,
      ],
    ),
    ["a head that is too long", `${GET}Host: localhost\r\nX: ${"a".repeat(9000)}\r\n`],
    ["a body", `${GET}Host: localhost\r\n\r\nbody`],
    ["a second request", `${GET}Host: localhost\r\n\r\n${GET}Host: localhost\r\n`],
  ];
  test.each(ROWS)("%s is refused, and nothing is asked", async (_name, head) => {
    const before = world.asked.length;
    const text = await http(head);
    expect(text).toMatch(/^HTTP\/1\.1 (400|403|404|405) /);
    expect(text).not.toMatch(SECRET);
    expect(world.asked).toHaveLength(before);
  });
});

describe("our own language", () => {
  const line = (message: object) => `${JSON.stringify(message)}\n`;
  const ASK = { v: 1, op: "credentials", identity: "prod", canAsk: false };
  const ROWS: readonly [string, string][] = [
    ["another version", line({ ...ASK, v: 2 })],
    ["no version", line({ ...ASK, v: undefined })],
    ["an unknown member", line({ ...ASK, force: true })],
    ["an unknown narrowing", line({ ...ASK, narrowing: { policies: [] } })],
    ["an unknown verb", line({ v: 1, op: "export" })],
    ["a member of another verb", line({ v: 1, op: "status", identity: "prod" })],
    ["no identity", line({ ...ASK, identity: "" })],
    ["an identity of another type", line({ ...ASK, identity: ["prod"] })],
    ["an identity of two lines", line({ ...ASK, identity: "prod\nx" })],
    ["an identity that is too long", line({ ...ASK, identity: "a".repeat(513) })],
    ["a duration that is none", line({ ...ASK, narrowing: { durationSeconds: 1.5 } })],
    [
      "too many tags",
      line({ ...ASK, narrowing: { tags: Object.fromEntries([...Array(51).keys()].map((n) => [n, ""])) } }),
    ],
    ["an own __proto__", '{"v":1,"op":"credentials","identity":"prod","canAsk":false,"__proto__":{"a":1}}\n'],
    ["an array", "[1]\n".replace("[", "{[")],
    ["no JSON", "{nonsense\n"],
    ["no UTF-8", "{\u00ff\n"],
    ["an answer without a question", line({ v: 1, id: 1, answer: "123456" })],
    ["a line that is too long", `{${" ".repeat(65 * 1024)}`],
  ];
  test.each(ROWS)("%s is refused", async (_name, text) => {
    const said = await exchange(world.socket, Buffer.from(text, "latin1"));
    expect(said).not.toMatch(SECRET);
    expect(said).toMatch(/^\{"v":1,"error":\{"code":"protocol",/);
  });

  test("a client that says too much while it waits is cut off", async () => {
    const waiting = await startWorld({ answer: () => new Promise(() => undefined) });
    const replies = Array.from({ length: 100 }, (_, id) => line({ v: 1, id, answer: "x" })).join("");
    expect(await exchange(waiting.socket, line(ASK) + replies)).toContain('"code":"protocol"');
    await waiting.close();
  });

  test("an answer to a question of somebody else is no answer", async () => {
    let answered = false;
    const asking = await startWorld({
      answer: async (_request, prompt) => {
        await prompt.ask({ kind: "mfa_code", message: "code" });
        answered = true;
        throw new Error("enough");
      },
    });
    const first = createConnection(asking.socket);
    first.write(line({ ...ASK, canAsk: true }));
    await turns();
    const other = createConnection(asking.socket);
    other.write(line({ ...ASK, canAsk: true }) + line({ v: 1, id: 1, answer: "123456" }));
    await turns(50);
    expect(answered).toBe(false);
    first.destroy();
    other.destroy();
    await asking.close();
  });
});

describe("who is slow", () => {
  test.each(["", "c", "credential-process prod", "{", '{"v":1,', "GET /", `${GET}Host: localhost\r\n`])(
    "whoever says %j and then nothing is cut off",
    async (beginning) => {
      const slow = await startWorld({ requestWithinMs: 20 });
      expect(await exchange(slow.socket, beginning)).toBe("");
      await slow.close();
    },
  );

  test("whoever asked while the agent had no time is not cut off", async () => {
    const busy = await startWorld({ requestWithinMs: 1000 });
    const socket = createConnection(busy.socket);
    await once(socket, "connect");
    await turns();
    socket.write("credential-process prod\n");
    // The agent is in this process: nothing is read and no timer runs meanwhile.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1200);
    const [answer] = (await once(socket, "data")) as [Buffer];
    expect(answer.toString()).toContain(CANARY);
    await busy.close();
  });

  test("whoever has asked may wait as long as it takes", async () => {
    const patient = await startWorld({
      requestWithinMs: 100,
      answer: async ({ identity }) => {
        await new Promise((resolve) => setTimeout(resolve, 200));
        return { credentials: sessionOf(identity, patient.now() + HOUR) };
      },
    });
    const asked = ["credential-process prod\n", `${GET}Host: localhost\r\n\r\n`];
    for (const text of await Promise.all(asked.map((line) => exchange(patient.socket, line)))) {
      expect(text).toContain(CANARY);
    }
    await patient.client().credentials({ identity: "other" });
    await patient.close();
  });
});

describe("anything at all", () => {
  test("no bytes make it give credentials, fall over or grow", async () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
      fc.constantFrom(
        "{",
        "}",
        '"v":1',
        '"op":"credentials"',
        "\n",
        "\r\n",
        "credential-process ",
        "GET ",
        "/",
        "?identity=",
      ),
      fc.constantFrom(" HTTP/1.1\r\n", "Host: localhost\r\n", ",", ":", "[", '"canAsk":true', "\0", "\u00ff"),
    );
    let tried = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.array(piece, { maxLength: 8 }), { minLength: 20, maxLength: 20 }), async (all) => {
        const said = await Promise.all(
          all.map((pieces) => {
            // What would be a request for the identity that is held is none of the attacks.
            const text = pieces.join("").replaceAll("prod", "");
            return exchange(world.socket, Buffer.from(`${text}\n`, "latin1"), { half: true });
          }),
        );
        tried += said.length;
        for (const text of said) expect(text).not.toContain("token-of-cHJvZA");
      }),
      { numRuns: 25, seed: 20_260_301 },
    );
    expect(tried).toBe(500);
    expect(world.agent.status().waiting).toBe(0);
    await world.client().credentials({ identity: "prod" });
  });

  test("thousands of names that are none leave nothing behind", async () => {
    const none = await startWorld({
      answer: async () => {
        throw new Error("no");
      },
    });
    const send = async (from: number) => {
      for (let n = from; n < from + 500; n++) await exchange(none.socket, `credential-process name-${n}\n`);
    };
    await Promise.all([0, 500].map(send));
    const before = process.memoryUsage().rss;
    await Promise.all(Array.from({ length: 4 }, (_, lane) => send(1000 + lane * 500)));
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
    expect((await rejectionOf(none.client().credentials({ identity: "last" }))).code).toBe("internal");
    await none.close();
  });
});
