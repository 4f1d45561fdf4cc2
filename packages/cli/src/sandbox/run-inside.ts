// Runs a program inside the practice, and ends the practice with it, whatever ends it.
import { AuthError } from "@daypass/auth/terminal";
import { spawn } from "node:child_process";
import { constants } from "node:os";

/** What shells return for a program that a signal ended: 128 and its number. */
const codeOfSignal = (signal: NodeJS.Signals): number => 128 + constants.signals[signal];

/**
 * Runs the program on this terminal and returns its exit code. Who calls it listens to SIGINT, which would else end us
 * alone. Throws `not_found` where there is none of that name.
 */
export const runInside = (
  [program = "", ...args]: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number> =>
  new Promise((resolve, reject) => {
    // Not Ctrl-C: the terminal gives it to the program as well, which decides for itself.
    const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
    process.on("SIGTERM", pass).on("SIGHUP", pass);
    const done = (): void => void process.off("SIGTERM", pass).off("SIGHUP", pass);
    const child = spawn(program, args, { env, stdio: "inherit" });
    child.once("error", (cause) => {
      done();
      reject(
        new AuthError("not_found", `${JSON.stringify(program)} cannot be started`, {
          hint: "name a program of this machine",
          cause,
        }),
      );
    });
    child.once("exit", (code, signal) => {
      done();
      resolve(signal === null ? (code ?? 1) : codeOfSignal(signal));
    });
  });

/** Ends the agent of the practice, if one runs. Never rejects: what is practised in goes away anyway. */
export const stopAgent = (program: string, env: Readonly<Record<string, string>>): Promise<void> =>
  new Promise((resolve) => {
    // Of its own session: a second Ctrl-C, which the terminal gives to all that run on it, must not end this.
    const child = spawn(program, ["agent", "stop"], { env, stdio: "ignore", timeout: 10_000, detached: true });
    child.once("error", () => resolve());
    child.once("exit", () => resolve());
  });
