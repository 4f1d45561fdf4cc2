// A person at a machine: a home of their own, the real program, and a small AWS that can say no.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { startSandbox, type Sandbox, type WorldFile } from "@daypass/sandbox/testing";

export const HUB = "111111111111";
export const DEV = "222222222222";
export const PROD = "333333333333";
/** RFC 6238's own seed. */
const SEED = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

const policy = (...statements: object[]) => ({ Version: "2012-10-17", Statement: statements });
const allow = (action: string | string[], more: object = {}) => ({
  Effect: "Allow",
  Action: action,
  Resource: "*",
  ...more,
});
const trust = policy({
  Effect: "Allow",
  Principal: { AWS: `arn:aws:iam::${HUB}:root` },
  Action: ["sts:AssumeRole", "sts:TagSession"],
  Condition: { Bool: { "aws:MultiFactorAuthPresent": "true" } },
});
const role = (name: string) => ({ name, trustPolicy: trust, policies: { all: policy(allow("*")) } });

const WORLD: WorldFile = {
  accounts: [
    {
      id: HUB,
      users: [
        {
          name: "alice",
          policies: { hub: policy(allow(["sts:*", "iam:ListMFADevices", "iam:*AccessKey*"])) },
          mfaDevices: [{ name: "alice", secret: SEED }],
        },
        // As the guide of old had it: nothing but to assume roles.
        {
          name: "bob",
          policies: { hub: policy(allow("sts:AssumeRole")) },
          mfaDevices: [{ name: "bob", secret: SEED }],
        },
        { name: "carl", policies: { hub: policy(allow(["sts:*", "s3:*"])) } },
      ],
    },
    { id: DEV, roles: [role("ADMIN"), role("RO")] },
    { id: PROD, roles: [role("ADMIN")] },
  ],
};

const PROGRAM = fileURLToPath(new URL("../bin/", import.meta.url));
const TERMINAL = fileURLToPath(new URL("run-on-terminal.py", import.meta.url));

/** Prints the code that the device shows now: what a password manager's program does. */
const CODES = `const { createHmac } = require("node:crypto");
let bits = "";
for (const letter of "${SEED}") bits += "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0");
const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
const counter = Buffer.alloc(8);
counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000)));
const digest = createHmac("sha1", key).update(counter).digest();
const at = digest[19] & 15;
console.log(String((digest.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, "0"));
`;

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Step {
  /** Typed when this is on the screen. */
  readonly see: string;
  readonly type: string;
}

export interface Person {
  readonly home: string;
  readonly sandbox: Sandbox;
  readonly env: Readonly<Record<string, string>>;
  /** Runs the program through pipes, where nobody can be asked. */
  run(
    args: readonly string[],
    options?: { readonly input?: string; readonly env?: Record<string, string> },
  ): Promise<Run>;
  /** Runs it as another of its names. */
  runAs(program: string, args: readonly string[], env?: Record<string, string>): Promise<Run>;
  /** Runs it on a terminal and types; `stdout` is all that the terminal showed. */
  onTerminal(args: readonly string[], steps: readonly Step[], env?: Record<string, string>): Promise<Run>;
  read(path: string): string;
  write(path: string, text: string): void;
  has(path: string): boolean;
  /** Keys of a user of the hub, as JSON to be piped. */
  keysOf(user: string): string;
  /** Sets up the hub `work` of a user, with codes made by a program. */
  addHub(user?: string): Promise<Run>;
  /** The hub, and the environments dev (ADMIN, RO) and prod (ADMIN). */
  setUp(): Promise<void>;
  count(action: string): number;
}

const open: (() => unknown)[] = [];

/** Ends all that was started. */
export const endPersons = async (): Promise<void> => {
  await Promise.all(open.splice(0).map(async (close) => close()));
};

/** Starts a sandbox and makes a home. */
export const startPerson = async (): Promise<Person> => {
  const sandbox = await startSandbox({ world: WORLD });
  const home = mkdtempSync(join(tmpdir(), "daypass-cli-"));
  open.push(
    () => sandbox.stop(),
    () => rmSync(home, { recursive: true, force: true }),
  );
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: home,
    TERM: "xterm",
    LANG: "C.UTF-8",
    DAYPASS_KEYCHAIN: "off",
    AWS_ENDPOINT_URL: sandbox.endpoint,
    AWS_REGION: "eu-west-1",
    DAYPASS_SIGNIN_ENDPOINT: sandbox.endpoint,
  };
  const codes = join(home, "codes.cjs");
  writeFileSync(codes, CODES);
  const start = (command: string, args: readonly string[], more: Record<string, string>, input: string): Promise<Run> =>
    new Promise((resolve, reject) => {
      // In a session of its own there is no terminal to ask on.
      const child = spawn(command, [...args], { env: { ...env, ...more }, detached: true, cwd: home });
      let [stdout, stderr] = ["", ""];
      child.stdout.on("data", (chunk) => (stdout += String(chunk)));
      child.stderr.on("data", (chunk) => (stderr += String(chunk)));
      child.on("error", reject);
      child.on("close", (code) => resolve({ code, stdout, stderr }));
      child.stdin.on("error", () => undefined);
      child.stdin.end(input);
    });
  const runAs = (program: string, args: readonly string[], more: Record<string, string> = {}, input = "") =>
    start(process.execPath, [join(PROGRAM, `${program}.cjs`), ...args], more, input);
  const run: Person["run"] = (args, options = {}) => runAs("daypass", args, options.env, options.input);
  const keysOf = (user: string) => {
    const { accessKeyId, secretAccessKey } = sandbox.issueKey(HUB, user);
    return JSON.stringify({ accessKeyId, secretAccessKey });
  };
  const addHub: Person["addHub"] = (user = "alice") =>
    run(
      [
        "config add-hub work --keys-stdin --plain --codes command".split(" "),
        ["--codes-command", process.execPath, "--codes-command", codes],
      ].flat(),
      { input: keysOf(user) },
    );
  return {
    home,
    sandbox,
    env,
    run,
    runAs,
    onTerminal: (args, steps, more = {}) =>
      start(
        "python3",
        [TERMINAL, JSON.stringify(steps), process.execPath, join(PROGRAM, "daypass.cjs"), ...args],
        more,
        "",
      ),
    read: (path) => readFileSync(join(home, path), "utf8"),
    write(path, text) {
      mkdirSync(dirname(join(home, path)), { recursive: true, mode: 0o700 });
      writeFileSync(join(home, path), text, { mode: 0o600 });
    },
    has: (path) => existsSync(join(home, path)),
    keysOf,
    addHub,
    async setUp() {
      const environment = (name: string, account: string, ...roles: string[]) =>
        run([
          ...`config add-environment ${name} --hub work --account ${account} --region eu-west-1`.split(" "),
          ...roles.flatMap((each) => ["--role", each]),
        ]);
      for (const step of [
        await addHub(),
        await environment("dev", DEV, "ADMIN", "RO"),
        await environment("prod", PROD, "ADMIN"),
      ]) {
        if (step.code !== 0) throw new Error(step.stderr);
      }
    },
    count: (action) => sandbox.calls().filter((call) => call.action === action).length,
  };
};
