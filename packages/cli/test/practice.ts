// The real program, on the real sandbox, in a home of its own: what commands are tested by.
import { execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startSandbox, type Sandbox, type WorldFile } from "@daypass/sandbox/testing";
import { describePracticeWorld } from "../dist/sandbox/practice-world.js";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
/** What reaches programs of a run on a broken twin; empty in every other run. */
export const TWIN: Readonly<Record<string, string>> = Object.fromEntries(
  ["NODE_OPTIONS", "DAYPASS_CHILD_TWIN", "DAYPASS_CHILD_MARK"].flatMap((name) => {
    const value = process.env[name] ?? "";
    return (process.env["DAYPASS_CHILD_TWIN"] ?? "") === "" || value === "" ? [] : [[name, value]];
  }),
);
/** The installed program; on a broken twin the same from its modules. */
export const PROGRAM = at(Object.keys(TWIN).length === 0 ? "../bin/daypass.cjs" : "unbundled.mjs");
const BROWSER = at("visit-portal.mjs");
const TERMINAL = at("act-on-terminal.py");

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** One thing that a person does when they see something: type, or run a command whose output they type. */
export interface Step {
  readonly expect: string;
  readonly type?: string;
  readonly run?: readonly string[];
}

/**
 * A person who wants no passphrase gives up that question: the sign-in stays good until its end. The question, not what
 * is told before it: Ctrl-C ends a program that asks nothing at the moment.
 */
export const noPassphrase: Step = { expect: "a new passphrase", type: "\u0003" };

export interface OnTerminal {
  readonly code: number | null;
  readonly output: string;
  readonly done: number;
}

/** Runs a program without a terminal. */
export const runProgram = (
  command: string,
  args: readonly string[],
  {
    env,
    cwd,
    input,
  }: { readonly env: Readonly<Record<string, string>>; readonly cwd: string; readonly input?: string },
): Promise<Ended> =>
  new Promise((resolve) => {
    // Of its own session: the terminal of whoever runs the tests must not be asked.
    const child = spawn(command, args, { env, cwd, detached: true, stdio: "pipe" });
    const read: Record<"stdout" | "stderr", string> = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) child[name].on("data", (data) => (read[name] += String(data)));
    child.once("close", (code) => resolve({ code, ...read }));
    // Few programs read it, and one may have ended before it is written.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input ?? "");
  });

const python = (order: object): Promise<OnTerminal> =>
  new Promise((resolve, reject) => {
    const child = execFile("python3", [TERMINAL], { maxBuffer: 16 * 1024 * 1024 }, (error, stdout) => {
      if (error === null) resolve(JSON.parse(stdout) as OnTerminal);
      else reject(error);
    });
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(JSON.stringify(order));
  });

export interface Practice extends AsyncDisposable {
  readonly sandbox: Sandbox;
  readonly homeDir: string;
  readonly env: Readonly<Record<string, string>>;
  /** Runs `daypass …` without a terminal. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Ended>;
  /** Runs `daypass …` on a terminal, with a person before it. */
  type(args: readonly string[], steps?: readonly Step[], env?: Readonly<Record<string, string>>): Promise<OnTerminal>;
  /** Signs ada in with her browser. */
  signIn(): Promise<OnTerminal>;
  read(path: string): Promise<string>;
  write(path: string, text: string): Promise<void>;
}

/** Starts the world of the practice, and a home with its sign-in and nothing else. */
export const startPractice = async (change: (world: WorldFile) => WorldFile = (world) => world): Promise<Practice> => {
  const world = describePracticeWorld("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ") as WorldFile;
  const sandbox = await startSandbox({ world: change(world) });
  const homeDir = await mkdtemp(join(tmpdir(), "dp-cli-"));
  const env = {
    ...TWIN,
    PATH: process.env["PATH"] ?? "",
    HOME: homeDir,
    TERM: "xterm-256color",
    AWS_ENDPOINT_URL: sandbox.endpoint,
    // Commands, separated by colons: Debian's sensible-browser has it so.
    BROWSER: `${process.execPath} ${BROWSER}`,
    DAYPASS_KEYCHAIN: "off",
    LANG: "C.UTF-8",
  };
  await mkdir(join(homeDir, ".aws"), { mode: 0o700 });
  await writeFile(
    join(homeDir, ".aws", "config"),
    `[sso-session company]\nsso_start_url = ${sandbox.startUrl}\nsso_region = us-east-1\nsso_registration_scopes = sso:account:access\n`,
    { mode: 0o600 },
  );
  const practice: Practice = {
    sandbox,
    homeDir,
    env,
    run: (args, more = {}) =>
      runProgram(process.execPath, [PROGRAM, ...args], { env: { ...env, ...more }, cwd: homeDir }),
    type: (args, steps = [], more = {}) =>
      python({ command: [process.execPath, PROGRAM, ...args], env: { ...env, ...more }, cwd: homeDir, steps }),
    signIn: () => practice.type(["login", "company"], [noPassphrase]),
    read: (path) => readFile(join(homeDir, path), "utf8"),
    write: async (path, text) => writeFile(join(homeDir, path), text, { mode: 0o600 }),
    async [Symbol.asyncDispose]() {
      await sandbox.stop();
      await rm(homeDir, { recursive: true, force: true });
    },
  };
  return practice;
};
