// Each kind of profile, asked by us, by the AWS SDK, by boto3 and by the AWS CLI: the same identity or the same refusal.
import { execFile, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { GetCallerIdentityCommand, STSClient, type STSClientConfig } from "@aws-sdk/client-sts";
import { fromIni } from "@aws-sdk/credential-providers";
import { startSandbox, type Sandbox, type WorldFile } from "@daypass/sandbox/testing";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { readProfiles } from "../dist/profiles/read-profiles.js";
import { createSessionKeeper } from "../dist/sessions/keep-sessions.js";
import { createProfileSource } from "../dist/sources/profile-source.js";
import type { SourceContext } from "../dist/types.js";
import { createFakePrompt, createMemoryCache, createMemoryLocks, createMemorySecrets, policy } from "./hub-world.js";
import { rejectionOf } from "./profile-files.js";

const run = promisify(execFile);
const python = process.env["DAYPASS_PYTHON"] ?? "python3";
const required = (process.env["DAYPASS_REQUIRE"] ?? "").split(",").includes("python");
const hasPython = spawnSync(python, ["-c", "import boto3, awscli"]).status === 0;
if (!hasPython && !required)
  process.stderr.write("skipped: profiles by boto3 and the AWS CLI: they are not installed\n");

const HUB = "111111111111";
const DEV = "222222222222";
const SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const DEVICE = `arn:aws:iam::${HUB}:mfa/phone`;
const everything = { all: policy({ Effect: "Allow", Action: "*", Resource: "*" }) };
const trust = (principal: string, condition?: object) =>
  policy({
    Effect: "Allow",
    Principal: { AWS: principal },
    Action: "sts:AssumeRole",
    ...(condition && { Condition: condition }),
  });
const trustService = (Service: string) => policy({ Effect: "Allow", Principal: { Service }, Action: "sts:AssumeRole" });
const ISSUER = "https://token.actions.githubusercontent.com";
const HUB_ROOT = `arn:aws:iam::${HUB}:root`;
const world: WorldFile = {
  accounts: [
    { id: HUB, users: [{ name: "jo", policies: everything, mfaDevices: [{ name: "phone", secret: SEED }] }] },
    {
      id: DEV,
      oidcProviders: [{ url: ISSUER, clientIds: ["sts.amazonaws.com"] }],
      roles: [
        { name: "Task", trustPolicy: trustService("ecs-tasks.amazonaws.com"), policies: everything },
        { name: "Machine", trustPolicy: trustService("ec2.amazonaws.com"), policies: everything },
        {
          name: "Ci",
          trustPolicy: policy({
            Effect: "Allow",
            Principal: { Federated: `arn:aws:iam::${DEV}:oidc-provider/token.actions.githubusercontent.com` },
            Action: "sts:AssumeRoleWithWebIdentity",
            Condition: { StringEquals: { "token.actions.githubusercontent.com:sub": "repo:octo/app" } },
          }),
        },
        { name: "Open", trustPolicy: trust(HUB_ROOT), policies: everything, maxSessionDuration: 7_200 },
        {
          name: "WithId",
          trustPolicy: trust(HUB_ROOT, { StringEquals: { "sts:ExternalId": "an-id" } }),
          policies: everything,
        },
        { name: "Inner", path: "/a/b/", trustPolicy: trust(`arn:aws:iam::${DEV}:root`), policies: everything },
        {
          name: "Guarded",
          trustPolicy: trust(HUB_ROOT, { Bool: { "aws:MultiFactorAuthPresent": "true" } }),
          policies: everything,
        },
      ],
    },
  ],
};

let sandbox: Sandbox;
let homeDir = "";
let env: Record<string, string> = {};
const now = () => Date.now();
const prompt = createFakePrompt(() => sandbox.mfaCode(DEVICE));
const createContext = (): SourceContext => {
  const locks = createMemoryLocks();
  const cache = createMemoryCache();
  const keeper = createSessionKeeper({ cache, locks, record: async () => undefined, prompt, now, jitter: () => 0.5 });
  return { keeper, locks, secrets: createMemorySecrets(), prompt, now };
};

const role = (name: string, path = ""): string =>
  `role_arn = arn:aws:iam::${DEV}:role/${path}${name}\nrole_session_name = jo\n`;
const configOf = (): string => `
[profile keys]
region = eu-west-1
[profile open]
${role("Open")}source_profile = keys
duration_seconds = 7200
[profile chain]
${role("Inner", "a/b/")}source_profile = open
[profile id]
${role("WithId")}source_profile = keys
external_id = an-id
[profile wrong-id]
${role("WithId")}source_profile = keys
external_id = an-iD
[profile own]
${role("Open")}source_profile = own
[profile environment]
${role("Open")}credential_source = Environment
[profile process]
credential_process = "${process.execPath}" '${join(homeDir, "give keys.mjs")}' --user jo
[profile by-process]
${role("Open")}source_profile = process
[profile failing]
credential_process = "${process.execPath}" -e "process.exit(3)"
[profile absent]
${role("Absent")}source_profile = keys
[profile circle]
${role("Open")}source_profile = elcric
[profile elcric]
${role("Open")}source_profile = circle
[profile lost]
${role("Open")}source_profile = nowhere
[profile both]
${role("Open")}source_profile = keys
credential_source = Environment
[profile unknown-place]
${role("Open")}credential_source = Somewhere
[profile nothing]
region = eu-west-1
[profile pod]
role_arn = arn:aws:iam::${DEV}:role/Ci
role_session_name = jo
web_identity_token_file = ${join(homeDir, "token")}
[profile by-container]
${role("Inner", "a/b/")}credential_source = EcsContainer
[profile by-instance]
${role("Inner", "a/b/")}credential_source = Ec2InstanceMetadata
[profile guarded]
${role("Guarded")}source_profile = keys
mfa_serial = ${DEVICE}
`;

beforeAll(async () => {
  sandbox = await startSandbox({ world });
  homeDir = mkdtempSync(join(tmpdir(), "daypass-home-"));
  const { accessKeyId, secretAccessKey } = sandbox.issueKey(HUB, "jo");
  const keys = `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
  const given = { Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey };
  writeFileSync(join(homeDir, "give keys.mjs"), `console.log(${JSON.stringify(JSON.stringify(given))})`);
  writeFileSync(join(homeDir, "config"), configOf());
  writeFileSync(join(homeDir, "credentials"), `[keys]\n${keys}[own]\n${keys}`, { mode: 0o600 });
  env = {
    PATH: process.env["PATH"] ?? "",
    HOME: homeDir,
    AWS_CONFIG_FILE: join(homeDir, "config"),
    AWS_SHARED_CREDENTIALS_FILE: join(homeDir, "credentials"),
    AWS_ENDPOINT_URL: sandbox.endpoint,
    AWS_REGION: "eu-west-1",
    AWS_DEFAULT_REGION: "eu-west-1",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
  // The SDK's own providers read the process's environment.
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_EC2_METADATA_DISABLED"])
    process.env[name] = env[name];
});
afterAll(async () => {
  for (const name of ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_EC2_METADATA_DISABLED"])
    delete process.env[name];
  rmSync(homeDir, { recursive: true, force: true });
  await sandbox.stop();
});

const sourceOf = async (name: string, context = createContext(), more: Record<string, string> = {}) =>
  createProfileSource(context, {
    profiles: await readProfiles({ env, homeDir }),
    name,
    env: { ...env, ...more },
    homeDir,
    roleSessionName: "daypass-jo",
    ssoTokensFor: () => expect.fail("nobody signs in here"),
    mfaFor: (serial) => ({ serial, code: async () => sandbox.mfaCode(serial) }),
  });

const askWho = async (credentials: NonNullable<STSClientConfig["credentials"]>): Promise<string> => {
  const client = new STSClient({ region: "eu-west-1", endpoint: sandbox.endpoint, credentials });
  const { Arn = "" } = await client.send(new GetCallerIdentityCommand({}));
  client.destroy();
  return Arn;
};
const byUs = async (name: string): Promise<string> => askWho(await (await sourceOf(name)).get());
const bySdk = async (name: string): Promise<string> =>
  askWho(
    fromIni({
      profile: name,
      filepath: env["AWS_SHARED_CREDENTIALS_FILE"] ?? "",
      configFilepath: env["AWS_CONFIG_FILE"] ?? "",
      ignoreCache: true,
      clientConfig: { region: "eu-west-1", endpoint: sandbox.endpoint },
      mfaCodeProvider: async (serial) => sandbox.mfaCode(serial),
    }),
  );
const byPython = async (names: readonly string[], own: Record<string, string>) => {
  const { AWS_ACCESS_KEY_ID: _, AWS_SECRET_ACCESS_KEY: __, ...rest } = env;
  const script = fileURLToPath(new URL("./ask-by-python.py", import.meta.url));
  const { stdout } = await run(python, [script, ...names], { env: { ...rest, ...own } });
  return JSON.parse(stdout) as Record<string, { boto3: string; cli: string }>;
};
const orRefused = async (work: Promise<string>): Promise<string> => work.catch(() => "refused");

const session = (name: string): string => `arn:aws:sts::${DEV}:assumed-role/${name}/jo`;
const USER = `arn:aws:iam::${HUB}:user/jo`;
const CASES: readonly (readonly [name: string, who: string])[] = [
  ["keys", USER],
  ["open", session("Open")],
  ["chain", session("Inner")],
  ["id", session("WithId")],
  ["own", session("Open")],
  ["environment", session("Open")],
  ["process", USER],
  ["by-process", session("Open")],
  ["wrong-id", "refused"],
  ["failing", "refused"],
  ["absent", "refused"],
  ["circle", "refused"],
  ["lost", "refused"],
  ["both", "refused"],
  ["unknown-place", "refused"],
  ["nothing", "refused"],
  ["kesy", "refused"],
];

describe("a profile against the sandbox", () => {
  test.each(CASES)("%s is the same to us and to the SDK: %s", async (name, who) => {
    expect({ us: await orRefused(byUs(name)), sdk: await orRefused(bySdk(name)) }).toEqual({ us: who, sdk: who });
  });

  test.skipIf(!hasPython && !required)("is the same to boto3 and the AWS CLI", async () => {
    // botocore lets the environment's keys through a profile that says nothing; without them it refuses as we do.
    const { AWS_ACCESS_KEY_ID: id = "", AWS_SECRET_ACCESS_KEY: secret = "" } = env;
    const names = CASES.map(([name]) => name);
    const [plain, withKeys] = await Promise.all([
      byPython(
        names.filter((name) => name !== "environment"),
        {},
      ),
      byPython(["environment"], { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret }),
    ]);
    expect({ ...plain, ...withKeys }).toEqual(
      Object.fromEntries(CASES.map(([name, who]) => [name, { boto3: who, cli: who }])),
    );
  });

  test.each([
    [
      "pod",
      "Ci",
      () => {
        const order = { issuer: ISSUER, subject: "repo:octo/app", audience: "sts.amazonaws.com" };
        writeFileSync(join(homeDir, "token"), sandbox.issueWebIdentityToken(order));
        // Of its clientConfig the SDK's fromIni tells this step nothing.
        return { AWS_ENDPOINT_URL: sandbox.endpoint };
      },
    ],
    [
      "by-container",
      "Inner",
      () => {
        const served = sandbox.serveMetadata({ roleArn: `arn:aws:iam::${DEV}:role/Task`, to: "container" });
        return {
          AWS_CONTAINER_CREDENTIALS_FULL_URI: served.uri,
          AWS_CONTAINER_AUTHORIZATION_TOKEN: served.authorizationToken ?? "",
        };
      },
    ],
    [
      "by-instance",
      "Inner",
      () => {
        const served = sandbox.serveMetadata({ roleArn: `arn:aws:iam::${DEV}:role/Machine`, to: "instance" });
        return {
          AWS_EC2_METADATA_SERVICE_ENDPOINT: served.uri,
          AWS_EC2_METADATA_DISABLED: "false",
          // botocore gives it one second.
          AWS_METADATA_SERVICE_TIMEOUT: "60",
        };
      },
    ],
  ])("%s is the same to us, the SDK, boto3 and the AWS CLI", async (name, roleName, prepare) => {
    const own: Record<string, string> = prepare();
    for (const [variable, value] of Object.entries(own)) vi.stubEnv(variable, value);
    const us = await askWho(await (await sourceOf(name, createContext(), own)).get());
    const theirs = hasPython || required ? (await byPython([name], own))[name] : {};
    const all = { us, sdk: await bySdk(name), ...theirs };
    vi.unstubAllEnvs();
    expect([...new Set(Object.values(all))]).toEqual([session(roleName)]);
  });

  test("with an MFA device is the same to us and to the SDK, with one code each", async () => {
    expect(await byUs("guarded")).toBe(session("Guarded"));
    sandbox.advanceClock(30_000);
    expect(await bySdk("guarded")).toBe(session("Guarded"));
    sandbox.advanceClock(-30_000);
  });

  test("says in words how it goes, without secrets", async () => {
    const { description } = await sourceOf("chain");
    expect(description).toBe(
      `profile chain: role arn:aws:iam::${DEV}:role/a/b/Inner by profile open: role arn:aws:iam::${DEV}:role/Open by profile keys: keys in the credentials file`,
    );
  });

  test("is named in what AWS refuses, without the external ID", async () => {
    const words = await rejectionOf(byUs("wrong-id"));
    expect(words).toMatch(/^access_denied: .*role\/WithId/);
    expect(words).not.toContain("an-iD");
  });
});

describe("an edited profile", () => {
  const askCount = () => sandbox.calls().filter(({ action }) => action === "AssumeRole").length;
  const edit = (text: (config: string) => string) => writeFileSync(env["AWS_CONFIG_FILE"] ?? "", text(configOf()));

  test("is never answered with what was kept for the old one", async () => {
    const context = createContext();
    await (await sourceOf("chain", context)).get();
    const before = askCount();
    await (await sourceOf("chain", context)).get();
    expect(askCount()).toBe(before);
    // Another source below it, and the same role above.
    edit((config) =>
      config
        .replace("source_profile = open", "source_profile = by-process")
        .replace("[profile process]", "[profile process]\nregion = eu-west-1"),
    );
    await (await sourceOf("chain", context)).get();
    expect(askCount()).toBeGreaterThan(before);
  });

  test.each([
    ["duration", "open", "duration_seconds = 7200", "duration_seconds = 3600"],
    ["session name", "open", "role_session_name = jo", "role_session_name = jack"],
    ["external ID", "id", "external_id = an-id", "external_id = other-id"],
  ])("asks anew for another %s", async (_, name, from, to) => {
    const context = createContext();
    edit((config) => config);
    await (await sourceOf(name, context)).get();
    const before = askCount();
    edit((config) => config.replaceAll(from, to));
    await (await sourceOf(name, context)).get().catch(() => undefined);
    expect(askCount()).toBe(before + 1);
    edit((config) => config);
  });
});
