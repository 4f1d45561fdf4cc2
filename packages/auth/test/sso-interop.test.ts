// Our sign-in used by the SDK's own provider, boto3 and the AWS CLI as they are, and AWS's page followed as a person does.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import type { Sandbox } from "@daypass/sandbox/testing";
import { startSandbox } from "@daypass/sandbox/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findPython } from "../../../conformance/drive-python.mjs";
import { createFileLocks } from "../dist/locks/file-locks.js";
import { createSsoTokens } from "../dist/sso/sso-tokens.js";
import type { SsoSession } from "@daypass/auth";
import { createTestPrompt, createTestSecrets, DEV, identityCenter, PROD, SESSION, START_URL } from "./sso-desk.js";

const found = findPython();
const python = found.missing === undefined ? found.python : undefined;
const required = (process.env["DAYPASS_REQUIRE"] ?? "").split(",").includes("python");
if (found.missing !== undefined && !required) {
  process.stderr.write(`skipped: our sign-in in boto3 and the AWS CLI: ${found.missing}, see CONTRIBUTING.md\n`);
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
  mkdirSync(join(home, ".aws"), { recursive: true });
  sandbox = await startSandbox({ world: { identityCenter } });
  const role = (accountId: string, name: string) =>
    `sso_account_id = ${accountId}\nsso_role_name = ${name}\nregion = us-east-1\n`;
  writeFileSync(
    join(home, ".aws", "config"),
    `[profile admin]\nsso_session = corp\n${role(DEV, "Admin")}[profile reader]\nsso_session = corp\n${role(PROD, "Reader")}
[profile legacy]\nsso_start_url = ${START_URL}\nsso_region = us-east-1\n${role(DEV, "Admin")}
[sso-session corp]\nsso_start_url = ${START_URL}\nsso_region = us-east-1\nsso_registration_scopes = sso:account:access\n`,
  );
});
afterEach(async () => {
  await sandbox.stop();
  rmSync(home, { recursive: true });
});

const fieldOf = (page: string, name: string) =>
  new RegExp(`name="${name}"[^>]*value="([^"]*)"`).exec(page)?.[1]?.replaceAll("&amp;", "&") ?? "";

/** A browser without script: goes to the page, signs in as ada, presses Allow, and goes where it is sent. */
async function followAsPerson(address: string): Promise<Response> {
  const cookies = new Map<string, string>();
  const visit = async (path: string, form?: Record<string, string>): Promise<Response> => {
    const url = new URL(path, sandbox.endpoint);
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(url, {
      redirect: "manual",
      headers: { cookie, ...(form !== undefined && { origin: sandbox.endpoint }) },
      ...(form !== undefined && { method: "POST", body: new URLSearchParams(form) }),
    });
    for (const set of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get("location");
    return location === null ? response : visit(location);
  };
  const signIn = await (await visit(address)).text();
  const [csrf, next] = [fieldOf(signIn, "csrf"), fieldOf(signIn, "next")];
  const consent = await (await visit("/start/signin", { csrf, next, user: "ada", password: "" })).text();
  const fields = [...consent.matchAll(/<input type="hidden" name="([^"]+)"/g)].map(([, name = ""]) => [
    name,
    fieldOf(consent, name),
  ]);
  return visit("/start/authorize", { ...Object.fromEntries(fields), decision: "allow" });
}

const pages: string[] = [];
const tokensOf = (session: SsoSession) =>
  createSsoTokens({
    session,
    cacheDirectory: join(home, ".aws", "sso", "cache"),
    locks: createFileLocks({ directory: join(home, "locks") }),
    secrets: createTestSecrets(),
    prompt: createTestPrompt(),
    openBrowser: async (url) => void followAsPerson(url).then(async (page) => pages.push(await page.text())),
    now: Date.now,
    settingsFor: (_service, region = "us-east-1") => ({ region, endpoint: sandbox.endpoint }),
    mode: "browser",
  });

/** Runs a program in that home directory; returns the one line that it prints. */
async function run(command: string, parameters: readonly string[]): Promise<string> {
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    AWS_ENDPOINT_URL: sandbox.endpoint,
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_MAX_ATTEMPTS: "1",
    AWS_PAGER: "",
    NODE_NO_WARNINGS: "1",
    NO_PROXY: "*",
  };
  const child = spawn(command, parameters, { env, stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
  return stdout.trim() === "" ? `refused: ${stderr.trim()}` : stdout.trim();
}

test("the Python clients are there when DAYPASS_REQUIRE asks for them", () => {
  expect(required ? (found.missing ?? "present") : "present").toBe("present");
});

test("a person who signs in and allows it on AWS's own page sees that the window may be closed", async () => {
  await tokensOf(SESSION).getAccessToken();
  await expect.poll(() => pages.at(-1)).toContain("You may close this window");
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
      run(python ?? "", [
        "-m",
        "awscli",
        "sts",
        "get-caller-identity",
        "--query",
        "Arn",
        "--output",
        "text",
        "--profile",
        profile,
      ]),
  ],
])("%s", (_, missing, whoAmI) => {
  const admin = /^arn:aws:sts::444444444444:assumed-role\/AWSReservedSSO_Admin_[0-9a-f]{16}\/ada$/;

  test.skipIf(missing)("works with our sign-in, by sso-session and by the legacy form", async () => {
    await tokensOf(SESSION).getAccessToken();
    await tokensOf({ ...SESSION, name: undefined }).getAccessToken();
    expect(await whoAmI("admin")).toMatch(admin);
    expect(await whoAmI("reader")).toMatch(/^arn:aws:sts::666666666666:assumed-role\/AWSReservedSSO_Reader_/);
    expect(await whoAmI("legacy")).toMatch(admin);
  });

  test.skipIf(missing)("is signed out with us", async () => {
    const tokens = tokensOf(SESSION);
    await tokens.getAccessToken();
    await tokens.signOut();
    expect(await whoAmI("admin")).toMatch(/^refused: /);
  });
});
