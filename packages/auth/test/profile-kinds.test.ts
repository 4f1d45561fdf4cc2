// The rest of the kinds of identity that a machine can have, by the door: with and without a profile, asked by us, by the
// AWS SDK's own chain, by boto3 and by the AWS CLI. Each is the same identity to all of them, or the same refusal.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from "@aws-sdk/client-sts";
import { createAuth } from "@daypass/auth";
import { startSandbox, type Sandbox } from "@daypass/sandbox/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createFakePrompt } from "./hub-world.js";
import { configOf, DEV, DEVICE, HUB, ISSUER, KINDS_WORLD, LOGIN } from "./kinds-world.js";
import { allowInBrowser, START_URL } from "./sso-desk.js";

const python = process.env["DAYPASS_PYTHON"] ?? "python3";
const required = (process.env["DAYPASS_REQUIRE"] ?? "").split(",").includes("python");
const hasPython = spawnSync(python, ["-c", "import boto3, awscli"]).status === 0;
if (!hasPython && !required)
  process.stderr.write("skipped: identities by boto3 and the AWS CLI: they are not installed\n");

let sandbox: Sandbox;
let homeDir = "";
let keys = { accessKeyId: "", secretAccessKey: "" };
let session = { accessKeyId: "", secretAccessKey: "", sessionToken: "" };

const ini = (section: string, given: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }) =>
  `[${section}]\naws_access_key_id = ${given.accessKeyId}\naws_secret_access_key = ${given.secretAccessKey}\n${
    given.sessionToken === undefined ? "" : `aws_session_token = ${given.sessionToken}\n`
  }`;
const variables = (given: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }) => ({
  AWS_ACCESS_KEY_ID: given.accessKeyId,
  AWS_SECRET_ACCESS_KEY: given.secretAccessKey,
  ...(given.sessionToken !== undefined && { AWS_SESSION_TOKEN: given.sessionToken }),
});

beforeAll(async () => {
  sandbox = await startSandbox({ world: KINDS_WORLD });
  homeDir = mkdtempSync(join(tmpdir(), "daypass-kinds-"));
  keys = sandbox.issueKey(HUB, "jo");
  const client = new STSClient({ region: "eu-west-1", endpoint: sandbox.endpoint, credentials: keys });
  const { Credentials: got } = await client.send(new GetSessionTokenCommand({}));
  session = {
    accessKeyId: got?.AccessKeyId ?? "",
    secretAccessKey: got?.SecretAccessKey ?? "",
    sessionToken: got?.SessionToken ?? "",
  };
  for (const folder of ["sso", "login"]) mkdirSync(join(homeDir, ".aws", folder, "cache"), { recursive: true });
  writeFileSync(join(homeDir, ".aws", "config"), configOf({ homeDir, endpoint: sandbox.endpoint }));
  writeFileSync(
    join(homeDir, ".aws", "credentials"),
    [
      ini("user", keys),
      ini("session", session),
      ini("forged-session", { ...session, sessionToken: `${session.sessionToken.slice(0, -4)}AAAA` }),
      ini("session-without-token", { ...session, sessionToken: undefined as never }),
      ini("unknown-key", { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: keys.secretAccessKey }),
      `[half]\naws_access_key_id = ${keys.accessKeyId}\n`,
      `[other-half]\naws_secret_access_key = ${keys.secretAccessKey}\n`,
    ].join(""),
    { mode: 0o600 },
  );
  writeFileSync(join(homeDir, "with-default"), ini("default", keys), { mode: 0o600 });
  const given = { Version: 1, AccessKeyId: session.accessKeyId, SecretAccessKey: session.secretAccessKey };
  writeFileSync(
    join(homeDir, "give.mjs"),
    `const end = new Date(Date.now() + process.argv[2] * 1000).toISOString();
console.log(JSON.stringify({ ...${JSON.stringify({ ...given, SessionToken: session.sessionToken })}, Expiration: end }));`,
  );
  writeFileSync(
    join(homeDir, "token"),
    sandbox.issueWebIdentityToken({ issuer: ISSUER, subject: "repo:octo/app", audience: "sts.amazonaws.com" }),
  );
  const cacheOf = (folder: string, hash: string, about: string) =>
    join(homeDir, ".aws", folder, "cache", `${createHash(hash).update(about).digest("hex")}.json`);
  writeFileSync(
    cacheOf("sso", "sha1", "stale"),
    JSON.stringify({ startUrl: START_URL, region: "us-east-1", accessToken: "x", expiresAt: "2020-01-01T00:00:00Z" }),
    { mode: 0o600 },
  );
  writeFileSync(
    cacheOf("login", "sha256", LOGIN),
    JSON.stringify({
      accessToken: { ...session, accountId: HUB, expiresAt: new Date(Date.now() + 3_600_000).toISOString() },
      tokenType: "aws_sigv4",
      clientId: "arn:aws:signin:::devtools/same-device",
      refreshToken: "refresh",
      dpopKey: "-----BEGIN EC PRIVATE KEY-----",
    }),
    { mode: 0o600 },
  );
  const home = await auth({}, "signs-in").home();
  await (await home.tokens("corp")).getAccessToken();
  // The older form keeps the same token under the portal's address.
  copyFileSync(cacheOf("sso", "sha1", "corp"), cacheOf("sso", "sha1", START_URL));
});
afterAll(async () => {
  await sandbox.stop();
  rmSync(homeDir, { recursive: true, force: true });
});

const baseEnv = (): Record<string, string> => ({
  PATH: process.env["PATH"] ?? "",
  HOME: homeDir,
  AWS_ENDPOINT_URL: sandbox.endpoint,
  AWS_REGION: "eu-west-1",
  AWS_DEFAULT_REGION: "eu-west-1",
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_MAX_ATTEMPTS: "1",
  AWS_PAGER: "",
  NODE_NO_WARNINGS: "1",
  NO_PROXY: "*",
  TEST_ENDPOINT: sandbox.endpoint,
});

const prompt = createFakePrompt(() => sandbox.mfaCode(DEVICE));
const auth = (env: Record<string, string>, toolName: string) =>
  createAuth({
    toolName,
    homeDir,
    env: { ...baseEnv(), BROWSER: "x", ...env },
    keychain: "off",
    plain: true,
    prompt: toolName === "signs-in" ? prompt : { ...prompt, isAvailable: env["AWS_PROFILE"] === "guarded" },
    openBrowser: async (url) => void (await allowInBrowser(sandbox, url)),
    userName: "jo",
  });

const byUs = async (env: Record<string, string>, toolName: string): Promise<string> => {
  try {
    const config = await auth(env, toolName).getAwsConfig();
    const client = new STSClient({ ...config, endpoint: sandbox.endpoint });
    return (await client.send(new GetCallerIdentityCommand({}))).Arn ?? "";
  } catch {
    return "refused";
  }
};

const run = async (command: string, script: string, rows: readonly object[]): Promise<unknown[]> => {
  const child = spawn(command, [fileURLToPath(new URL(script, import.meta.url))], {
    env: baseEnv(),
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(JSON.stringify(rows));
  const [answers] = await Promise.all([text(child.stdout), once(child, "exit")]);
  return JSON.parse(answers) as unknown[];
};

type Answers = Readonly<Record<string, string>>;
type Wanted = Readonly<Record<string, string | RegExp>>;
type Row = readonly [name: string, env: () => Record<string, string>, wanted: string | RegExp, differing?: Wanted];

const assumed = (name: string) => `arn:aws:sts::${DEV}:assumed-role/${name}/jo`;
const USER = `arn:aws:iam::${HUB}:user/jo`;
const ADMIN = new RegExp(`^arn:aws:sts::${DEV}:assumed-role/AWSReservedSSO_Admin_[0-9a-f]{16}/ada$`);
const profile = (name: string, wanted: string | RegExp, differing: Wanted = {}): Row => [
  `the profile ${name}`,
  () => ({ AWS_PROFILE: name }),
  wanted,
  differing,
];
const withoutEndpoint = (name: string, wanted: string): Row => [
  `the profile ${name}`,
  () => ({ AWS_PROFILE: name, AWS_ENDPOINT_URL: "" }),
  wanted,
];

const withDefault = () => ({ AWS_SHARED_CREDENTIALS_FILE: join(homeDir, "with-default") });
const webIdentity = () => ({
  AWS_WEB_IDENTITY_TOKEN_FILE: join(homeDir, "token"),
  AWS_ROLE_ARN: `arn:aws:iam::${DEV}:role/Ci`,
  AWS_ROLE_SESSION_NAME: "jo",
});

/** What differs is written beside its row. */
const ROWS: readonly Row[] = [
  profile("user", USER),
  profile("session", USER),
  profile("forged-session", "refused"),
  profile("session-without-token", "refused"),
  profile("unknown-key", "refused"),
  profile("half", "refused"),
  profile("other-half", "refused"),
  profile("signed-in", ADMIN),
  profile("older-form", ADMIN),
  profile("above-sso", assumed("Inner")),
  profile("unassigned", "refused"),
  profile("signed-out", "refused"),
  profile("run-out", "refused"),
  profile("no-such-session", "refused"),
  // The SDK overlooks that the profile contradicts its session, and goes by the session.
  profile("two-portals", "refused", { sdk: ADMIN }),
  profile("two-regions", "refused", { sdk: ADMIN }),
  profile("half-sso", "refused"),
  profile("logged-in", USER),
  profile("above-login", assumed("Open")),
  profile("logged-out", "refused"),
  withoutEndpoint("through-services", assumed("Open")),
  withoutEndpoint("through-endpoint", assumed("Open")),
  profile("pod", assumed("Ci")),
  profile("above-pod", assumed("Inner")),
  profile("pod-without-token", "refused"),
  profile("pod-without-role", "refused"),
  profile("by-session", assumed("Open")),
  profile("too-long", "refused"),
  profile("gives-session", USER),
  profile("gives-expired", "refused"),
  profile("gives-version-2", "refused"),
  profile("no-role-there", "refused"),
  profile("sesion", "refused"),
  ["keys in the environment", () => variables(keys), USER],
  ["a session in the environment", () => variables(session), USER],
  ["a session without its token in the environment", () => ({ ...variables(keys), AWS_SESSION_TOKEN: "x" }), "refused"],
  ["half a pair of keys in the environment", () => ({ AWS_ACCESS_KEY_ID: keys.accessKeyId }), "refused"],
  ["a web identity in the environment", webIdentity, assumed("Ci")],
  [
    "a web identity without a role in the environment",
    () => ({ AWS_WEB_IDENTITY_TOKEN_FILE: join(homeDir, "token") }),
    "refused",
  ],
  [
    "a container's role",
    () => {
      const served = sandbox.serveMetadata({ roleArn: `arn:aws:iam::${DEV}:role/Task`, to: "container" });
      return {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: served.uri,
        AWS_CONTAINER_AUTHORIZATION_TOKEN: served.authorizationToken ?? "",
      };
    },
    new RegExp(`^arn:aws:sts::${DEV}:assumed-role/Task/`),
  ],
  [
    "an instance's role",
    () => {
      const served = sandbox.serveMetadata({ roleArn: `arn:aws:iam::${DEV}:role/Machine`, to: "instance" });
      return { AWS_EC2_METADATA_SERVICE_ENDPOINT: served.uri, AWS_EC2_METADATA_DISABLED: "false" };
    },
    new RegExp(`^arn:aws:sts::${DEV}:assumed-role/Machine/i-`),
  ],
  ["nothing", () => ({}), "refused"],
  ["the default profile", withDefault, USER],
  ["a mistyped profile beside a default one", () => ({ ...withDefault(), AWS_PROFILE: "sesion" }), "refused"],
  // The SDK goes on to the default profile, which may be another account.
  [
    "half a pair of keys in the environment, beside a default profile",
    () => ({ ...withDefault(), AWS_ACCESS_KEY_ID: keys.accessKeyId }),
    "refused",
    { sdk: USER },
  ],
  // The SDK asks the default profile before the token.
  [
    "a web identity in the environment, beside a default profile",
    () => ({ ...withDefault(), ...webIdentity() }),
    assumed("Ci"),
    { sdk: USER },
  ],
  // Python's tools go by the keys, the SDK by the profile; so do we, and explain() warns of it.
  [
    "a profile that is named, and keys in the environment",
    () => ({ AWS_PROFILE: "signed-in", ...variables(keys) }),
    ADMIN,
    { boto3: USER, cli: USER },
  ],
];

const fits = (wanted: string | RegExp, answer: string): boolean =>
  typeof wanted === "string" ? answer === wanted : wanted.test(answer);

describe("who a machine makes of somebody", { timeout: 120_000 }, () => {
  let envs: readonly Record<string, string>[] = [];
  let theirs: readonly Answers[] = [];
  beforeAll(async () => {
    envs = ROWS.map(([, env]) => env());
    const rows = envs.map((env) => ({ env: { ...baseEnv(), ...env }, clients: ["boto3", "cli"] }));
    const [sdk, others] = await Promise.all([
      run(process.execPath, "./ask-rows.mjs", rows),
      hasPython || required ? run(python, "./ask-rows.py", rows) : [],
    ]);
    theirs = ROWS.map((_, n) => ({ sdk: String(sdk[n]), ...(others[n] as Answers | undefined) }));
  }, 240_000);

  test.each(ROWS.map((row, n) => [row[0], n, row] as const))(
    "is the same to us, the SDK, boto3 and the AWS CLI by %s",
    async (_, n, [, , wanted, differing = {}]) => {
      const answers: Answers = { us: await byUs(envs[n] ?? {}, `tool-${n}`), ...theirs[n] };
      const shown = Object.entries(answers).map(([client, answer]) => [
        client,
        fits(differing[client] ?? wanted, answer) ? "as wanted" : answer,
      ]);
      expect(Object.fromEntries(shown)).toEqual(Object.fromEntries(shown.map(([client]) => [client, "as wanted"])));
    },
  );

  test("is the same to all of them by a profile with an MFA device, with a code each", async () => {
    const ask = async (script: string, command: string, clients: readonly string[]) => {
      // A code is good once: each has one of its own half minute.
      sandbox.advanceClock(30_000);
      const env = { ...baseEnv(), AWS_PROFILE: "guarded", TEST_MFA_CODE: sandbox.mfaCode(DEVICE) };
      const [answer] = await run(command, script, [{ env, clients }]);
      return typeof answer === "string" ? answer : (answer as Answers)[clients[0] ?? ""];
    };
    const before = sandbox.calls().length;
    expect(await byUs({ AWS_PROFILE: "guarded" }, "guarded")).toBe(assumed("Guarded"));
    expect(await ask("./ask-rows.mjs", process.execPath, [])).toBe(assumed("Guarded"));
    if (!hasPython && !required) return;
    expect(await ask("./ask-rows.py", python, ["boto3"])).toBe(assumed("Guarded"));
    expect(await ask("./ask-rows.py", python, ["cli"])).toBe(assumed("Guarded"));
    const withCode = sandbox
      .calls()
      .slice(before)
      .filter(({ action }) => action === "AssumeRole" || action === "GetSessionToken");
    expect(withCode.map(({ action }) => action).toSorted()).toEqual([
      "AssumeRole",
      "AssumeRole",
      "AssumeRole",
      "AssumeRole",
      "GetSessionToken",
    ]);
  });
});
