// The sandbox as its users start it: a program that prints one line of JSON and runs until SIGTERM.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Keys } from "./read-table.js";

const PROGRAM = fileURLToPath(new URL("../../packages/sandbox/dist/bin.js", import.meta.url));

export interface Program {
  readonly endpoint: string;
  readonly control: string;
  readonly accounts: readonly { readonly id: string; readonly name: string; readonly admin: Keys }[];
  /** Resolves with the exit code after SIGTERM. */
  stop(): Promise<number | null>;
}

/** Starts the program and returns what it announced. Rejects when it ends before it is ready. */
export async function startProgram(): Promise<Program> {
  const child = spawn(process.execPath, [PROGRAM, "--json"], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(child, "exit") as Promise<[number | null]>;
  const [line] = (await Promise.race([
    once(createInterface(child.stdout), "line"),
    ended.then(([code]) => Promise.reject(new Error(`the sandbox ended with ${code ?? "a signal"}`))),
  ])) as [string];
  return {
    ...(JSON.parse(line) as Pick<Program, "endpoint" | "control" | "accounts">),
    async stop() {
      child.kill("SIGTERM");
      return (await ended)[0];
    },
  };
}
