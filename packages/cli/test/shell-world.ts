// A person's machine with the whole program on it: a home directory, a hub in the sandbox, and what they type.
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { addHub, neverPrompt, openHome } from "@daypass/auth";
import { startSandbox, type Sandbox, type WorldFile } from "@daypass/sandbox/testing";
import { main, type Machine } from "daypass";
import { PROGRAM, TWIN } from "./practice.js";

export const HUB = "111111111111";
export const DEV = "222222222222";
export const PROD = "333333333333";
export const ALICE_DEVICE = `arn:aws:iam::${HUB}:mfa/alices-phone`;

export const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
export { PROGRAM };

const policy = (...statements: object[]): Record<string, unknown> => ({ Version: "2012-10-17", Statement: statements });
const trust = (condition?: object) =>
  policy({
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${HUB}:root` },
    Action: ["sts:AssumeRole", "sts:TagSession"],
    ...(condition !== undefined && { Condition: condition }),
  });
const withMfa = { Bool: { "aws:MultiFactorAuthPresent": "true" } };
const everything = { all: policy({ Effect: "Allow", Action: "*", Resource: "*" }) };
const own = policy(
  { Effect: "Allow", Action: "sts:*", Resource: "*" },
  { Effect: "Allow", Action: "iam:ListMFADevices", Resource: "*" },
);

/** RFC 6238, Appendix B: its own seed. */
const SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

const WORLD: WorldFile = {
  accounts: [
    {
      id: HUB,
      users: [
        { name: "alice", policies: { own }, mfaDevices: [{ name: "alices-phone", secret: SEED }] },
        { name: "carl", policies: { own } },
      ],
    },
    { id: DEV, roles: [{ name: "OPEN", trustPolicy: trust(), policies: everything, maxSessionDuration: 43_200 }] },
    { id: PROD, roles: [{ name: "ADMIN", trustPolicy: trust(withMfa), policies: everything }] },
  ],
  buckets: [{ name: "dev-data", account: DEV, region: "eu-west-1", objects: [{ key: "x", body: "y" }] }],
};

/** What came of a command. */
export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ShellWorld {
  readonly sandbox: Sandbox;
  readonly homeDir: string;
  readonly directory: string;
  /** Of a shell of this person. Without an agent unless it is changed. */
  readonly env: Readonly<Record<string, string>>;
  /** Secrets that must be nowhere but where they are asked for. */
  readonly secrets: readonly string[];
  /** Runs the real program. */
  readonly run: (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Result>;
  /** The same commands in this process, where time can be handed in. */
  readonly call: (args: readonly string[], over?: Partial<Machine> & { readonly program?: string }) => Promise<Result>;
  readonly count: (action: string) => number;
  readonly close: () => Promise<void>;
}

export const runProgram = (
  command: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
  input = "",
): Promise<Result> =>
  new Promise((resolve, reject) => {
    const [program, ...args] = command;
    const child = spawn(program, args, { env, stdio: ["pipe", "pipe", "pipe"], detached: true });
    let [stdout, stderr] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });

/** Starts it: environments `dev` (hub `open`, no MFA) and `prod` (hub `work`, MFA) with a role each. `now`: AWS's clock. */
export const startShellWorld = async (now: () => number = Date.now): Promise<ShellWorld> => {
  const sandbox = await startSandbox({ world: WORLD, now });
  const homeDir = await mkdtemp(join(tmpdir(), "daypass-shell-"));
  const directory = join(homeDir, ".daypass");
  await mkdir(join(homeDir, ".aws"), { mode: 0o700 });
  const env = {
    ...TWIN,
    HOME: homeDir,
    PATH: process.env["PATH"] ?? "",
    AWS_ENDPOINT_URL: sandbox.endpoint,
    AWS_EC2_METADATA_DISABLED: "true",
    DAYPASS_KEYCHAIN: "off",
    DAYPASS_AGENT: "off",
  };
  const home = await openHome({
    toolName: "daypass",
    directory,
    env,
    homeDir,
    prompt: neverPrompt("it is a test"),
    keychain: "off",
    plain: true,
  });
  const carl = sandbox.issueKey(HUB, "carl");
  const alice = sandbox.issueKey(HUB, "alice");
  const { record } = home;
  await addHub(home.context, await home.hubs(), { name: "open", keys: carl, withoutMfa: true, record });
  await addHub(home.context, await home.hubs(), { name: "work", keys: alice, record });
  const shared = { region: "eu-west-1", rolePath: "/", tooLong: [] };
  await home.config.update((before) => ({
    ...before,
    environments: [
      { ...shared, name: "dev", hub: "open", accountId: DEV, roles: ["OPEN"] },
      { ...shared, name: "prod", hub: "work", accountId: PROD, roles: ["ADMIN"] },
    ],
  }));
  const call: ShellWorld["call"] = async (args, { program = "daypass", ...over } = {}) => {
    let [stdout, stderr] = ["", ""];
    const code = await main(program, args, {
      env,
      homeDir,
      platform: "linux",
      stdout: { write: (text) => void (stdout += text) },
      stderr: { write: (text) => void (stderr += text) },
      readStdin: async () => "",
      now: Date.now,
      packageDirectory: PACKAGE,
      packageName: "daypass",
      version: "0.0.0",
      ...over,
    });
    return { code, stdout, stderr };
  };
  return {
    sandbox,
    homeDir,
    directory,
    env,
    secrets: [carl.secretAccessKey, alice.secretAccessKey],
    run: (args, more = {}) => runProgram([process.execPath, PROGRAM, ...args], { ...env, ...more }),
    call,
    count: (action) => sandbox.calls().filter((made) => made.action === action).length,
    async close() {
      await runProgram([process.execPath, PROGRAM, "agent", "stop"], env);
      await sandbox.stop();
      await rm(homeDir, { recursive: true, force: true });
    },
  };
};

/** Writes a file of ~/.aws. */
export const writeAws = ({ homeDir }: ShellWorld, file: "config" | "credentials", text: string): Promise<void> =>
  writeFile(join(homeDir, ".aws", file), text, { mode: 0o600 });

/** What a terminal showed. */
export interface Shown {
  readonly code: number | null;
  readonly output: string;
  /** How many of the steps were taken. */
  readonly done: number;
}

const TYPIST = fileURLToPath(new URL("type-on-terminal.py", import.meta.url));

/** Runs a command on a terminal of its own, and types each answer when its question is seen. */
export const onTerminal = async (
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  steps: readonly { readonly see: string; readonly type: string }[] = [],
  more: { readonly stdout?: string } = {},
): Promise<Shown> => {
  const order = JSON.stringify({ command, env: { TERM: "xterm", ...env }, steps, ...more });
  return JSON.parse((await runProgram(["python3", TYPIST], env, order)).stdout) as Shown;
};
