// Runs a command without a shell and listens to it: only so long, and only so much.
import { spawn } from "node:child_process";
import type { Environment } from "../profiles/profile-types.js";

export interface RunOptions {
  readonly path: string;
  readonly words: readonly string[];
  readonly env: Environment;
  readonly timeoutMs: number;
  readonly mostBytes: number;
}

/** What came of a command. `failure` is set where its answer does not count, in words that follow "the command". */
export interface RunResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly failure: string | undefined;
}

/** Of what a command says besides, only the beginning is kept. */
const MOST_TALK_BYTES = 8_192;

/**
 * Returns what the command wrote and how it ended; never rejects. It has no stdin, and may ask a person at the terminal
 * device. It is killed when the time is over or it writes more than `mostBytes`; what it started itself is not waited for.
 */
export const runProcess = async ({ path, words, env, timeoutMs, mostBytes }: RunOptions): Promise<RunResult> =>
  new Promise((resolve) => {
    const out: Buffer[] = [];
    const talk: Buffer[] = [];
    let outBytes = 0;
    let talkBytes = 0;
    const child = spawn(path, words, {
      env: { ...env },
      stdio: ["ignore", "pipe", "pipe"],
      shell: false,
      windowsHide: true,
    });
    const settle = (failure: string | undefined): void => {
      clearTimeout(timer);
      child.stdout.destroy();
      child.stderr.destroy();
      resolve({
        stdout: Buffer.concat(out).toString("utf8"),
        stderr: Buffer.concat(talk).toString("utf8"),
        failure,
      });
    };
    const kill = (failure: string): void => {
      child.kill("SIGKILL");
      settle(failure);
    };
    const timer = setTimeout(() => kill(`gave no answer within ${timeoutMs / 1000} seconds`), timeoutMs);
    child.stdout.on("data", (part: Buffer) => {
      outBytes += part.length;
      if (outBytes > mostBytes) kill("answered with far too much");
      else out.push(part);
    });
    child.stderr.on("data", (part: Buffer) => {
      if (talkBytes < MOST_TALK_BYTES) talk.push(part.subarray(0, MOST_TALK_BYTES - talkBytes));
      talkBytes += part.length;
    });
    child.once("error", () => settle("could not be started"));
    child.once("close", (status, signal) => {
      if (status === 0) settle(undefined);
      else settle(signal === null ? `ended with status ${status}` : `was ended by ${signal}`);
    });
  });
