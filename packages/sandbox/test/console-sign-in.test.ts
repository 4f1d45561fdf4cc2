// Signing in to the console: the key, the cookie, and who may send a form.
import { IAM } from "@aws-sdk/client-iam";
import { createSandbox } from "@daypass/sandbox";
import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CUSTOMER, fieldsOf, openBrowser } from "./console-clients.js";

const STACKS = "/_console/cloudformation/stacks";
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.stop());

const admin = (account = CUSTOMER) => sandbox.account(account).admin;
const iam = () => new IAM({ endpoint: sandbox.endpoint, region: "us-east-1", credentials: admin() });
/** Signs in and returns the browser. */
async function signedIn() {
  const browser = openBrowser(sandbox);
  expect((await browser.signIn(admin())).status).toBe(303);
  return browser;
}
async function newUser(name: string) {
  await iam().createUser({ UserName: name });
  const { AccessKey } = await iam().createAccessKey({ UserName: name });
  return { accessKeyId: AccessKey?.AccessKeyId ?? "", secretAccessKey: AccessKey?.SecretAccessKey ?? "" };
}

describe("the key", () => {
  it("opens the page that was asked for, which names the account and the user", async () => {
    const browser = openBrowser(sandbox);
    const next = `${STACKS}?region=eu-central-1`;
    const answer = await browser.signIn(admin(), next);
    expect([answer.status, answer.headers.get("location")]).toEqual([303, next]);
    const { text, status } = await browser.get(next);
    expect(status).toBe(200);
    for (const shown of [CUSTOMER, "(customer)", "user/admin", "eu-central-1"]) expect(text).toContain(shown);
  });

  it("is refused in the same words whatever is wrong with it", async () => {
    const { accessKeyId, secretAccessKey } = admin();
    const inactive = await newUser("inactive");
    await iam().updateAccessKey({ UserName: "inactive", AccessKeyId: inactive.accessKeyId, Status: "Inactive" });
    const wrong = [
      { accessKeyId, secretAccessKey: admin("vendor").secretAccessKey },
      { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey },
      { accessKeyId, secretAccessKey: "" },
      { accessKeyId: "", secretAccessKey },
      inactive,
    ];
    const said = await Promise.all(
      wrong.map(async (key) => {
        const { status, text } = await openBrowser(sandbox).signIn(key);
        return `${status} ${/<div class="error"[^]*?<\/div>/.exec(text)?.[0] ?? text}`;
      }),
    );
    expect(new Set(said).size).toBe(1);
    expect(said[0]).toMatch(/^403 .*You are not signed in/s);
  });

  it("is in no page, no header and no record afterwards", async () => {
    const browser = openBrowser(sandbox);
    const { accessKeyId, secretAccessKey } = admin();
    const refused = await browser.signIn({ accessKeyId, secretAccessKey: `${secretAccessKey}x` });
    const answer = await browser.signIn(admin());
    const list = await browser.get(STACKS);
    const overview = await browser.get("/_console/");
    const kept = [refused.text, answer.text, JSON.stringify([...answer.headers]), list.text, overview.text];
    expect(kept.join("") + JSON.stringify(sandbox.calls())).not.toContain(secretAccessKey);
    expect(JSON.stringify(sandbox.calls()) + list.text + overview.text).not.toContain(accessKeyId);
    const logins = sandbox.calls().filter(({ service }) => service === "signin");
    expect(logins.slice(-2)).toMatchObject([
      { action: "ConsoleLogin", status: 403, errorCode: "AuthenticationFailed", principalArn: undefined },
      { action: "ConsoleLogin", status: 200, principalArn: `arn:aws:iam::${CUSTOMER}:user/admin` },
    ]);
  });

  it("in the address is not looked at", async () => {
    const { status, text } = await openBrowser(sandbox).get(
      `/_console/signin?${new URLSearchParams({ ...admin() }).toString()}`,
    );
    expect([status, text.includes("There is nothing here")]).toEqual([404, true]);
  });

  it("of a session is no key to the console", async () => {
    const browser = openBrowser(sandbox);
    expect((await browser.signIn({ accessKeyId: "ASIAIOSFODNN7EXAMPLE", secretAccessKey: "x" })).status).toBe(403);
  });

  it.each([
    "https://example.com/",
    "//example.com/",
    "/\\example.com",
    "/_console/../bucket/x",
    "/bucket/page.html",
    "/_console/x?y\r\nset-cookie: a=b",
    "",
  ])("leads to the list of stacks when the next page is %j", async (next) => {
    const browser = openBrowser(sandbox);
    const page = await browser.get(STACKS);
    const answer = await browser.post("/_console/signin", { ...fieldsOf(page.text), ...admin(), next });
    expect(answer.headers.get("location")).toBe(STACKS);
  });
});

describe("the session", () => {
  it("is in a cookie that scripts, other sites and other paths do not get", async () => {
    const answer = await openBrowser(sandbox).signIn(admin());
    const { port } = new URL(sandbox.endpoint);
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        new RegExp(`^daypass_console_${port}=[\\w-]{43}; Path=/_console; HttpOnly; SameSite=Strict$`),
      ),
    ]);
  });

  it("begins under an id of its own, so that none can be planted", async () => {
    const browser = openBrowser(sandbox);
    await browser.get(STACKS);
    const [planted] = browser.cookies.values();
    await browser.signIn(admin());
    const [own] = browser.cookies.values();
    expect(own).not.toBe(planted);
    const other = openBrowser(sandbox);
    for (const name of browser.cookies.keys()) other.cookies.set(name, planted ?? "");
    expect((await other.get(STACKS)).status).toBe(403);
  });

  it("is not believed when two cookies claim it", async () => {
    const browser = await signedIn();
    const [[name, id] = ["", ""]] = browser.cookies;
    const cookie = `${name}=${id}; ${name}=${"A".repeat(43)}`;
    expect((await openBrowser(sandbox).request(STACKS, { headers: { cookie } })).status).toBe(403);
  });

  it("ends after twelve hours of the sandbox's clock", async () => {
    await using own = await startSandbox({ now: () => Date.UTC(2026, 0, 1) });
    const browser = openBrowser(own);
    await browser.signIn(own.account("dev").admin);
    own.advanceClock(12 * 3_600_000 - 1);
    expect((await browser.get(STACKS)).status).toBe(200);
    own.advanceClock(1);
    expect((await browser.get(STACKS)).status).toBe(403);
  });

  it("ends with its key", async () => {
    const browser = openBrowser(sandbox);
    const key = await newUser("keyed");
    await browser.signIn(key);
    expect((await browser.get(STACKS)).text).toContain("AccessDenied");
    await iam().updateAccessKey({ UserName: "keyed", AccessKeyId: key.accessKeyId, Status: "Inactive" });
    expect((await browser.get(STACKS)).text).toContain("Sign in");
  });

  it("ends when somebody signs in over it, and when its owner signs out", async () => {
    const browser = await signedIn();
    const before = new Map(browser.cookies);
    const again = await browser.post("/_console/signin", { ...admin(), csrf: await browser.csrf() });
    expect(again.status).toBe(303);
    const old = openBrowser(sandbox);
    for (const [name, id] of before) old.cookies.set(name, id);
    expect((await old.get(STACKS)).status).toBe(403);
    const kept = new Map(browser.cookies);
    const out = await browser.post("/_console/signout", { csrf: await browser.csrf() });
    expect(out.headers.getSetCookie()[0]).toMatch(/Max-Age=0$/);
    for (const [name, id] of kept) old.cookies.set(name, id);
    expect((await old.get(STACKS)).status).toBe(403);
  });
});

describe("a form", () => {
  const order = { stackName: "x", templateURL: "x" };
  const send = async (headers: Record<string, string>, more: Record<string, string> = {}) => {
    const browser = await signedIn();
    const csrf = await browser.csrf();
    return browser.post("/_console/cloudformation/create", { ...order, csrf, ...more }, headers);
  };

  it("of this console's own page is read", async () => {
    expect((await send({})).text).toContain("TemplateURL must be a supported URL.");
  });

  it.each(["http://127.0.0.1:1", "http://localhost", "https://127.0.0.1", "null", "http://example.com", ""])(
    "from the origin %j is refused",
    async (origin) => {
      const { status, text } = await send({ origin });
      expect([status, text.includes("not sent by a page of this console")]).toEqual([403, true]);
    },
  );

  it.each([
    ["no token", ""],
    ["another token", "A".repeat(43)],
  ])("with %s is refused", async (_, csrf) => {
    const { status, text } = await send({}, { csrf });
    expect([status, text.includes("belongs to another session")]).toEqual([403, true]);
  });

  it("with the token of another session is refused", async () => {
    const other = await (await signedIn()).csrf();
    expect((await send({}, { csrf: other })).status).toBe(403);
  });

  it("for signing in needs the token too, so that nobody is signed in as somebody else unawares", async () => {
    const browser = openBrowser(sandbox);
    expect((await browser.post("/_console/signin", { ...admin() })).status).toBe(403);
  });

  it.each(["text/plain", "application/json", "multipart/form-data; boundary=x"])("as %s is refused", async (type) => {
    expect((await send({ "content-type": type })).status).toBe(415);
  });

  it("with a field twice is refused", async () => {
    const browser = await signedIn();
    const answer = await browser.request("/_console/signout", {
      method: "POST",
      body: `csrf=${await browser.csrf()}&csrf=x`,
      headers: { origin: sandbox.endpoint, "content-type": "application/x-www-form-urlencoded" },
    });
    expect([answer.status, answer.text.includes("given twice")]).toEqual([400, true]);
  });

  it("without a session is told so", async () => {
    const browser = openBrowser(sandbox);
    const { csrf = "" } = fieldsOf((await browser.get(STACKS)).text);
    const answer = await browser.post("/_console/cloudformation/create", { ...order, csrf });
    expect([answer.status, answer.text.includes("not signed in any more")]).toEqual([403, true]);
  });

  it.each(["PUT", "DELETE", "PATCH"])("by %s is not known", async (method) => {
    expect((await openBrowser(sandbox).request("/_console/signout", { method })).status).toBe(404);
  });
});

describe("every page", () => {
  it("forbids frames, foreign scripts and caches", async () => {
    const browser = await signedIn();
    for (const path of [STACKS, "/_console/", "/cloudformation/home", "/_console/nothing", "/_console/iam/roles"]) {
      const { headers, text } = await browser.get(path);
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toMatch(/^default-src 'none';/);
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("form-action 'self'");
      expect(policy).not.toMatch(/unsafe|script-src[^;]*'self'/);
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("cross-origin-opener-policy")).toBe("same-origin");
      expect(text).not.toMatch(/<script(?![^>]* src="\/_console\/console\.js")|\son\w+=|style=|javascript:/i);
    }
  });

  it("has a nonce of its own", async () => {
    const policies = await Promise.all([1, 2].map(async () => (await fetch(sandbox.console)).headers));
    const nonces = policies.map((headers) => headers.get("content-security-policy"));
    expect(new Set(nonces).size).toBe(2);
  });

  it("is for this machine's own names", () => {
    const core = createSandbox();
    const ask = (host: string) =>
      core.handle({
        method: "GET",
        rawPath: "/_console/",
        rawQuery: "",
        query: new URLSearchParams(),
        headers: new Map([["host", host]]),
        body: Buffer.alloc(0),
        remoteAddress: "127.0.0.1",
      }).status;
    expect(["127.0.0.1:8000", "localhost", "[::1]:8000"].map(ask)).toEqual([200, 200, 200]);
    expect(["example.com", "127.0.0.1.example.com", "", "localhost:1:2"].map(ask)).toEqual([421, 421, 421, 421]);
  });

  it("/_console without a slash leads to /_console/", async () => {
    const answer = await openBrowser(sandbox).get("/_console");
    expect([answer.status, answer.headers.get("location")]).toEqual([303, "/_console/"]);
  });
});
