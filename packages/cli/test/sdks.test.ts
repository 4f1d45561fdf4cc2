// The tools that people really have, after each of the four ways: keys in the environment, a profile that runs our
// program, a profile that asks the agent, and what `auth` wrote.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DEV, PROGRAM, runProgram, startShellWorld, writeAws, type ShellWorld } from "./shell-world.js";

const python = process.env["DAYPASS_PYTHON"] ?? "python3";
const required = new Set((process.env["DAYPASS_REQUIRE"] ?? "").split(","));
const GO_FOLDER = fileURLToPath(new URL("sdk-for-go", import.meta.url));

const runs = (program: string, ...args: readonly string[]): boolean => spawnSync(program, args).status === 0;
const hasBoto3 = required.has("python") || runs(python, "-c", "import boto3");
/** Beside the Python that was named, and Debian's. */
const clients = [join(dirname(python), "aws"), "/usr/bin/aws"].filter((path) => existsSync(path));
const hasAws = required.has("aws") || clients.some((aws) => runs(aws, "--version"));
/** Its modules are looked for on this machine only: `go mod download` in that folder fetches them. */
const goEnv = { ...process.env, GOPROXY: "off", GOFLAGS: "-mod=readonly" };
const hasGo =
  required.has("go") || spawnSync("go", ["list", "-deps", "."], { cwd: GO_FOLDER, env: goEnv }).status === 0;

let world: ShellWorld;
let goProgram: string;
const ways: { readonly name: string; env: Readonly<Record<string, string>> }[] = [
  { name: "keys in the environment", env: {} },
  { name: "a profile that runs credential-process", env: {} },
  { name: "a profile of the agent", env: {} },
  { name: "[default] as auth wrote it", env: {} },
];

beforeAll(async () => {
  world = await startShellWorld();
  const agent = { DAYPASS_AGENT: "on" };
  await writeAws(
    world,
    "config",
    `[profile by-process]\nregion = eu-west-1\ncredential_process = ${process.execPath} ${PROGRAM} credential-process dev/OPEN\n`,
  );
  const keys = JSON.parse((await world.run(["env", "--format", "json", "dev/OPEN"])).stdout) as Record<string, string>;
  await world.run(["shell-env", "--shell", "bash", "--agent", "--", "dev/OPEN"], agent);
  const way = (index: number, env: Readonly<Record<string, string>>) =>
    Object.assign(ways[index] ?? {}, { env: { ...world.env, ...env } });
  way(0, keys);
  way(1, { AWS_PROFILE: "by-process" });
  way(2, { AWS_PROFILE: "daypass-dev/OPEN", ...agent });
  const written = await world.run(["auth", "dev/OPEN"], agent);
  if (written.code !== 0) throw new Error(written.stderr);
  way(3, {});
  goProgram = join(world.homeDir, "whoami");
  if (hasGo) execFileSync("go", ["build", "-o", goProgram, "."], { cwd: GO_FOLDER, env: goEnv });
}, 240_000);
afterAll(() => world.close());

const ROLE = new RegExp(`^arn:aws:sts::${DEV}:assumed-role/OPEN/`);

const JS = `import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
process.stdout.write((await new STSClient({}).send(new GetCallerIdentityCommand({}))).Arn);`;
const PYTHON = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'], end='')";

describe.each(ways)("$name", (way) => {
  const arnBy = async (command: readonly [string, ...string[]]) => {
    const { stdout, stderr, code } = await runProgram([...command], {
      ...way.env,
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    });
    return code === 0 ? stdout.trim() : `${code}: ${stderr}`;
  };

  test("works with the SDK for JavaScript v3", async () => {
    const command = [process.execPath, "--input-type=module", "-e", JS] as const;
    expect(await arnBy([...command])).toMatch(ROLE);
  });

  test.skipIf(!hasBoto3)("works with boto3", async () => {
    expect(await arnBy([python, "-c", PYTHON])).toMatch(ROLE);
  });

  test.skipIf(!hasAws)("works with the AWS CLI, version 1 and Debian's version 2", async () => {
    for (const aws of clients) {
      // Version 2.9 does not know AWS_ENDPOINT_URL yet.
      const at = ["--endpoint-url", way.env["AWS_ENDPOINT_URL"] ?? "http://127.0.0.1:1"] as const;
      const command = [aws, ...at, "sts", "get-caller-identity", "--query", "Arn", "--output", "text"] as const;
      expect([aws, await arnBy([...command])]).toEqual([aws, expect.stringMatching(ROLE)]);
    }
  });

  test.skipIf(!hasGo)("works with the SDK for Go v2", async () => {
    expect(await arnBy([goProgram])).toMatch(ROLE);
  });
});

test("all of them together cost the agent one call, and the program itself one more", () => {
  expect(world.count("AssumeRole")).toBe(2);
});
