// The live path without AWS: the program as people run it, with two profiles of a sandbox that it takes for AWS.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { IAMClient, ListPoliciesCommand, ListRolesCommand, ListUsersCommand } from "@aws-sdk/client-iam";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import { startSandbox, type Sandbox } from "@daypass/sandbox/testing";
import { runProgram, type ProgramOptions } from "./run-program.js";

/** Not the accounts of the table, so that a number that was not replaced is seen. */
export const VENDOR = "333333333333";
export const CUSTOMER = "444444444444";

export interface LiveWorld {
  readonly sandbox: Sandbox;
  /** Where the records are written. */
  readonly folder: string;
  run(options: RunOptions): ReturnType<typeof runProgram>;
  records(): readonly string[];
  /** Everything in both accounts that is not the administrator or theirs. */
  leftOver(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface RunOptions extends ProgramOptions {
  readonly args?: readonly string[];
  readonly profiles?: readonly [string, string];
  readonly endpoint?: string;
}

/** Starts a sandbox and writes profiles `vendor` and `customer` for it. */
export async function openLiveWorld(): Promise<LiveWorld> {
  const sandbox = await startSandbox();
  const folder = mkdtempSync(join(tmpdir(), "daypass-live-"));
  const credentials = join(folder, "credentials");
  const sections = Object.entries({ vendor: VENDOR, customer: CUSTOMER }).map(([name, account]) => {
    const { accessKeyId, secretAccessKey } = sandbox.account(account).admin;
    return `[${name}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
  });
  writeFileSync(credentials, sections.join(""), { mode: 0o600 });
  return {
    sandbox,
    folder,
    run({ args = [], profiles = ["vendor", "customer"], endpoint = sandbox.endpoint, ...options }) {
      const [vendor, customer] = profiles;
      const aims = ["--live", "--endpoint", endpoint, "--endpoint-is-not-aws", "--out", join(folder, "records")];
      const flags = [...aims, "--vendor-profile", vendor, "--customer-profile", customer, "--clients", "sdk", ...args];
      return runProgram(flags, { ...options, env: { AWS_SHARED_CREDENTIALS_FILE: credentials, ...options.env } });
    },
    records() {
      const place = join(folder, "records");
      return readdirSync(place).map((name) => readFileSync(join(place, name), "utf8"));
    },
    async leftOver() {
      const found = await Promise.all([VENDOR, CUSTOMER].map((account) => listAccount(sandbox, account)));
      return found.flat();
    },
    async close() {
      rmSync(folder, { recursive: true });
      await sandbox.stop();
    },
  };
}

async function listAccount(sandbox: Sandbox, account: string): Promise<readonly string[]> {
  const { endpoint } = sandbox;
  const settings = { endpoint, region: "us-east-1", credentials: sandbox.account(account).admin };
  const iam = new IAMClient(settings);
  const { Users = [] } = await iam.send(new ListUsersCommand({}));
  const { Roles = [] } = await iam.send(new ListRolesCommand({}));
  const { Policies = [] } = await iam.send(new ListPoliciesCommand({ Scope: "Local" }));
  const { Buckets = [] } = await new S3Client(settings).send(new ListBucketsCommand({}));
  const names = [...Users, ...Roles, ...Policies].map(({ Arn }) => Arn ?? "");
  return [...names, ...Buckets.map(({ Name }) => Name ?? "")].filter((name) => !name.endsWith(":user/admin"));
}
