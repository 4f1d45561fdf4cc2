// The whole way: a person types one code, and every SDK on the machine works through the script, against an AWS that can
// say no.
import { execFile, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { fromIni } from "@aws-sdk/credential-providers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderAskScript } from "@daypass/agent";
import { startSandbox, type Sandbox } from "@daypass/sandbox/testing";
import { exchange, personWho, startWorld, type World, withoutSettings } from "./agent-world.js";

const run = promisify(execFile);
const python = process.env["DAYPASS_PYTHON"] ?? "python3";
const required = (process.env["DAYPASS_REQUIRE"] ?? "").split(",").includes("python");
const hasPython = spawnSync(python, ["-c", "import boto3"]).status === 0;
const cli = join(dirname(python), "aws");
if (!hasPython && !required) process.stderr.write("skipped: boto3 and the AWS CLI by the agent: not installed\n");
/** The script's own programs: one of them is enough. */
const isAsking = ["nc", "curl"].some((program) => spawnSync(program, ["-h"], { stdio: "ignore" }).error === undefined);
if (!isAsking) process.stderr.write("skipped: SDKs by the agent's script: neither nc nor curl is installed\n");

/** RFC 6238's own, so that codes can be made from it. */
const SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
const HUB = "111111111111";
const DEVICE = `arn:aws:iam::${HUB}:mfa/phone`;
const ROLE = "arn:aws:iam::222222222222:role/Admin";
const WHO = "arn:aws:sts::222222222222:assumed-role/Admin/jo";

let sandbox: Sandbox;
let world: World;
let folder = "";
const person = personWho(async () => sandbox.mfaCode(DEVICE));

beforeAll(async () => {
  const policies = {
    all: { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }] },
  };
  const trustPolicy = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${HUB}:root` },
        Action: "sts:AssumeRole",
        Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } },
      },
    ],
  };
  sandbox = await startSandbox({
    world: {
      accounts: [
        { id: HUB, users: [{ name: "jo", policies, mfaDevices: [{ name: "phone", secret: SEED }] }] },
        { id: "222222222222", roles: [{ name: "Admin", trustPolicy, policies }] },
      ],
    },
  });
  const { accessKeyId, secretAccessKey } = sandbox.issueKey(HUB, "jo");
  world = await startWorld({
    now: Date.now,
    answer: async (_request, prompt) => {
      const client = new STSClient({
        region: "eu-west-1",
        endpoint: sandbox.endpoint,
        credentials: { accessKeyId, secretAccessKey },
      });
      const TokenCode = await prompt.ask({ kind: "mfa_code", message: "code of jo's phone" });
      const { Credentials: given } = await client.send(
        new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: "jo", SerialNumber: DEVICE, TokenCode }),
      );
      return {
        credentials: {
          accessKeyId: given?.AccessKeyId ?? "",
          secretAccessKey: given?.SecretAccessKey ?? "",
          sessionToken: given?.SessionToken ?? "",
          expiration: given?.Expiration ?? new Date(0),
        },
      };
    },
  });
  folder = mkdtempSync(join(tmpdir(), "trip-"));
  const script = join(folder, "ask");
  const paths = { folder: world.directory, socket: world.socket };
  writeFileSync(script, renderAskScript({ paths, fallback: ["/bin/false"], mayAsk: false }));
  chmodSync(script, 0o755);
  mkdirSync(join(folder, ".aws"));
  writeFileSync(
    join(folder, ".aws", "config"),
    `[profile dp]\nregion = eu-west-1\nendpoint_url = ${sandbox.endpoint}\ncredential_process = ${script} prod/admin\n`,
  );
  await world.client(person).credentials({ identity: "prod/admin" });
});
afterAll(async () => {
  await world.close();
  await sandbox.stop();
  rmSync(folder, { recursive: true, force: true });
});

const environment = () => ({
  PATH: process.env["PATH"] ?? "",
  HOME: folder,
  AWS_PROFILE: "dp",
  AWS_EC2_METADATA_DISABLED: "true",
});

test.skipIf(!isAsking)("the AWS SDK for JavaScript", async () => {
  withoutSettings();
  const credentials = fromIni({
    profile: "dp",
    configFilepath: join(folder, ".aws", "config"),
    filepath: join(folder, ".aws", "credentials"),
  });
  const client = new STSClient({ region: "eu-west-1", endpoint: sandbox.endpoint, credentials });
  expect((await client.send(new GetCallerIdentityCommand({}))).Arn).toBe(WHO);
});

test.skipIf(!hasPython && !required)("boto3", async () => {
  const program = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])";
  expect((await run(python, ["-c", program], { env: environment() })).stdout).toBe(`${WHO}\n`);
});

test.skipIf(!existsSync(cli) && !required)("the AWS CLI", async () => {
  const asked = run(cli, ["sts", "get-caller-identity", "--query", "Arn", "--output", "text"], { env: environment() });
  expect((await asked).stdout).toBe(`${WHO}\n`);
});

test("all of them cost the person one code, and AWS one call", async () => {
  await exchange(world.socket, "credential-process prod/admin\n");
  expect(person.questions).toHaveLength(1);
  expect(world.asked).toHaveLength(1);
});
