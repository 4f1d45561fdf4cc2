// The SDK's own SSO provider, boto3 and the AWS CLI, with a home directory as `aws sso login` leaves it: both kinds of
// profile, the same identity for the same person, and the same refusals.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findPython } from "../../../conformance/drive-python.mjs";
import { ACCOUNT_ACCESS, DEV, directory, PROD, signIn, START_URL } from "./identity-center-clients.js";

const found = findPython();
const python = found.missing === undefined ? found.python : undefined;
const required = (process.env["DAYPASS_REQUIRE"] ?? "").split(",").includes("python");
if (found.missing !== undefined && !required) {
  process.stderr.write(`skipped: boto3 and the AWS CLI by Identity Center: ${found.missing}, see CONTRIBUTING.md\n`);
}

const SDK = `
import { fromSSO } from "@aws-sdk/credential-providers";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
const sts = new STSClient({ region: "us-east-1", credentials: fromSSO({ profile: process.argv[1] }) });
try {
  console.log((await sts.send(new GetCallerIdentityCommand({}))).Arn);
} catch (error) {
  console.log("refused: " + error.message);
}
`;
const BOTO3 = `
import boto3, sys
try:
    print(boto3.Session(profile_name=sys.argv[1]).client("sts").get_caller_identity()["Arn"])
except Exception as error:
    print("refused: " + str(error))
`;

let home: string;
let sandbox: Sandbox;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "daypass-sso-"));
  mkdirSync(join(home, ".aws", "sso", "cache"), { recursive: true });
  sandbox = await startSandbox({ world: { identityCenter: directory } });
  const session = (accountId: string, role: string) =>
    `sso_session = corp\nsso_account_id = ${accountId}\nsso_role_name = ${role}\nregion = us-east-1\n`;
  writeFileSync(
    join(home, ".aws", "config"),
    `[profile admin]\n${session(DEV, "Admin")}[profile reader]\n${session(PROD, "Reader")}[profile more]\n${session(PROD, "Admin")}
[profile legacy]\nsso_start_url = ${START_URL}\nsso_region = us-east-1\nsso_account_id = ${DEV}\nsso_role_name = Admin\nregion = us-east-1
[sso-session corp]\nsso_start_url = ${START_URL}\nsso_region = us-east-1\nsso_registration_scopes = ${ACCOUNT_ACCESS}\n`,
  );
});
afterEach(async () => {
  await sandbox.stop();
  rmSync(home, { recursive: true });
});

const cachePath = (name: string) =>
  join(home, ".aws", "sso", "cache", `${createHash("sha1").update(name).digest("hex")}.json`);
const at = (milliseconds: number) => new Date(milliseconds).toISOString().replace(/\.\d{3}Z$/, "Z");

/** Leaves tokens in the cache as `aws sso login` does: by the session's name, and by the start URL for legacy profiles. */
async function logIn({ expiresInMs = 8 * 3_600_000 } = {}) {
  const signedIn = await signIn(sandbox, "ada");
  const { client, accessToken, refreshToken } = signedIn;
  const legacy = { startUrl: START_URL, region: "us-east-1", accessToken, expiresAt: at(Date.now() + expiresInMs) };
  const session = { ...legacy, ...client, refreshToken, registrationExpiresAt: at(Date.now() + 86_400_000) };
  writeFileSync(cachePath("corp"), JSON.stringify(session));
  writeFileSync(cachePath(START_URL), JSON.stringify(legacy));
  return signedIn;
}

/** Runs a program in that home directory; returns the one line that it prints. */
async function run(command: string, args: readonly string[]): Promise<string> {
  const { PATH = "" } = process.env;
  const env = {
    PATH,
    HOME: home,
    AWS_ENDPOINT_URL: sandbox.endpoint,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_MAX_ATTEMPTS: "1",
    AWS_PAGER: "",
    NODE_NO_WARNINGS: "1",
    NO_PROXY: "*",
  };
  const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return stdout.trim() === "" ? `refused: ${stderr.trim()}` : stdout.trim();
}

test("the Python clients are there when DAYPASS_REQUIRE asks for them", () => {
  expect(required ? (found.missing ?? "present") : "present").toBe("present");
});

describe.each<[string, boolean, (profile: string) => Promise<string>]>([
  [
    "the AWS SDK for JavaScript",
    false,
    (profile) => run(process.execPath, ["--input-type=module", "-e", SDK, profile]),
  ],
  ["boto3", python === undefined, (profile) => run(python ?? "", ["-c", BOTO3, profile])],
  [
    "the AWS CLI",
    python === undefined,
    (profile) =>
      run(python ?? "", `-m awscli sts get-caller-identity --query Arn --output text --profile ${profile}`.split(" ")),
  ],
])("%s", (_, missing, whoAmI) => {
  const admin = /^arn:aws:sts::444444444444:assumed-role\/AWSReservedSSO_Admin_[0-9a-f]{16}\/ada$/;

  test.skipIf(missing)("is whom the profile says, by sso-session and by the legacy form", async () => {
    await logIn();
    expect(await whoAmI("admin")).toMatch(admin);
    expect(await whoAmI("legacy")).toMatch(admin);
    expect(await whoAmI("reader")).toMatch(/^arn:aws:sts::666666666666:assumed-role\/AWSReservedSSO_Reader_/);
  });

  test.skipIf(missing)("gets no permission set that the person is not assigned to", async () => {
    await logIn();
    expect(await whoAmI("more")).toMatch(/^refused: .*No access/s);
  });

  test.skipIf(missing)("is refused with a token that is dead before it expires", async () => {
    await logIn();
    sandbox.identityCenter.endSessions("ada");
    expect(await whoAmI("admin")).toMatch(/^refused: /);
  });

  test.skipIf(missing)("refreshes a token that is about to expire, and leaves the new one in the cache", async () => {
    sandbox.identityCenter.setRefreshAnswers("always");
    const { accessToken, refreshToken } = await logIn({ expiresInMs: 60_000 });
    expect(await whoAmI("admin")).toMatch(admin);
    const cached = JSON.parse(readFileSync(cachePath("corp"), "utf8")) as Record<string, string>;
    expect(cached["accessToken"]).toMatch(/^[\w-]{48}$/);
    expect([cached["accessToken"], cached["refreshToken"]]).not.toContain(accessToken);
    expect(cached["refreshToken"]).not.toBe(refreshToken);
  });
});
