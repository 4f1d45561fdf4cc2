// The scripts that customers get, run as they stand by a shell and the AWS CLI: they do what the link does, and stop in a
// wrong account.
import { execFile, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { openTemplateWorld, type TemplateWorld } from "../packages/cross-account/test/template-world.js";
import { CUSTOMER, region } from "../packages/cross-account/test/vendor-world.js";

const run = promisify(execFile);
const python = process.env["DAYPASS_PYTHON"] ?? "python3";
const required = (process.env["DAYPASS_REQUIRE"] ?? "").split(",").includes("python");
const folder = python.includes("/") ? dirname(python) : "";
const available = folder === "" ? spawnSync("aws", ["--version"]).status === 0 : existsSync(join(folder, "aws"));
if (!available && !required)
  process.stderr.write("skipped: customers' scripts with the AWS CLI: it is not installed, see CONTRIBUTING.md\n");

test("the AWS CLI is there when DAYPASS_REQUIRE asks for the Python clients", () => {
  expect(required ? available : true).toBe(true);
});

describe.skipIf(!available)("a customer's scripts", () => {
  let world: TemplateWorld;
  beforeAll(async () => {
    world = await openTemplateWorld();
    await world.makeBucket();
    await world.crossAccount.publishTemplate();
  });
  afterAll(() => world.sandbox.stop());

  function shell(script: string | null, accountId = CUSTOMER) {
    const { accessKeyId, secretAccessKey } = world.sandbox.account(accountId).admin;
    const env = {
      PATH: folder === "" ? process.env["PATH"] : `${folder}:${process.env["PATH"] ?? ""}`,
      HOME: "/nonexistent",
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_DEFAULT_REGION: region,
      AWS_ENDPOINT_URL: world.sandbox.endpoint,
      AWS_EC2_METADATA_DISABLED: "true",
    };
    const child = run("sh", ["-s"], { env });
    child.child.stdin?.on("error", () => undefined);
    child.child.stdin?.end(script);
    return child;
  }
  const make = (customerId: string) =>
    world.crossAccount.createIntegration({ customerId, declaredAccountId: CUSTOMER });

  it("create the stack, take the setup rights away, replace the external ID and delete everything", async () => {
    const { crossAccount } = world;
    const { integrationId } = await make("by-script");
    const launch = await crossAccount.generateIntegrationUrl({ integrationId, region });
    await expect(shell(launch.script, "333333333333")).rejects.toMatchObject({
      stderr: expect.stringContaining(`these credentials are for account 333333333333, not ${CUSTOMER}`),
    });
    const { stdout } = await shell(launch.script);
    expect(stdout).toContain("RoleArn");
    expect((await crossAccount.verifyIntegration({ integrationId })).integration.state).toBe("active");

    await shell((await crossAccount.removeSetupPermissions(integrationId)).script);
    expect(await crossAccount.verifySetupRemoved(integrationId)).toMatchObject({ outcome: "removed" });

    await shell((await crossAccount.rotateExternalId(integrationId)).script);
    expect(await crossAccount.advanceRotation(integrationId)).toMatchObject({ outcome: "taken" });
    await shell((await crossAccount.rotateExternalId(integrationId)).script);
    expect(await crossAccount.advanceRotation(integrationId)).toMatchObject({ outcome: "retired" });
    expect(await crossAccount.inspectRole(integrationId)).toMatchObject({ inSync: true, setup: "removed" });

    const { customerScript } = await crossAccount.revoke({ integrationId, reason: "over" });
    await shell(customerScript);
    expect(await crossAccount.probeAccess(integrationId)).toMatchObject({ access: "gone" });
  }, 240_000);

  it("make the same role without CloudFormation, go the same way with it, and remove a role that was made by hand", async () => {
    const { crossAccount } = world;
    const { integrationId } = await make("by-commands");
    const { script } = await crossAccount.generateRoleCommands({ integrationId, region });
    const { stdout } = await shell(script);
    expect((await crossAccount.verifyIntegration({ integrationId })).integration.role?.roleArn).toBe(stdout.trim());
    expect(await crossAccount.inspectRole(integrationId)).toMatchObject({ inSync: true, setup: "attached" });

    await shell((await crossAccount.removeSetupPermissions(integrationId)).script);
    expect(await crossAccount.verifySetupRemoved(integrationId)).toMatchObject({ outcome: "removed" });
    await shell((await crossAccount.rotateExternalId(integrationId)).script);
    expect(await crossAccount.advanceRotation(integrationId)).toMatchObject({ outcome: "taken" });
    await shell((await crossAccount.rotateExternalId(integrationId)).script);
    expect(await crossAccount.advanceRotation(integrationId)).toMatchObject({ outcome: "retired" });
    expect(await crossAccount.inspectRole(integrationId)).toMatchObject({ inSync: true, setup: "removed" });
    await shell((await crossAccount.revoke({ integrationId, reason: "over" })).customerScript);
    expect(await crossAccount.probeAccess(integrationId)).toMatchObject({ access: "gone" });
    const { Policies = [] } = await world.iam().listPolicies({ Scope: "Local" });
    expect(Policies).toEqual([]);

    const other = await make("by-hand");
    await world.createRole(other.integrationId);
    await crossAccount.verifyIntegration({ integrationId: other.integrationId });
    const { customerScript } = await crossAccount.revoke({ integrationId: other.integrationId, reason: "over" });
    await shell(customerScript);
    expect(await crossAccount.probeAccess(other.integrationId)).toMatchObject({ access: "gone" });
  }, 240_000);
});
