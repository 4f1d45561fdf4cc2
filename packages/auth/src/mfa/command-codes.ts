// Codes that a command prints, such as `/usr/bin/ykman oath accounts code --single aws`.
import { spawn } from "node:child_process";
import { isAbsolute } from "node:path";
import { AuthError } from "../errors.js";
import type { MfaCodes } from "../types.js";
import type { UsedSteps } from "./used-steps.js";

export interface CommandCodesOptions {
  /** The program's absolute path and its arguments. No shell reads them. */
  readonly command: readonly string[];
  readonly usedSteps: UsedSteps;
  /** Default 60,000: somebody may have to touch a key. */
  readonly timeoutMs?: number;
}

/** More than any code, banner and line break. */
const MOST_OUTPUT_BYTES = 4_096;

const fail = (why: string, cause?: unknown): AuthError =>
  new AuthError("process_failed", `the command for MFA codes ${why}`, {
    hint: "run it in a terminal: it must print six digits and nothing else, and end with 0",
    cause,
  });

const run = (program: string, args: readonly string[], timeoutMs: number): Promise<string> =>
  new Promise((resolve, reject) => {
    // stderr stays the person's: "touch your key" is said there, and what is secret belongs on stdout.
    const child = spawn(program, args, { shell: false, stdio: ["ignore", "pipe", "inherit"], windowsHide: true });
    let output = "";
    const end = (error: AuthError) => {
      clearTimeout(timer);
      child.kill("SIGKILL");
      reject(error);
    };
    const timer = setTimeout(() => end(fail(`did not end within ${timeoutMs} ms`)), timeoutMs);
    child.stdout.setEncoding("latin1").on("data", (chunk: string) => {
      output += chunk;
      if (output.length > MOST_OUTPUT_BYTES) end(fail("prints too much"));
    });
    child.on("error", (error) => end(fail("could not be started", error)));
    child.on("close", (exitCode) => {
      clearTimeout(timer);
      if (exitCode === 0) resolve(output);
      else reject(fail(`ended with ${exitCode ?? "a signal"}`));
    });
  });

/**
 * Returns codes that a command prints, one for each time step. They reject with `process_failed`, whose message never
 * holds what was printed. Throws `invalid_option` where the command does not start with an absolute path.
 */
export const createCommandCodes = ({ command, usedSteps, timeoutMs = 60_000 }: CommandCodesOptions): MfaCodes => {
  const [program, ...args] = command;
  if (program === undefined || !isAbsolute(program) || command.some((part) => part.includes("\0"))) {
    throw new AuthError(
      "invalid_option",
      "the command for MFA codes does not start with the absolute path of a program",
      {
        // What a bare name means depends on the folder and the PATH of whoever calls.
        hint: "give it as a list: its absolute path first, then each argument by itself",
      },
    );
  }
  return (serial) =>
    usedSteps.spend(serial, async () => {
      const code = (await run(program, args, timeoutMs)).replace(/\s/g, "");
      if (!/^\d{6}$/.test(code)) throw fail("did not print six digits");
      return code;
    });
};
