// Federated sign-in over HTTP: temporary credentials become a link, and the link a session in a browser.
import { IAM } from "@aws-sdk/client-iam";
import { STS } from "@aws-sdk/client-sts";
import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openBrowser } from "./console-clients.js";
import { allowing, CUSTOMER, document, roleArn, trusting } from "./sts-clients.js";
import type { Keys } from "./sts-clients.js";
import { exchange, GITHUB, jobToken, theWorld, trustingTokens } from "./web-identity-world.js";

const START = Math.floor(Date.now() / 1000) * 1000;
const AWS = "https://console.aws.amazon.com/";
let now = START;
let sandbox: Sandbox;
const own = { AWS: `arn:aws:iam::${CUSTOMER}:root` };

beforeAll(async () => {
  const [customer, vendor] = theWorld.accounts ?? [];
  sandbox = await startSandbox({
    now: () => now,
    world: {
      accounts: [
        {
          ...(customer ?? { id: CUSTOMER }),
          roles: [
            {
              name: "reader",
              trustPolicy: document(trusting(own), trustingTokens(GITHUB)),
              policies: { read: allowing(["iam:ListRoles", "sts:AssumeRole"]) },
            },
            { name: "short-lived", trustPolicy: document(trusting(own)) },
          ],
        },
        ...(vendor === undefined ? [] : [vendor]),
      ],
    },
  });
});
beforeEach(() => {
  now = START;
});
afterAll(() => sandbox.stop());

const client = (credentials: Keys) => new STS({ endpoint: sandbox.endpoint, region: "us-east-1", credentials });
const admin = () => sandbox.account("customer").admin;

async function assumeRole(
  credentials: Keys = admin(),
  role = "reader",
  DurationSeconds = 3600,
): Promise<Required<Keys>> {
  const RoleArn = roleArn(role);
  const answer = await client(credentials).assumeRole({ RoleArn, RoleSessionName: "ann", DurationSeconds });
  const { AccessKeyId, SecretAccessKey, SessionToken } = answer.Credentials ?? {};
  return { accessKeyId: AccessKeyId ?? "", secretAccessKey: SecretAccessKey ?? "", sessionToken: SessionToken ?? "" };
}

const sessionOf = (keys: Keys) =>
  JSON.stringify({ sessionId: keys.accessKeyId, sessionKey: keys.secretAccessKey, sessionToken: keys.sessionToken });

async function ask(parameters: Record<string, string>, method: "GET" | "POST" = "GET") {
  const text = new URLSearchParams(parameters).toString();
  const answer = await (method === "GET"
    ? fetch(`${sandbox.endpoint}/federation?${text}`)
    : fetch(`${sandbox.endpoint}/federation`, {
        method: "POST",
        body: text,
        headers: { "content-type": "application/x-www-form-urlencoded" },
      }));
  return { status: answer.status, text: await answer.text(), headers: answer.headers };
}

const getSigninToken = (keys: Keys, more: Record<string, string> = {}, method: "GET" | "POST" = "GET") =>
  ask({ Action: "getSigninToken", SessionType: "json", Session: sessionOf(keys), ...more }, method);

async function signinToken(keys: Keys, more: Record<string, string> = {}): Promise<string> {
  const { status, text } = await getSigninToken(keys, more);
  expect(status).toBe(200);
  return (JSON.parse(text) as { SigninToken: string }).SigninToken;
}

const loginPath = (SigninToken: string, Destination = AWS, Issuer = "https://example.com/portal") =>
  `/federation?${new URLSearchParams({ Action: "login", Issuer, Destination, SigninToken }).toString()}`;

/** `400 message`: the status, and the refusal's own words. */
const refusal = ({ status, text }: { status: number; text: string }) =>
  `${status} ${/<p class="message">([^]*?)<\/p>/.exec(text)?.[1] ?? text}`;

const BAD = "400 Invalid credentials parameter.";
const NOT_WITH_THESE = "400 The SessionDuration parameter cannot be used with these credentials.";
const USED = "400 The sign-in token is not valid any more.";

describe("a sign-in token", () => {
  it("is given for a role's credentials, by GET and by POST, and kept from every cache", async () => {
    const keys = await assumeRole();
    for (const method of ["GET", "POST"] as const) {
      const { status, text, headers } = await getSigninToken(keys, {}, method);
      expect([status, Object.keys(JSON.parse(text) as object)]).toEqual([200, ["SigninToken"]]);
      expect([headers.get("cache-control"), headers.get("referrer-policy")]).toEqual(["no-store", "no-referrer"]);
    }
  });

  it("is refused in the same words for credentials that are wrong in any part, or long-term, or expired", async () => {
    const keys = await assumeRole();
    const other = await assumeRole();
    for (const wrong of [
      { ...keys, secretAccessKey: other.secretAccessKey },
      { ...keys, sessionToken: other.sessionToken },
      { ...keys, accessKeyId: other.accessKeyId },
      { ...keys, sessionToken: "" },
      { ...admin(), sessionToken: keys.sessionToken },
      { ...admin(), sessionToken: "" },
    ]) {
      expect(refusal(await getSigninToken(wrong))).toBe(BAD);
    }
    now = START + 3_600_000;
    expect(refusal(await getSigninToken(keys))).toBe(BAD);
  });

  it("is refused for GetSessionToken's credentials, which AWS's console does not take", async () => {
    const { Credentials } = await client(admin()).getSessionToken({});
    const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = Credentials ?? {};
    const keys = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    expect(refusal(await getSigninToken(keys))).toBe(BAD);
  });

  it("is given for GetFederationToken's credentials, without SessionDuration only", async () => {
    const { Credentials } = await client(admin()).getFederationToken({ Name: "ann" });
    const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = Credentials ?? {};
    const keys = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    expect(refusal(await getSigninToken(keys, { SessionDuration: "900" }))).toBe(NOT_WITH_THESE);
    const page = await openBrowser(sandbox).get(loginPath(await signinToken(keys)));
    expect(page.text).toContain("federated-user/ann");
  });

  it("is given with a SessionDuration of 900 to 43200 seconds", async () => {
    const keys = await assumeRole();
    for (const [SessionDuration, status] of [
      ["900", 200],
      ["43200", 200],
      ["899", 400],
      ["43201", 400],
      ["1e3", 400],
      ["", 400],
    ] as const) {
      expect([SessionDuration, (await getSigninToken(keys, { SessionDuration })).status]).toEqual([
        SessionDuration,
        status,
      ]);
    }
  });

  it("is refused with a SessionDuration for a role that was assumed from another role", async () => {
    const chained = await assumeRole(await assumeRole(), "short-lived");
    expect(refusal(await getSigninToken(chained, { SessionDuration: "900" }))).toBe(NOT_WITH_THESE);
    expect((await getSigninToken(chained)).status).toBe(200);
  });

  it("is given with a SessionDuration for a role that a web identity was given", async () => {
    const { Credentials } = await exchange(sandbox, jobToken(sandbox), { RoleArn: roleArn("reader") });
    const { AccessKeyId = "", SecretAccessKey = "", SessionToken = "" } = Credentials ?? {};
    const keys = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    expect((await getSigninToken(keys, { SessionDuration: "900" })).status).toBe(200);
  });

  it("is refused for a request that cannot be read", async () => {
    const keys = await assumeRole();
    expect(refusal(await getSigninToken(keys, { Session: "{" }))).toBe("400 The Session parameter cannot be read.");
    expect(refusal(await getSigninToken(keys, { Session: `{"sessionId":"x"}` }))).toMatch(/cannot be read/);
    expect(refusal(await getSigninToken(keys, { SessionType: "xml" }))).toBe("400 The SessionType is not json.");
    expect(refusal(await ask({ Action: "logout" }))).toBe("400 The Action parameter is not valid.");
    const twice = await fetch(`${sandbox.endpoint}/federation?Action=login`, {
      method: "POST",
      body: "Action=getSigninToken",
      headers: { "content-type": "application/x-www-form-urlencoded" },
    });
    expect(refusal({ status: twice.status, text: await twice.text() })).toBe("400 The request cannot be read.");
  });
});

describe("the link", () => {
  it("says who one is and until when, and makes the console's pages work under that identity", async () => {
    const browser = openBrowser(sandbox);
    const destination = "https://eu-central-1.console.aws.amazon.com/iam/home#/roles";
    const page = await browser.get(loginPath(await signinToken(await assumeRole()), destination));
    expect(page.status).toBe(200);
    const until = `${new Date(START + 3_600_000).toISOString().slice(0, 19)}Z`;
    for (const shown of [CUSTOMER, "(customer)", "assumed-role/reader/ann", until, destination]) {
      expect(page.text).toContain(shown);
    }
    expect(page.text).toContain(`href="/_console/iam/roles?region=eu-central-1"`);
    const roles = await browser.get("/_console/iam/roles");
    expect(roles.status).toBe(200);
    expect(roles.text).toContain("assumed-role/reader/ann");
    // The role may list roles and nothing else.
    expect((await browser.get("/_console/cloudformation/stacks")).status).toBe(403);
  });

  it("works once, and for fifteen minutes", async () => {
    const keys = await assumeRole();
    const token = await signinToken(keys);
    expect((await openBrowser(sandbox).get(loginPath(token))).status).toBe(200);
    expect(refusal(await openBrowser(sandbox).get(loginPath(token)))).toBe(USED);
    const late = await signinToken(keys);
    const intime = await signinToken(keys);
    now = START + 899_000;
    expect((await openBrowser(sandbox).get(loginPath(intime))).status).toBe(200);
    now = START + 900_000;
    expect(refusal(await openBrowser(sandbox).get(loginPath(late)))).toBe(USED);
    expect(refusal(await openBrowser(sandbox).get(loginPath("x".repeat(64))))).toBe(USED);
  });

  it("opens a session that ends with the credentials, or after the SessionDuration", async () => {
    const plain = openBrowser(sandbox);
    const long = openBrowser(sandbox);
    await plain.get(loginPath(await signinToken(await assumeRole())));
    await long.get(loginPath(await signinToken(await assumeRole(), { SessionDuration: "7200" })));
    const statuses = async () => [
      (await plain.get("/_console/iam/roles")).status,
      (await long.get("/_console/iam/roles")).status,
    ];
    now = START + 3_599_000;
    expect(await statuses()).toEqual([200, 200]);
    now = START + 3_600_000;
    expect(await statuses()).toEqual([403, 200]);
    now = START + 7_200_000;
    expect(await statuses()).toEqual([403, 403]);
  });

  it("opens nothing any more once the role is gone", async () => {
    const iam = new IAM({ endpoint: sandbox.endpoint, region: "us-east-1", credentials: admin() });
    const AssumeRolePolicyDocument = JSON.stringify(document(trusting(own)));
    await iam.createRole({ RoleName: "brief", AssumeRolePolicyDocument });
    const keys = await assumeRole(admin(), "brief");
    const browser = openBrowser(sandbox);
    const token = await signinToken(keys);
    await browser.get(loginPath(await signinToken(keys)));
    expect((await browser.get("/_console/iam/roles")).text).toContain("assumed-role/brief/ann");
    await iam.deleteRole({ RoleName: "brief" });
    expect(refusal(await openBrowser(sandbox).get(loginPath(token)))).toBe(USED);
    expect((await browser.get("/_console/iam/roles")).text).toContain("Sign in");
  });

  it("leads to AWS's console or this one, and nowhere else", async () => {
    const keys = await assumeRole();
    const refused = "400 The Destination parameter is not an address of the AWS console.";
    const token = await signinToken(keys);
    for (const destination of [
      "https://evil.example.com/",
      "https://console.aws.amazon.com.evil.example.com/",
      "https://evilconsole.aws.amazon.com/",
      "https://console.aws.amazon.com@evil.example.com/",
      "https://user@console.aws.amazon.com/",
      "http://console.aws.amazon.com/",
      "https://console.aws.amazon.com:8443/",
      "javascript:alert(1)",
      "//evil.example.com/",
      "https:\\\\evil.example.com/",
      "http://127.0.0.1:1/_console/",
      `${sandbox.endpoint}/some-bucket/page.html`,
      `${sandbox.endpoint}/_sandbox/x`,
      "/_console/iam/roles",
      "",
    ]) {
      expect([destination, refusal(await openBrowser(sandbox).get(loginPath(token, destination)))]).toEqual([
        destination,
        refused,
      ]);
    }
    // A wrong destination did not cost the token.
    const page = await openBrowser(sandbox).get(loginPath(token, `${sandbox.endpoint}/_console/iam/roles`));
    expect(page.text).toContain(`href="/_console/iam/roles"`);
    for (const [destination, path] of [
      [`${AWS}cloudformation/home?region=eu-west-1#/stacks`, "/cloudformation/home?region=eu-west-1#/stacks"],
      ["https://eu-west-1.console.aws.amazon.com/s3/home", "/_console/cloudformation/stacks?region=eu-west-1"],
      [`${AWS}iamv2/home`, "/_console/iam/roles"],
      [
        "https://123456789012-abcd.us-east-1.console.aws.amazon.com/",
        "/_console/cloudformation/stacks?region=us-east-1",
      ],
    ] as const) {
      const opened = await openBrowser(sandbox).get(loginPath(await signinToken(keys), destination));
      expect(opened.text).toContain(`href="${path}"`);
    }
  });

  it("shows what it was given as text", async () => {
    const page = await openBrowser(sandbox).get(
      loginPath(await signinToken(await assumeRole()), AWS, `<script>alert("x")</script>`),
    );
    expect(page.text).toContain("&lt;script&gt;");
    expect(page.text).not.toContain("<script");
    expect(page.headers.get("content-security-policy")).toContain("script-src 'none'");
  });

  it("begins a session of its own, which ends the one before", async () => {
    const browser = openBrowser(sandbox);
    await browser.signIn(admin());
    const [before] = browser.cookies.values();
    await browser.get(loginPath(await signinToken(await assumeRole())));
    const [after] = browser.cookies.values();
    expect(after).not.toBe(before);
    const thief = openBrowser(sandbox);
    for (const name of browser.cookies.keys()) thief.cookies.set(name, before ?? "");
    expect((await thief.get("/_console/iam/roles")).text).toContain("Sign in");
  });

  it("leaves token and credentials out of the record of calls and of the page", async () => {
    const keys = await assumeRole();
    const token = await signinToken(keys);
    const page = await openBrowser(sandbox).get(loginPath(token));
    await openBrowser(sandbox).get(loginPath(token));
    const recorded = sandbox.calls().slice(-3);
    expect(recorded.map(({ service, action, status }) => [service, action, status])).toEqual([
      ["signin", "GetSigninToken", 200],
      ["signin", "ConsoleLogin", 200],
      ["signin", "ConsoleLogin", 400],
    ]);
    expect(recorded[1]?.principalArn).toBe(`arn:aws:sts::${CUSTOMER}:assumed-role/reader/ann`);
    for (const secret of [token, keys.secretAccessKey, keys.sessionToken, keys.accessKeyId]) {
      expect(JSON.stringify(recorded) + page.text).not.toContain(secret);
    }
  });
});

describe("a link for switching roles", () => {
  const open = (query: Record<string, string>) =>
    openBrowser(sandbox).get(`/switchrole?${new URLSearchParams(query).toString()}`);

  it("is shown as what it is, and does nothing", async () => {
    const page = await open({ account: CUSTOMER, roleName: "team/reader", displayName: "<b>prod</b>" });
    expect(page.status).toBe(200);
    for (const shown of [CUSTOMER, "team/reader", "&lt;b&gt;prod&lt;/b&gt;", "Nothing was done here"]) {
      expect(page.text).toContain(shown);
    }
    expect(page.headers.getSetCookie()).toEqual([]);
  });

  it("is refused when it names no role of an account", async () => {
    const said = "400 The link does not name a role of an account.";
    expect(refusal(await open({ account: "customer", roleName: "reader" }))).toBe(said);
    expect(refusal(await open({ roleName: "reader" }))).toBe(said);
    expect(refusal(await open({ account: CUSTOMER, roleName: "" }))).toBe(said);
    expect(refusal(await open({ account: CUSTOMER, roleName: "a b" }))).toBe(said);
  });
});
