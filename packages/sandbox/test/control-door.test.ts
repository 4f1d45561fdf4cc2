// The control door and its faults: time, bad days and the record of calls, for the one who started the sandbox.
import { GetCallerIdentityCommand } from "@aws-sdk/client-sts";
import { HeadBucketCommand, ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { assume, document, outcome, roleArn, sts, trusting, VENDOR, world } from "./sts-clients.js";

let sandbox: Sandbox;
let client: ReturnType<typeof sts>;
beforeEach(async () => {
  sandbox = await startSandbox({
    world: world({ roles: [{ name: "role", trustPolicy: document(trusting({ AWS: VENDOR })) }] }),
  });
  client = sts(sandbox, sandbox.account("vendor").admin);
});
afterEach(() => sandbox.stop());

const door = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
  const response = await fetch(`${sandbox.control}${path}`, {
    method,
    headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const unavailable = { service: "sts", status: 503, code: "ServiceUnavailable", message: "Service is unavailable" };
const identity = () => outcome(client.send(new GetCallerIdentityCommand({})));
const assumed = () => outcome(assume(client, roleArn("role")));

describe("the address of the control door", () => {
  it("has 256 random bits, others for every sandbox", async () => {
    await using second = await startSandbox();
    const tokenOf = (control: string) => /\/_sandbox\/([0-9a-f]{64})\/$/.exec(control)?.[1];
    expect(tokenOf(sandbox.control)).toBeDefined();
    expect(tokenOf(second.control)).not.toBe(tokenOf(sandbox.control));
  });

  it("opens to nothing but the whole token", async () => {
    const { pathname } = new URL(sandbox.control);
    const wrong = [
      pathname.replace(/.\/$/, (end) => (end === "0/" ? "1/" : "0/")),
      pathname.replace(/.\/$/, "/"),
      pathname.toUpperCase().replace("_SANDBOX", "_sandbox"),
      "/_sandbox//",
      "/_sandbox/",
    ];
    for (const path of wrong) {
      const response = await fetch(`${sandbox.endpoint}${path}state`);
      expect([response.status, await response.json()]).toEqual([404, { error: "there is nothing here" }]);
    }
    expect((await door("GET", "state")).status).toBe(200);
  });

  it("is closed to browsers", async () => {
    for (const headers of [
      { origin: sandbox.endpoint },
      { origin: "null" },
      { "sec-fetch-site": "same-origin" },
      { "sec-fetch-dest": "empty" },
    ]) {
      const response = await fetch(`${sandbox.control}state`, { headers });
      expect(response.status).toBe(403);
    }
  });

  it("has nothing else behind it", async () => {
    for (const [method, path] of [
      ["GET", ""],
      ["POST", "state"],
      ["GET", "faults"],
      ["DELETE", "faults"],
      ["GET", "state/x"],
      ["PUT", "clock"],
      ["GET", "../state"],
    ] as const) {
      expect((await door(method, path)).status).toBe(404);
    }
  });
});

describe("the control door", () => {
  it("shows accounts and time, and no secret", async () => {
    const { body } = await door("GET", "state");
    expect(body["accounts"]).toContainEqual({ id: VENDOR, name: "vendor" });
    expect(Math.abs(Date.parse(String(body["now"])) - Date.now())).toBeLessThan(60_000);
    const secrets = sandbox.accounts.flatMap(({ admin }) => [admin.accessKeyId, admin.secretAccessKey]);
    for (const secret of secrets) expect(JSON.stringify(body)).not.toContain(secret);
  });

  it("moves the time forth and back", async () => {
    const { body } = await door("POST", "clock", { advanceSeconds: 86_400 });
    expect(Date.parse(String(body["now"])) - Date.now()).toBeGreaterThan(86_000_000);
    await door("POST", "clock", { advanceSeconds: -86_400 });
    const { body: back } = await door("GET", "state");
    expect(Math.abs(Date.parse(String(back["now"])) - Date.now())).toBeLessThan(60_000);
  });

  it("reads the code off an MFA device, and no secret", async () => {
    const { serialNumber, secret } = sandbox.issueMfaDevice(VENDOR, "admin");
    const { status, body } = await door("POST", "mfa-code", { serialNumber });
    expect([status, body]).toEqual([200, { code: sandbox.mfaCode(serialNumber) }]);
    const assumed = { SerialNumber: serialNumber, TokenCode: String(body["code"]) };
    expect(await outcome(assume(client, roleArn("role"), assumed))).toBe("ok");
    const again = await door("POST", "mfa-code", { serialNumber });
    expect([again.status, again.body["error"]]).toEqual([400, "the code that the MFA device shows was used already"]);
    expect(String(again.body["hint"])).toContain("30 seconds");
    expect((await door("POST", "mfa-code", { serialNumber: "nobody's" })).status).toBe(400);
    expect((await door("POST", "mfa-code", {})).status).toBe(400);
    const told = [await door("GET", "state"), await door("GET", "calls?after=0")];
    expect(JSON.stringify(told)).not.toContain(secret);
  });

  it("says what is wrong with an order", async () => {
    const table: readonly (readonly [string, unknown, string])[] = [
      ["clock", {}, "advanceSeconds"],
      ["clock", { advanceSeconds: "60" }, "advanceSeconds"],
      ["clock", { advanceSeconds: 1e300 }, "advanceSeconds"],
      ["clock", { advanceSeconds: 1, more: 1 }, "more"],
      ["clock", "{", "the body is not JSON"],
      ["clock", [], "advanceSeconds"],
      ["faults", { ...unavailable, service: "kms" }, "service"],
      ["faults", { ...unavailable, status: 200 }, "status"],
      ["faults", { ...unavailable, code: "<b>" }, "code"],
      ["faults", { ...unavailable, times: 0 }, "times"],
      ["faults", { ...unavailable, actions: "AssumeRole" }, "actions"],
    ];
    for (const [path, body, place] of table) {
      const answer = await door("POST", path, body);
      expect(answer.status).toBe(400);
      expect(String(answer.body["error"])).toContain(place);
    }
    expect((await door("POST", "clock", { advanceSeconds: 1 }, { "content-type": "text/plain" })).status).toBe(415);
    expect(await identity()).toBe("ok");
  });

  it("lists the calls after a number", async () => {
    await identity();
    await assumed();
    const { body } = await door("GET", "calls?after=1");
    expect(body["newest"]).toBe(2);
    expect(body["calls"]).toEqual([
      expect.objectContaining({
        service: "sts",
        action: "AssumeRole",
        principalArn: `arn:aws:iam::${VENDOR}:user/admin`,
        resource: roleArn("role"),
        status: 200,
      }),
    ]);
    expect((await door("GET", "calls?after=2")).body["calls"]).toEqual([]);
    expect((await door("GET", "calls?after=x")).status).toBe(400);
  });
});

describe("a fault", () => {
  it("answers in the operation's place until it is lifted, and mints nothing", async () => {
    const { body, status } = await door("POST", "faults", unavailable);
    expect(status).toBe(201);
    expect(await assumed()).toBe("503 ServiceUnavailable Service is unavailable");
    expect(await identity()).toMatch(/^503/);
    expect((await door("DELETE", `faults/${String(body["id"])}`)).status).toBe(200);
    expect((await door("DELETE", `faults/${String(body["id"])}`)).status).toBe(404);
    expect(await assumed()).toBe("ok");
  });

  it("can be for one action and for so many calls", async () => {
    sandbox.fault({
      service: "sts",
      action: "AssumeRole",
      status: 400,
      code: "Throttling",
      message: "Rate exceeded",
      times: 2,
    });
    expect([await identity(), await assumed(), await assumed(), await assumed()]).toEqual([
      "ok",
      "400 Throttling Rate exceeded",
      "400 Throttling Rate exceeded",
      "ok",
    ]);
  });

  it("strikes in the order of ordering, and can be lifted by who ordered it", async () => {
    const first = sandbox.fault({ ...unavailable, action: "AssumeRole" });
    const second = sandbox.fault({ service: "sts", status: 403, code: "AccessDenied", message: "not today" });
    expect([await assumed(), await identity()]).toEqual([
      "503 ServiceUnavailable Service is unavailable",
      "403 AccessDenied not today",
    ]);
    first.lift();
    expect(await assumed()).toBe("403 AccessDenied not today");
    second.lift();
    second.lift();
    expect(await assumed()).toBe("ok");
  });

  it("is for authenticated callers only", async () => {
    sandbox.fault(unavailable);
    const stranger = sts(sandbox, { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "x" });
    expect(await outcome(stranger.send(new GetCallerIdentityCommand({})))).toMatch(/^403 InvalidClientTokenId/);
  });

  it("of S3 is S3's XML, and leaves the other services alone", async () => {
    const s3 = new S3Client({
      endpoint: sandbox.endpoint,
      region: "us-east-1",
      forcePathStyle: true,
      credentials: sandbox.account("vendor").admin,
      maxAttempts: 1,
    });
    sandbox.fault({
      service: "s3",
      action: "ListBuckets",
      status: 503,
      code: "SlowDown",
      message: "Please reduce your request rate.",
    });
    expect(await outcome(s3.send(new ListBucketsCommand({})))).toBe("503 SlowDown Please reduce your request rate.");
    expect(await outcome(s3.send(new HeadBucketCommand({ Bucket: "none" })))).toMatch(/^404/);
    expect(await identity()).toBe("ok");
  });

  it("is on record like any call", async () => {
    sandbox.fault(unavailable);
    await assumed();
    expect(sandbox.calls().at(-1)).toMatchObject({
      action: "AssumeRole",
      status: 503,
      errorCode: "ServiceUnavailable",
    });
  });

  it("rides out with a real SDK's retries when it is short", async () => {
    sandbox.fault({ ...unavailable, times: 1 });
    const patient = sts(sandbox, sandbox.account("vendor").admin, { maxAttempts: 2 });
    expect(await outcome(patient.send(new GetCallerIdentityCommand({})))).toBe("ok");
  });
});

describe("the console", () => {
  it("shows accounts, trust policies and outcomes, escaped, without script or secret", async () => {
    await outcome(assume(client, roleArn("nope")));
    const response = await fetch(sandbox.console);
    const page = await response.text();
    expect(response.headers.get("content-security-policy")).toMatch(/^default-src 'none'/);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(page).toContain("This is a sandbox");
    expect(page).toContain(roleArn("role"));
    expect(page).toContain("&quot;sts:AssumeRole&quot;");
    expect(page).toContain("403 AccessDenied");
    expect(page).not.toMatch(/<script|onload|javascript:/i);
    for (const { admin } of sandbox.accounts) {
      expect(page).not.toContain(admin.secretAccessKey);
      expect(page).not.toContain(admin.accessKeyId);
    }
    expect(page).not.toContain(new URL(sandbox.control).pathname);
  });

  it("escapes what callers wrote", async () => {
    await using hostile = await startSandbox({
      world: world({
        roles: [
          {
            name: "x",
            trustPolicy: document(
              trusting({ AWS: VENDOR }, { StringEquals: { "sts:ExternalId": "</pre><script>alert(1)</script>" } }),
            ),
          },
        ],
      }),
    });
    await fetch(`${hostile.endpoint}/bucket/<img src=x onerror=alert(1)>`);
    const page = await (await fetch(hostile.console)).text();
    expect(page).not.toContain("<script>");
    expect(page).not.toContain("<img");
  });

  it("is one page, to read", async () => {
    expect((await fetch(`${sandbox.console}x`)).status).toBe(404);
    expect((await fetch(sandbox.console, { method: "POST" })).status).toBe(404);
  });
});
