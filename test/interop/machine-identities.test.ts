// What a machine has in the place of keys: a web identity token, an instance's metadata, a container's endpoint. The AWS SDK
// for JavaScript, boto3 and the AWS CLI find each of them by themselves and turn out to be the same role.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import {
  fromContainerMetadata,
  fromHttp,
  fromIni,
  fromInstanceMetadata,
  fromTokenFile,
  fromWebToken,
} from "@aws-sdk/credential-providers";
import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { findPython } from "../../conformance/drive-python.mjs";

const found = findPython();
const required = (process.env["DAYPASS_REQUIRE"] ?? "").split(",").includes("python");
if (found.missing !== undefined && !required) {
  process.stderr.write(`skipped: boto3 and the AWS CLI as machines: ${found.missing}, see CONTRIBUTING.md\n`);
}

const ACCOUNT = "222222222222";
const GITHUB = "https://token.actions.githubusercontent.com";
const PROVIDER = `arn:aws:iam::${ACCOUNT}:oidc-provider/token.actions.githubusercontent.com`;
const roleArn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const trust = (principal: object, action: string, condition: object = {}) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: principal, Action: action, Condition: condition }],
});

let sandbox: Sandbox;
let folder: string;
let tokenFile: string;
let wrongTokenFile: string;
let config: string;

beforeAll(async () => {
  sandbox = await startSandbox({
    world: {
      accounts: [
        {
          id: ACCOUNT,
          oidcProviders: [{ url: GITHUB, clientIds: ["sts.amazonaws.com"] }],
          roles: [
            {
              name: "ci",
              trustPolicy: trust({ Federated: PROVIDER }, "sts:AssumeRoleWithWebIdentity", {
                StringLike: { "token.actions.githubusercontent.com:sub": "repo:octo/app:*" },
              }),
            },
            { name: "web", trustPolicy: trust({ Service: "ec2.amazonaws.com" }, "sts:AssumeRole") },
            { name: "task", trustPolicy: trust({ Service: "ecs-tasks.amazonaws.com" }, "sts:AssumeRole") },
          ],
        },
      ],
    },
  });
  folder = mkdtempSync(join(tmpdir(), "daypass-machines-"));
  const token = (subject: string) =>
    sandbox.issueWebIdentityToken({ issuer: GITHUB, subject, audience: "sts.amazonaws.com" });
  tokenFile = join(folder, "token");
  wrongTokenFile = join(folder, "wrong-token");
  config = join(folder, "config");
  writeFileSync(tokenFile, token("repo:octo/app:ref:refs/heads/main"));
  writeFileSync(wrongTokenFile, token("repo:evil/app:ref:refs/heads/main"));
  const profile = `role_arn = ${roleArn("ci")}\nweb_identity_token_file = ${tokenFile}\nrole_session_name = profiled\n`;
  writeFileSync(config, `[profile ci]\nregion = us-east-1\n${profile}`);
});
afterEach(() => vi.unstubAllEnvs());
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await sandbox.stop();
});

type Environment = Readonly<Record<string, string>>;

const BOTO3 = `import boto3; print(boto3.client("sts", region_name="us-east-1").get_caller_identity()["Arn"])`;
const CLI = `import sys; from awscli.clidriver import create_clidriver; sys.exit(create_clidriver().main(["sts", "get-caller-identity", "--query", "Arn", "--output", "text", "--region", "us-east-1"]))`;

/** Runs a Python client with nothing but this environment; returns what it printed, or the code of its refusal. */
async function python(program: string, environment: Environment): Promise<string> {
  if (found.missing !== undefined) throw new Error(found.missing);
  const env = {
    PATH: process.env["PATH"] ?? "",
    // The CLI's cache of roles does not know which token a session was given for: each run has its own.
    HOME: mkdtempSync(join(folder, "home-")),
    AWS_CONFIG_FILE: config,
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_ENDPOINT_URL: sandbox.endpoint,
    AWS_MAX_ATTEMPTS: "1",
    AWS_PAGER: "",
    NO_PROXY: "*",
    ...environment,
  };
  const child = spawn(found.python, ["-c", program], { env, stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return stdout.trim() === "" ? (/\((\w+)\) when calling/.exec(stderr)?.[1] ?? stderr) : stdout.trim();
}

/** The SDK's own providers, each where it belongs, asked who they are. */
async function sdk(environment: Environment, source: string): Promise<string> {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  vi.stubEnv("AWS_ENDPOINT_URL", sandbox.endpoint);
  vi.stubEnv("AWS_REGION", "us-east-1");
  const region = "us-east-1";
  const providers: Readonly<Record<string, () => ReturnType<typeof fromTokenFile>>> = {
    token: () => fromTokenFile({ clientConfig: { region } }),
    profile: () => fromIni({ profile: "ci", configFilepath: config, clientConfig: { region } }),
    instance: () => fromInstanceMetadata({ maxRetries: 0, timeout: 60_000 }),
    container: () => fromContainerMetadata({ maxRetries: 0, timeout: 60_000 }),
  };
  try {
    const credentials = await providers[source]?.()();
    if (credentials === undefined) throw new Error(`no provider for ${source}`);
    const client = new STSClient({ endpoint: sandbox.endpoint, region, credentials });
    return (await client.send(new GetCallerIdentityCommand({}))).Arn ?? "";
  } catch (error) {
    const { Code, name } = error as { readonly Code?: string; readonly name: string };
    return Code ?? name;
  }
}

const clients: readonly [string, (environment: Environment, source: string) => Promise<string>, boolean][] = [
  ["the AWS SDK for JavaScript", sdk, false],
  ["boto3", (environment) => python(BOTO3, environment), found.missing !== undefined],
  ["the AWS CLI", (environment) => python(CLI, environment), found.missing !== undefined],
];
const arnOf = (role: string, session: string) => `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${session}`;

test("the Python clients are there when DAYPASS_REQUIRE asks for them", () => {
  expect(required ? (found.missing ?? "present") : "present").toBe("present");
});

describe.each(clients)("%s", (_, ask, missing) => {
  const web = (file: string) => ({
    AWS_ROLE_ARN: roleArn("ci"),
    AWS_WEB_IDENTITY_TOKEN_FILE: file,
    AWS_ROLE_SESSION_NAME: "job",
  });

  test.skipIf(missing)("is the CI role by the token in its environment", async () => {
    expect(await ask(web(tokenFile), "token")).toBe(arnOf("ci", "job"));
  });

  test.skipIf(missing)("is refused with the token of another repository", async () => {
    expect(await ask(web(wrongTokenFile), "token")).toBe("AccessDenied");
  });

  test.skipIf(missing)("is the CI role by the token that its profile names", async () => {
    expect(await ask({ AWS_PROFILE: "ci" }, "profile")).toBe(arnOf("ci", "profiled"));
  });

  test.skipIf(missing)("is the instance's role by its metadata", async () => {
    const served = sandbox.serveMetadata({ roleArn: roleArn("web"), to: "instance" });
    const answer = await ask(
      // botocore gives it one second.
      { AWS_EC2_METADATA_SERVICE_ENDPOINT: served.uri, AWS_METADATA_SERVICE_TIMEOUT: "60" },
      "instance",
    );
    served.stop();
    expect(answer).toBe(arnOf("web", served.id));
  });

  test.skipIf(missing)("is the task's role by its container's endpoint", async () => {
    const served = sandbox.serveMetadata({ roleArn: roleArn("task"), to: "container" });
    const environment = {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: served.uri,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: served.authorizationToken ?? "",
    };
    const answer = await ask(environment, "container");
    served.stop();
    expect(answer).toBe(arnOf("task", served.id));
  });
});

test("the SDK takes a token and a container's address from the program as well", async () => {
  vi.stubEnv("AWS_ENDPOINT_URL", sandbox.endpoint);
  const webIdentityToken = sandbox.issueWebIdentityToken({
    issuer: GITHUB,
    subject: "repo:octo/app:environment:prod",
    audience: "sts.amazonaws.com",
  });
  const clientConfig = { region: "us-east-1" };
  const byToken = await fromWebToken({ roleArn: roleArn("ci"), webIdentityToken, clientConfig })();
  expect(byToken.sessionToken).toBeTypeOf("string");
  const { uri, authorizationToken, stop } = sandbox.serveMetadata({ roleArn: roleArn("task"), to: "container" });
  const byAddress = await fromHttp({
    awsContainerCredentialsFullUri: uri,
    awsContainerAuthorizationToken: authorizationToken ?? "",
  })();
  stop();
  expect(byAddress.expiration?.getTime()).toBeGreaterThan(Date.now());
});
