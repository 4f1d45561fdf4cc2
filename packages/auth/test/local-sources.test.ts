// Keys in the environment, roles by a token in a file, and what `aws login` keeps.
import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromTokenFile } from "@aws-sdk/credential-providers";
import { startSandbox, type Sandbox } from "@daypass/sandbox/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createSessionKeeper } from "../dist/sessions/keep-sessions.js";
import { createEnvironmentSource } from "../dist/sources/environment-source.js";
import { createKeysSource } from "../dist/sources/keys-source.js";
import { createLoginSessionSource } from "../dist/sources/login-session-source.js";
import { createWebIdentitySource } from "../dist/sources/web-identity-source.js";
import type { AwsCredentials, SourceContext } from "../dist/types.js";
import { createFakePrompt, createMemoryCache, createMemoryLocks, createMemorySecrets, policy } from "./hub-world.js";
import { rejectionOf } from "./profile-files.js";

const START = Date.parse("2026-03-01T12:00:00Z");
const context = { now: () => START };
const ID = "AKIAIOSFODNN7EXAMPLE";
const SECRET = "wJalrXUtnFEMI/K7MDENG";
const description = "here";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "daypass-local-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the environment", () => {
  const give = async (env: Record<string, string>) => createEnvironmentSource(context, { env, description }).get();

  test("gives keys, and a session with its end", async () => {
    const keys = { AWS_ACCESS_KEY_ID: ID, AWS_SECRET_ACCESS_KEY: SECRET };
    expect(await give({ ...keys, AWS_SESSION_TOKEN: "" })).toEqual({ accessKeyId: ID, secretAccessKey: SECRET });
    expect(
      await give({
        ...keys,
        AWS_SESSION_TOKEN: "t",
        AWS_SECURITY_TOKEN: "stale",
        AWS_CREDENTIAL_EXPIRATION: "2026-03-01T13:00:00Z",
        AWS_ACCOUNT_ID: "012345678901",
      }),
    ).toEqual({
      accessKeyId: ID,
      secretAccessKey: SECRET,
      sessionToken: "t",
      expiration: new Date("2026-03-01T13:00:00Z"),
      accountId: "012345678901",
    });
    expect(await give({ ...keys, AWS_SECURITY_TOKEN: "t" })).toMatchObject({
      sessionToken: "t",
      expiration: new Date(START + 900_000),
    });
  });

  test.each([
    ["nothing", {}, "no_credentials: there are no keys in the environment"],
    ["half a pair", { AWS_ACCESS_KEY_ID: ID }, "AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not"],
    [
      "a key with a blank",
      { AWS_ACCESS_KEY_ID: ID, AWS_SECRET_ACCESS_KEY: `${SECRET} x` },
      "AWS_SECRET_ACCESS_KEY is not of its form",
    ],
    [
      "an end that is no time",
      { AWS_ACCESS_KEY_ID: ID, AWS_SECRET_ACCESS_KEY: SECRET, AWS_CREDENTIAL_EXPIRATION: "soon" },
      "AWS_CREDENTIAL_EXPIRATION is no time",
    ],
    [
      "keys past their end",
      { AWS_ACCESS_KEY_ID: ID, AWS_SECRET_ACCESS_KEY: SECRET, AWS_CREDENTIAL_EXPIRATION: "2026-03-01T11:59:59Z" },
      "caller_credentials: the keys in the environment have expired",
    ],
  ])("gives nothing from %s", async (_, env, wanted) => {
    const failure = await rejectionOf(give(env));
    expect(failure).toContain(wanted);
    expect(failure).not.toContain(SECRET);
  });

  test("asks another question when it changes", () => {
    const env = { AWS_ACCESS_KEY_ID: "a" };
    const source = createEnvironmentSource(context, { env, description });
    const before = source.question;
    env.AWS_ACCESS_KEY_ID = "b";
    expect(source.question).not.toEqual(before);
  });
});

test("keys give themselves, and may be used by the SDK as they are", async () => {
  const source = createKeysSource(context, {
    keys: { accessKeyId: ID, secretAccessKey: SECRET, sessionToken: "t" },
    description,
  });
  const given = await source.get();
  expect(given.expiration).toEqual(new Date(START + 900_000));
  expect(Object.isExtensible(given)).toBe(true);
  expect(JSON.stringify(source.question)).not.toContain(SECRET);
});

describe("aws login", () => {
  const loginSession = "arn:aws:iam::111122223333:user/jo";
  const cache = () => join(folder, ".aws", "login", "cache");
  const keep = (content: string) => {
    mkdirSync(cache(), { recursive: true });
    writeFileSync(join(cache(), `${createHash("sha256").update(loginSession).digest("hex")}.json`), content, {
      mode: 0o600,
    });
  };
  const token = (expiresAt: string) =>
    JSON.stringify({
      accessToken: {
        accessKeyId: "ASIAIOSFODNN7EXAMPLE",
        secretAccessKey: SECRET,
        sessionToken: "t",
        accountId: "111122223333",
        expiresAt,
      },
      tokenType: "aws_sigv4",
      clientId: "arn:aws:signin:::devtools/same-device",
      refreshToken: "refresh",
      dpopKey: "-----BEGIN EC PRIVATE KEY-----",
    });
  const give = async (env = {}) =>
    createLoginSessionSource(context, { name: "dev", loginSession, env, homeDir: folder, description }).get();

  test("is needed where there is none, and where less than a minute is left", async () => {
    const required = "sign_in_required: profile dev is not signed in; type: aws login --profile dev";
    expect(await rejectionOf(give())).toBe(required);
    keep(token("2026-03-01T12:01:00Z"));
    expect(await rejectionOf(give())).toContain("sign_in_required: profile dev was signed in, and that has expired");
    expect(await rejectionOf(give({ AWS_LOGIN_CACHE_DIRECTORY: join(folder, "other") }))).toBe(required);
  });

  test("gives what it keeps, read again each time", async () => {
    keep(token("2026-03-01T12:10:00Z"));
    expect(await give()).toEqual({
      accessKeyId: "ASIAIOSFODNN7EXAMPLE",
      secretAccessKey: SECRET,
      sessionToken: "t",
      accountId: "111122223333",
      expiration: new Date("2026-03-01T12:10:00Z"),
    });
    expect(await give({ AWS_LOGIN_CACHE_DIRECTORY: cache() })).toMatchObject({ sessionToken: "t" });
  });

  test("is refused where its file is something else, without a word of it", async () => {
    for (const content of [`{"accessToken": {"secretAccessKey": "${SECRET}"}}`, SECRET, token("soon")]) {
      keep(content);
      const failure = await rejectionOf(give());
      expect(failure).toContain("file_malformed");
      expect(failure).not.toContain(SECRET);
    }
  });
});

describe("a web identity", () => {
  const ACCOUNT = "222222222222";
  const ISSUER = "https://token.actions.githubusercontent.com";
  const roleArn = `arn:aws:iam::${ACCOUNT}:role/ci`;
  let sandbox: Sandbox;
  beforeAll(async () => {
    const Federated = `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`;
    const Condition = { StringLike: { "token.actions.githubusercontent.com:sub": "repo:octo/*" } };
    sandbox = await startSandbox({
      world: {
        accounts: [
          {
            id: ACCOUNT,
            oidcProviders: [{ url: ISSUER, clientIds: ["sts.amazonaws.com"] }],
            roles: [
              {
                name: "ci",
                trustPolicy: policy({
                  Effect: "Allow",
                  Principal: { Federated },
                  Action: "sts:AssumeRoleWithWebIdentity",
                  Condition,
                }),
              },
            ],
          },
        ],
      },
    });
  });
  afterAll(() => sandbox.stop());

  const tokenFile = () => join(folder, "token");
  const put = (subject = "repo:octo/app", over = {}) =>
    writeFileSync(
      tokenFile(),
      sandbox.issueWebIdentityToken({ issuer: ISSUER, subject, audience: "sts.amazonaws.com", ...over }),
    );
  const createContext = (): SourceContext => {
    const locks = createMemoryLocks();
    const prompt = createFakePrompt(() => "");
    const now = () => Date.now();
    const keeper = createSessionKeeper({
      cache: createMemoryCache(),
      locks,
      record: async () => undefined,
      prompt,
      now,
      jitter: () => 0.5,
    });
    return { keeper, locks, secrets: createMemorySecrets(), prompt, now };
  };
  const sourceOf = (own = createContext(), over = {}) =>
    createWebIdentitySource(own, {
      roleArn,
      roleSessionName: "build",
      tokenFile: tokenFile(),
      client: { region: "eu-west-1", endpoint: sandbox.endpoint },
      description,
      ...over,
    });
  const who = async (credentials: AwsCredentials) =>
    (
      await new STSClient({ region: "eu-west-1", endpoint: sandbox.endpoint, credentials }).send(
        new GetCallerIdentityCommand({}),
      )
    ).Arn;
  const asked = () => sandbox.calls().filter(({ action }) => action === "AssumeRoleWithWebIdentity").length;

  test("is the same to us and to the SDK, unsigned", async () => {
    put();
    const ours = await who(await sourceOf().get());
    const theirs = fromTokenFile({
      webIdentityTokenFile: tokenFile(),
      roleArn,
      roleSessionName: "build",
      clientConfig: { region: "eu-west-1", endpoint: sandbox.endpoint },
    });
    expect(ours).toBe(`arn:aws:sts::${ACCOUNT}:assumed-role/ci/build`);
    expect(await who((await theirs()) as AwsCredentials)).toBe(ours);
  });

  test("is kept while the same bearer's token is renewed, and asked anew for another bearer", async () => {
    const own = createContext();
    put("repo:octo/app");
    const before = asked();
    await sourceOf(own).get();
    put("repo:octo/app", { claims: { jti: "another" } });
    await sourceOf(own).get();
    expect(asked()).toBe(before + 1);
    const { question } = sourceOf(own);
    put("repo:octo/other");
    expect(sourceOf(own).question).not.toEqual(question);
    await sourceOf(own).get();
    expect(asked()).toBe(before + 2);
  });

  test("is read from the file at each asking", async () => {
    const source = sourceOf();
    put("repo:evil/app");
    expect(await rejectionOf(source.get())).toContain("access_denied: AWS refuses the role");
    put();
    expect((await source.get()).accountId).toBe(ACCOUNT);
  });

  test("with a pipe in its place holds nothing up", () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    const writer = spawn("sh", ["-c", `printf a.b.c > "${pipe}"`], { stdio: "ignore" });
    expect(sourceOf(createContext(), { tokenFile: pipe }).question).toMatchObject({ bearer: "none" });
    writer.kill("SIGKILL");
  });

  test.each([
    [
      "an expired token",
      { durationSeconds: 600, claims: { exp: 1_600_000_000, iat: 1_599_999_000 } },
      "caller_credentials: the web identity token has expired",
    ],
    ["a token for somebody else", { audience: "other" }, "access_denied: AWS does not trust the web identity token"],
  ])("is refused with %s", async (_, over, wanted) => {
    put("repo:octo/app", over);
    expect(await rejectionOf(sourceOf().get())).toContain(wanted);
  });

  test("is refused without a token, and the token is in no message", async () => {
    expect(await rejectionOf(sourceOf(createContext(), { tokenFile: join(folder, "none") }).get())).toContain(
      "file_missing",
    );
    writeFileSync(tokenFile(), "no token at all");
    const failure = await rejectionOf(sourceOf().get());
    expect(failure).toContain("file_malformed");
    expect(failure).not.toContain("at all;");
    put("repo:evil/app");
    const denied: unknown = await sourceOf()
      .get()
      .catch((error: unknown) => error);
    expect(`${JSON.stringify(denied)} ${(denied as Error).stack}`).not.toMatch(/eyJ/);
  });
});
