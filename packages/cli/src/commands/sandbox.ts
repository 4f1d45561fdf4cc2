// A company on this machine to practise in: no AWS account is needed and none can be harmed.
import { buildCommand, buildRouteMap, numberParser } from "@stricli/core";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { renderJson } from "../render/render-table.js";
import { UsageError } from "../usage-error.js";
import type { Workbench } from "../workbench.js";

interface Flags {
  readonly json: boolean;
  readonly home?: string;
  readonly port?: number;
}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const newDeviceSecret = (): string => {
  // Loaded when it is needed: every start of the program would wait for it.
  const { randomBytes } = process.getBuiltinModule("node:crypto");
  return [...randomBytes(32)].map((byte) => ALPHABET[byte % 32]).join("");
};

/** The person's own shell where it is one that the practice has settings for. */
const shellOf = ({ env }: Workbench): readonly string[] => {
  const shell = env["SHELL"] ?? "";
  return /\/(?:bash|zsh|fish)$/.test(shell) ? [shell] : ["bash"];
};

async function practise(this: Workbench, { json, home, port }: Flags, ...command: readonly string[]): Promise<void> {
  if (json && command.length > 0)
    throw new UsageError("--json and a program both want stdout", "leave out one of them");
  const [
    { findSandbox },
    { furnishHome },
    { describePracticeWorld },
    { renderGuide },
    { runInside, stopAgent },
    { hearEnding, waitForEnd },
  ] = await Promise.all([
    import("../sandbox/find-sandbox.js"),
    import("../sandbox/furnish-home.js"),
    import("../sandbox/practice-world.js"),
    import("../sandbox/practice-guide.js"),
    import("../sandbox/run-inside.js"),
    import("../sandbox/hear-ending.js"),
  ]);
  const start = await findSandbox(this.packageDirectory);
  const world = describePracticeWorld(newDeviceSecret());
  // Before the first thing is made: who tells us to end must find all of it gone, however early they do.
  const { told, release } = hearEnding();
  const undo: (() => Promise<void>)[] = [];
  try {
    // Short, because a unix socket's path takes 107 characters.
    const homeDir = home === undefined ? await mkdtemp(join(tmpdir(), "aws-practice-")) : resolve(home);
    if (home === undefined) undo.push(() => rm(homeDir, { recursive: true, force: true, maxRetries: 3 }));
    const sandbox = await start({ world, worldSource: "the practice world", ...(port !== undefined && { port }) });
    undo.push(() => sandbox.stop());
    told.throwIfAborted();
    const { env } = await furnishHome(this, homeDir, sandbox);
    told.throwIfAborted();
    // The practice's own agent, if something starts one: it must not outlive its home.
    undo.push(() => stopAgent(join(homeDir, "bin", this.names.name), env));
    const opensShell = !json && command.length === 0 && this.stdout.isTTY === true && process.stdin.isTTY;
    const { endpoint, startUrl, console } = sandbox;
    if (json) this.print(renderJson({ endpoint, console, startUrl, home: homeDir, path: join(homeDir, "bin") }));
    else if (command.length === 0)
      this.say(renderGuide({ names: this.names, homeDir, endpoint, startUrl, opensShell }));
    if (command.length > 0) this.setExitCode(await runInside(command, env));
    else if (opensShell) await runInside(shellOf(this), env);
    else await waitForEnd(told);
  } finally {
    for (const each of undo.toReversed()) await each();
    release();
  }
}

async function showCode(this: Workbench, { json }: { readonly json: boolean }): Promise<void> {
  const { tellPracticeCode } = await import("../sandbox/tell-code.js");
  const code = await tellPracticeCode(this);
  this.print(json ? renderJson({ code }) : `${code}\n`);
}

const JSON_FLAG = { kind: "boolean", brief: "as JSON, for programs", default: false } as const;

const startCommand = buildCommand<Flags, string[], Workbench>({
  func: practise,
  parameters: {
    flags: {
      json: JSON_FLAG,
      home: {
        kind: "parsed",
        parse: String,
        brief: "an empty folder to keep it in; else it goes away",
        optional: true,
        placeholder: "FOLDER",
      },
      port: {
        kind: "parsed",
        parse: numberParser,
        brief: "the port to listen on; else any free one",
        optional: true,
        placeholder: "NUMBER",
      },
    },
    positional: {
      kind: "array",
      parameter: { parse: String, brief: "a program to run in it, instead of a shell", placeholder: "COMMAND" },
    },
  },
  docs: { brief: "start it, and open a shell in it" },
});

const codeCommand = buildCommand<{ readonly json: boolean }, [], Workbench>({
  func: showCode,
  parameters: { flags: { json: JSON_FLAG } },
  docs: { brief: "show the MFA code that is good now" },
});

export const sandboxCommand = buildRouteMap<string, Workbench>({
  routes: { start: startCommand, code: codeCommand },
  docs: { brief: "practise on this machine, without an AWS account" },
});
