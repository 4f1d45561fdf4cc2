// npm run conformance as a process of its own, without the build before it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../../conformance/main.mjs", import.meta.url));

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** Sees the process as soon as it runs, and may press Ctrl-C. */
  readonly during?: ((interrupt: () => void) => Promise<void>) | undefined;
}

/** Runs the program to its end. */
export async function runProgram(args: readonly string[], { env = {}, stdin = "", during }: ProgramOptions = {}) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...process.env, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  // A program that refuses its flags ends before it reads.
  child.stdin.on("error", () => undefined);
  child.stdin.end(stdin);
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  await during?.(() => child.kill("SIGINT"));
  const [stdout, stderr, [code]] = await ended;
  return { code: code as number | null, stdout, stderr };
}
