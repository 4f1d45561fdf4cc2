// The access portal in a browser without script: signing in, deciding, and what keeps others from deciding.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Sandbox } from "@daypass/sandbox/testing";
import { fieldsOf, openBrowser } from "./console-clients.js";
import type { Answer } from "./console-clients.js";
import {
  authorizeAddress,
  createToken,
  DEV,
  LISTENING_URI,
  outcomeOf,
  PROD,
  register,
  registerForCode,
  startDevice,
  startDirectory,
  START_URL,
  VERIFIER,
} from "./identity-center-clients.js";

let sandbox: Sandbox;
let browser: ReturnType<typeof openBrowser>;
beforeEach(async () => {
  sandbox = await startDirectory();
  browser = openBrowser(sandbox);
});
afterEach(() => sandbox.stop());

/** Signs in on the page that comes in the place of `path`. Returns where the browser is sent. */
async function signInAt(path: string, user: string, password = ""): Promise<Answer> {
  const page = await browser.get(path);
  return browser.post("/start/signin", { ...fieldsOf(page.text), user, password });
}
const locationOf = ({ headers }: Answer) => headers.get("location") ?? "";
/** The path on the sandbox of an address at /authorize, after the first redirect. */
const authorizePath = async (address: string) => locationOf(await browser.get(address));

describe("signing in", () => {
  it("takes a password from whoever has one, and a click from whoever has none", async () => {
    const page = await browser.get("/start");
    expect(page.status).toBe(403);
    expect(page.text).toContain("Sign in as ada");
    expect(page.text).not.toContain("Sign in as bob");
    expect((await signInAt("/start", "bob", "correct horse")).status).toBe(303);
    const portal = await browser.get("/start");
    expect(portal.status).toBe(200);
    expect(portal.text).toContain(`/start/role?account_id=${PROD}&amp;role_name=Reader`);
    expect(portal.text).not.toContain(DEV);
  });

  it.each([
    ["bob", ""],
    ["bob", "wrong"],
    ["bob", "correct horse "],
    ["ada", "anything"],
    ["mallory", ""],
  ])("refuses %s with %j, and does not say what is wrong", async (user, password) => {
    const refused = await signInAt("/start", user, password);
    expect([refused.status, refused.text.includes("Nobody of this directory")]).toEqual([403, true]);
    expect((await browser.get("/start")).status).toBe(403);
    const record = sandbox.calls().at(-1);
    expect([record?.action, record?.errorCode]).toEqual(["UserAuthentication", "AuthenticationFailed"]);
  });

  it("begins a session that no browser brought along, in a cookie that is of no use elsewhere", async () => {
    await browser.get("/start");
    const [planted] = browser.cookies.values();
    const { headers } = await signInAt("/start", "ada");
    expect(headers.getSetCookie()[0]).toMatch(/^daypass_portal_\d+=[\w-]{43}; Path=\/start; HttpOnly; SameSite=Lax$/);
    expect([...browser.cookies.values()]).not.toContain(planted);
  });

  it("is over after eight hours, or when the person signs out", async () => {
    await signInAt("/start", "ada");
    const page = await browser.get("/start");
    expect((await browser.post("/start/signout", fieldsOf(page.text))).status).toBe(303);
    expect((await browser.get("/start")).status).toBe(403);
    await signInAt("/start", "ada");
    sandbox.advanceClock(8 * 3_600_000);
    expect((await browser.get("/start")).status).toBe(403);
  });

  it("goes on to pages of the portal alone", async () => {
    for (const next of ["https://evil.example/", "//evil.example/", "/_console/", "/start/../x", "/startled"]) {
      const page = await browser.get("/start");
      const sent = await browser.post("/start/signin", { ...fieldsOf(page.text), user: "ada", password: "", next });
      expect(locationOf(sent)).toBe("/start");
    }
  });

  it("shows the lines of a profile to whoever is assigned", async () => {
    await signInAt("/start", "bob", "correct horse");
    const page = await browser.get(`/start/role?account_id=${PROD}&role_name=Reader`);
    expect(page.text).toContain(`sso_account_id = ${PROD}`);
    expect(page.text).toContain(`sso_start_url = ${START_URL}`);
    expect((await browser.get(`/start/role?account_id=${DEV}&role_name=Admin`)).status).toBe(403);
  });
});

describe("the console", () => {
  it("opens with a role of the person's, by AWS's shortcut and a click, and for no other", async () => {
    await signInAt("/start", "bob", "correct horse");
    const page = await browser.get(`/start/console?account_id=${PROD}&role_name=Reader`);
    const fields = fieldsOf(page.text);
    const sent = await browser.post("/start/console", fields);
    expect([sent.status, locationOf(sent).startsWith("/federation?Action=login&")]).toEqual([303, true]);
    expect((await browser.get(locationOf(sent))).text).toContain("You are signed in");
    const console = await browser.get("/_console/iam/roles");
    expect(console.text).toContain("assumed-role/AWSReservedSSO_Reader_");
    for (const other of [{ account_id: DEV, role_name: "Admin" }, { role_name: "Admin" }, { account_id: DEV }]) {
      expect((await browser.post("/start/console", { ...fields, ...other })).status).toBe(403);
    }
    expect((await browser.post("/start/console", { ...fields, csrf: "" })).text).toContain("another session");
    const record = sandbox.calls().filter(({ action }) => action === "GetRoleCredentials");
    expect(record.map(({ status }) => status)).toEqual([200, 403, 403, 403]);
    expect(JSON.stringify(sandbox.calls())).not.toContain(new URLSearchParams(locationOf(sent)).get("SigninToken"));
  });

  it("does not open on a day when the portal is out", async () => {
    await signInAt("/start", "ada");
    const { text } = await browser.get(`/start/role?account_id=${DEV}&role_name=Admin`);
    sandbox.fault({ kind: "outage", service: "sso", mode: "unavailable" });
    expect((await browser.post("/start/console", fieldsOf(text))).status).toBe(503);
  });
});

describe("a device", () => {
  it("is approved by whoever signed in, after a look at the code", async () => {
    const device = await startDevice(sandbox, await register(sandbox));
    const path = (device.verificationUriComplete ?? "").slice(sandbox.endpoint.length);
    expect(locationOf(await signInAt(path, "ada"))).toBe(path);
    const page = await browser.get(path);
    expect(page.text).toContain(device.userCode);
    expect(page.text).toContain("sso:account:access");
    expect(await outcomeOf(device.ask())).toBe("AuthorizationPendingException 400");
    const done = await browser.post("/start/device", { ...fieldsOf(page.text), decision: "allow" });
    expect(done.text).toContain("Request approved");
    expect(await outcomeOf(device.ask())).toBe("allowed");
    expect((await browser.get(path)).status).toBe(404);
  });

  it("is found by its code as people type it, and denied", async () => {
    const device = await startDevice(sandbox, await register(sandbox));
    await signInAt("/start/device", "ada");
    expect((await browser.get("/start/device")).text).toContain("Enter the code");
    const typed = device.userCode.toLowerCase().replace("-", " ");
    const page = await browser.get(`/start/device?user_code=${encodeURIComponent(typed)}`);
    const done = await browser.post("/start/device", { ...fieldsOf(page.text), decision: "deny" });
    expect(done.text).toContain("Request denied");
    expect(await outcomeOf(device.ask())).toBe("AccessDeniedException 400");
  });

  it("is approved by nobody who is not signed in", async () => {
    const device = await startDevice(sandbox, await register(sandbox));
    const page = await browser.get(`/start/device?user_code=${device.userCode}`);
    const fields = { ...fieldsOf(page.text), user_code: device.userCode, decision: "allow" };
    expect((await browser.post("/start/device", fields)).status).toBe(403);
    expect(await outcomeOf(device.ask())).toBe("AuthorizationPendingException 400");
  });

  it("is approved by nobody whose session is over", async () => {
    await signInAt("/start", "ada");
    sandbox.advanceClock(8 * 3_600_000 - 60_000);
    const device = await startDevice(sandbox, await register(sandbox));
    const page = await browser.get(`/start/device?user_code=${device.userCode}`);
    sandbox.advanceClock(60_000);
    const late = await browser.post("/start/device", { ...fieldsOf(page.text), decision: "allow" });
    expect([late.status, late.text.includes("not signed in any more")]).toEqual([403, true]);
    expect(await outcomeOf(device.ask())).toBe("AuthorizationPendingException 400");
  });

  it("is approved by no form of another page, and by no form without the session's token", async () => {
    const device = await startDevice(sandbox, await register(sandbox));
    await signInAt("/start", "ada");
    const fields = {
      ...fieldsOf((await browser.get(`/start/device?user_code=${device.userCode}`)).text),
      decision: "allow",
    };
    const forged = [
      await browser.post("/start/device", fields, { origin: "http://127.0.0.1:1" }),
      await browser.post("/start/device", fields, { origin: "null" }),
      await browser.post("/start/device", fields, { "content-type": "text/plain" }),
      await browser.post("/start/device", { ...fields, csrf: "" }),
      await browser.post("/start/device", {
        ...fields,
        csrf: fieldsOf((await openBrowser(sandbox).get("/start")).text)["csrf"] ?? "",
      }),
      await browser.get(`/start/device?user_code=${device.userCode}&decision=allow`),
    ];
    expect(forged.map(({ status }) => status)).toEqual([403, 403, 415, 403, 403, 200]);
    expect(await outcomeOf(device.ask())).toBe("AuthorizationPendingException 400");
  });
});

describe("an app that waits for a code", () => {
  it("gets it through the person's browser, and nothing before the person said yes", async () => {
    const client = await registerForCode(sandbox);
    const path = await authorizePath(authorizeAddress(sandbox, client));
    expect(path).toMatch(/^\/start\/authorize\?response_type=code&/);
    expect(locationOf(await signInAt(path, "ada"))).toBe(path);
    const page = await browser.get(path);
    expect(page.headers.get("content-security-policy")).toContain("form-action 'self' http://127.0.0.1:54321;");
    expect(page.text).not.toContain("code=");
    const sent = await browser.post("/start/authorize", { ...fieldsOf(page.text), decision: "allow" });
    const location = new URL(locationOf(sent));
    expect(sent.status).toBe(303);
    expect([location.origin + location.pathname, location.searchParams.get("state")]).toEqual([
      LISTENING_URI,
      "the state",
    ]);
    const code = location.searchParams.get("code") ?? "";
    const tokens = createToken(sandbox, client, {
      grantType: "authorization_code",
      code,
      redirectUri: LISTENING_URI,
      codeVerifier: VERIFIER,
    });
    expect(await outcomeOf(tokens)).toBe("allowed");
  });

  it("may listen on IPv6 too", async () => {
    const client = await registerForCode(sandbox, { redirectUris: ["http://[::1]/back"] });
    await signInAt("/start", "ada");
    const address = authorizeAddress(sandbox, client, { redirect_uri: "http://[::1]:54321/back" });
    const page = await browser.get(await authorizePath(address));
    expect(page.headers.get("content-security-policy")).toContain("form-action 'self' http:;");
    const sent = await browser.post("/start/authorize", { ...fieldsOf(page.text), decision: "allow" });
    expect(locationOf(sent)).toMatch(/^http:\/\/\[::1\]:54321\/back\?code=/);
  });

  it("is told a no, and its own mistakes, where it listens", async () => {
    const client = await registerForCode(sandbox);
    await signInAt("/start", "ada");
    const page = await browser.get(await authorizePath(authorizeAddress(sandbox, client)));
    const sent = await browser.post("/start/authorize", { ...fieldsOf(page.text), decision: "deny" });
    const errorAt = (answer: Answer) => new URL(locationOf(answer)).searchParams.get("error");
    expect(errorAt(sent)).toBe("access_denied");
    for (const [changed, error] of [
      [{ response_type: "token" }, "unsupported_response_type"],
      [{ code_challenge: undefined }, "invalid_request"],
      [{ code_challenge_method: "plain" }, "invalid_request"],
      [{ code_challenge_method: undefined }, "invalid_request"],
      [{ scopes: "openid" }, "invalid_scope"],
    ] as const) {
      const path = await authorizePath(authorizeAddress(sandbox, client, changed));
      const answer = await browser.get(path);
      expect([errorAt(answer), locationOf(answer).startsWith(LISTENING_URI)]).toEqual([error, true]);
    }
  });

  it("sends nobody to an address that it is not registered for", async () => {
    const client = await registerForCode(sandbox);
    await signInAt("/start", "ada");
    for (const changed of [
      { redirect_uri: "http://evil.example/oauth/callback" },
      { redirect_uri: undefined },
      { client_id: "nobody" },
      { prompt: "none" },
    ]) {
      const answer = await browser.get(await authorizePath(authorizeAddress(sandbox, client, changed)));
      expect([answer.status, answer.headers.has("location")]).toEqual([400, false]);
    }
    const twice = `${authorizeAddress(sandbox, client)}&redirect_uri=${encodeURIComponent("http://evil.example/")}`;
    expect((await browser.get(await authorizePath(twice))).status).toBe(400);
    const page = await browser.get(await authorizePath(authorizeAddress(sandbox, client)));
    const fields = fieldsOf(page.text);
    const request = (fields["request"] ?? "").replace("127.0.0.1", "evil.example");
    const bent = await browser.post("/start/authorize", { ...fields, request, decision: "allow" });
    expect([bent.status, bent.headers.has("location")]).toEqual([400, false]);
  });

  it("asks no client of Identity Center where there is none", async () => {
    await using empty = await startDirectory({ world: {} });
    const answer = await fetch(`${empty.endpoint}/start`);
    expect([answer.status, await answer.text()]).toEqual([404, expect.stringContaining("There is no Identity Center")]);
  });
});

describe("every page", () => {
  const hostile = `</dd><script>canary()</script>"><img src=x onerror=canary()>\u202egnp`;

  it("shows what a client calls itself as text", async () => {
    await signInAt("/start", "ada");
    const device = await startDevice(sandbox, await register(sandbox, { clientName: hostile }));
    const client = await registerForCode(sandbox, { clientName: hostile });
    for (const path of [
      `/start/device?user_code=${device.userCode}`,
      await authorizePath(authorizeAddress(sandbox, client, { state: hostile })),
    ]) {
      const { text } = await browser.get(path);
      expect(text).toContain("&lt;script&gt;canary()&lt;/script&gt;");
      expect(text).not.toMatch(/<script|<img/);
    }
  });

  it("runs no script, is framed by nobody, is kept nowhere, and leaves no address behind", async () => {
    await signInAt("/start", "ada");
    const device = await startDevice(sandbox, await register(sandbox));
    for (const path of ["/start", `/start/device?user_code=${device.userCode}`, "/start/nothing"]) {
      const { headers } = await browser.get(path);
      const policy = headers.get("content-security-policy") ?? "";
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("referrer-policy")).toBe("same-origin");
    }
    expect((await browser.get("/start")).headers.get("content-security-policy")).toContain("script-src 'none'");
  });
});

describe("what looks like a page and is S3's", () => {
  it("stays S3's: other methods, other paths, signed calls, and /authorize without a client's parameters", async () => {
    const codeOf = async (path: string, init: RequestInit = {}) =>
      /<Code>(\w+)<\/Code>/.exec(await (await fetch(`${sandbox.endpoint}${path}`, init)).text())?.[1];
    expect(await codeOf("/authorize")).toBe("NoSuchBucket");
    expect(await codeOf("/startled")).toBe("NoSuchBucket");
    expect(await codeOf("/start/x", { method: "PUT", body: "x" })).toBe("NoSuchBucket");
    expect(await codeOf("/assignment/accounts")).toBe("NoSuchBucket");
    expect(await codeOf("/token", { method: "POST", body: "{}" })).toBe("MethodNotAllowed");
  });
});
