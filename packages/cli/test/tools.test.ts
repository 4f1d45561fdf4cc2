// The tools that put stacks into accounts, after each of the three ways: keys in the environment, a profile that runs
// our program, and a profile that asks the agent. What they say is not asked: the sandbox knows who called.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { CloudFormationClient, CreateStackCommand } from "@aws-sdk/client-cloudformation";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DEV, PROGRAM, runProgram, startShellWorld, writeAws, type ShellWorld } from "./shell-world.js";

const REGION = "eu-west-1";
const required = new Set((process.env["DAYPASS_REQUIRE"] ?? "").split(","));

/** They are started with nothing of this machine but PATH. */
const found = (program: string): boolean => spawnSync(program, ["--version"], { stdio: "ignore" }).status === 0;
const cdk = process.env["DAYPASS_CDK"] ?? "cdk";
const sam = process.env["DAYPASS_SAM"] ?? "sam";
const terraform = process.env["DAYPASS_TERRAFORM"] ?? "terraform";

/**
 * Terraform's provider comes from a folder of this machine, never from a registry.
 * https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
 */
const plugins = [
  process.env["DAYPASS_TERRAFORM_PLUGINS"] ?? "",
  join(homedir(), ".terraform.d/plugins"),
  "/usr/local/share/terraform/plugins",
  "/usr/share/terraform/plugins",
].find((folder) => folder !== "" && existsSync(join(folder, "registry.terraform.io/hashicorp/aws")));

const missing: Readonly<Record<string, string | undefined>> = {
  cdk: found(cdk) ? undefined : "not installed (npm install aws-cdk, then DAYPASS_CDK)",
  sam: found(sam) ? undefined : "not installed (pip install aws-sam-cli, then DAYPASS_SAM)",
  terraform: !found(terraform)
    ? "not installed"
    : plugins === undefined
      ? "no folder with the AWS provider (terraform providers mirror, then DAYPASS_TERRAFORM_PLUGINS)"
      : undefined,
};
for (const [tool, why] of Object.entries(missing)) {
  if (why !== undefined && !required.has(tool)) process.stderr.write(`skipped: ${tool} with our credentials: ${why}\n`);
}
const skips = (tool: string): boolean => missing[tool] !== undefined;

test("each of the tools is there when DAYPASS_REQUIRE asks for it", () => {
  expect(Object.entries(missing).filter(([tool, why]) => required.has(tool) && why !== undefined)).toEqual([]);
});

let world: ShellWorld;
const ways: { readonly name: string; readonly slug: string; env: Readonly<Record<string, string>> }[] = [
  { name: "keys in the environment", slug: "keys", env: {} },
  { name: "a profile that runs credential-process", slug: "process", env: {} },
  { name: "a profile of the agent", slug: "agent", env: {} },
];

/** A stack that costs nothing and is made at once. */
const TEMPLATE = JSON.stringify({
  Resources: { Handle: { Type: "AWS::CloudFormation::WaitConditionHandle" } },
  Outputs: { Account: { Value: { Ref: "AWS::AccountId" } } },
});

const MAIN_TF = `terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
data "aws_caller_identity" "me" {}
output "arn" { value = data.aws_caller_identity.me.arn }
`;

beforeAll(async () => {
  world = await startShellWorld();
  const agent = { DAYPASS_AGENT: "on" };
  await writeAws(
    world,
    "config",
    `[profile by-process]\nregion = ${REGION}\ncredential_process = ${process.execPath} ${PROGRAM} credential-process dev/OPEN\n`,
  );
  const keys = JSON.parse((await world.run(["env", "--format", "json", "dev/OPEN"])).stdout) as Record<string, string>;
  await world.run(["shell-env", "--shell", "bash", "--agent", "--", "dev/OPEN"], agent);
  const dead = "http://127.0.0.1:1";
  const here = {
    ...world.env,
    // Whatever is not for the sandbox ends at a closed port of this machine; our own program is run with these, too.
    HTTP_PROXY: dead,
    HTTPS_PROXY: dead,
    NO_PROXY: "127.0.0.1,localhost",
    SAM_CLI_TELEMETRY: "0",
    CDK_DISABLE_CLI_TELEMETRY: "true",
    CHECKPOINT_DISABLE: "1",
    CI: "true",
    TF_CLI_CONFIG_FILE: join(world.homeDir, "terraform.rc"),
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  };
  const way = (index: number, env: Readonly<Record<string, string>>) =>
    Object.assign(ways[index] ?? {}, { env: { ...here, ...env } });
  way(0, keys);
  way(1, { AWS_PROFILE: "by-process" });
  way(2, { AWS_PROFILE: "daypass-dev/OPEN", ...agent });
  await writeFile(
    join(world.homeDir, "terraform.rc"),
    `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(plugins ?? "")}\n  }\n}\n`,
  );
  const credentials = {
    accessKeyId: keys["AWS_ACCESS_KEY_ID"] ?? "",
    secretAccessKey: keys["AWS_SECRET_ACCESS_KEY"] ?? "",
    sessionToken: keys["AWS_SESSION_TOKEN"] ?? "",
  };
  const client = new CloudFormationClient({ region: REGION, endpoint: world.sandbox.endpoint, credentials });
  await client.send(new CreateStackCommand({ StackName: "made", TemplateBody: TEMPLATE }));
});
afterAll(() => world.close());

const ROLE = new RegExp(`^arn:aws:sts::${DEV}:assumed-role/OPEN/`);

describe.each(ways)("$name", (way) => {
  /** Runs it in a folder of its own, and returns what the sandbox was asked meanwhile, and by whom. */
  const callsOf = async (
    program: string,
    args: readonly string[],
    files: Readonly<Record<string, string>> = {},
    before: readonly string[] = [],
  ) => {
    const folder = await mkdtemp(join(world.homeDir, "work-"));
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    // The folder is handed over by `env`, since our runner has no working directory to set.
    const run = (words: readonly string[]) => runProgram(["env", "-C", folder, program, ...words], way.env);
    if (before.length > 0) expect((await run(before)).stderr).toBe("");
    const earlier = world.sandbox.calls().length;
    const { code, stderr } = await run(args);
    const made = world.sandbox
      .calls()
      .slice(earlier)
      .filter(({ action }) => action !== "AssumeRole");
    expect([code, stderr]).toEqual([0, expect.anything()]);
    return {
      actions: made.map(({ action }) => action),
      callers: new Set(made.map(({ principalArn }) => principalArn)),
    };
  };

  test.skipIf(skips("cdk"))("lets the CDK deploy a stack, where it installs", async () => {
    const stack = `cdk-${way.slug}`;
    const manifest = JSON.stringify({
      version: "36.0.0",
      artifacts: {
        [stack]: {
          type: "aws:cloudformation:stack",
          environment: `aws://${DEV}/${REGION}`,
          properties: { templateFile: "template.json", stackName: stack },
        },
      },
    });
    const { actions, callers } = await callsOf(
      cdk,
      [
        "deploy",
        "--app",
        ".",
        "--no-notices",
        "--no-version-reporting",
        "--require-approval",
        "never",
        "--method",
        "direct",
      ],
      { "manifest.json": manifest, "template.json": TEMPLATE },
    );
    expect(actions).toContain("CreateStack");
    expect([...callers]).toEqual([expect.stringMatching(ROLE)]);
  });

  test.skipIf(skips("sam"))("lets SAM read the outputs of a stack, where it installs", async () => {
    const { actions, callers } = await callsOf(sam, [
      "list",
      "stack-outputs",
      "--stack-name",
      "made",
      "--region",
      REGION,
    ]);
    expect(actions).toContain("DescribeStacks");
    expect([...callers]).toEqual([expect.stringMatching(ROLE)]);
  });

  test.skipIf(skips("terraform"))("lets Terraform plan, where it installs", async () => {
    const { actions, callers } = await callsOf(
      terraform,
      ["plan", "-no-color", "-input=false"],
      { "main.tf": MAIN_TF },
      ["init", "-no-color", "-input=false"],
    );
    expect(actions).toContain("GetCallerIdentity");
    expect([...callers]).toEqual([expect.stringMatching(ROLE)]);
  });
});
