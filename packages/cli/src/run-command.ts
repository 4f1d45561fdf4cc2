// Runs a command for `exec` as if it had been typed itself: its own words, its own streams, its signals, its exit code.
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { constants } from "node:os";

export interface RunningOptions {
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** How it ended; `problem` where it did not start. */
export interface Ended {
  /** As a shell has it: the code, 128 and the signal's number, 126 not to be run, 127 not there. */
  readonly exitCode: number;
  readonly problem?: string;
}

/** What is meant for the command when it is sent to us. */
const PASSED_ON = ["SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH", "SIGCONT"] as const;
/** What a terminal sends to the whole foreground group: to pass it on would send it twice, and twice means "at once". */
const FROM_THE_TERMINAL = ["SIGINT", "SIGQUIT"] as const;

const hasTerminal = (): boolean => {
  try {
    closeSync(openSync("/dev/tty", "r"));
    return true;
  } catch {
    return false;
  }
};

/**
 * Runs the command without a shell, in our own process group, so that a terminal's job control takes both. Resolves when
 * it has ended; never rejects.
 */
export const runCommand = ({ command: [program, ...words], env }: RunningOptions): Promise<Ended> =>
  new Promise((resolve) => {
    const isAtTerminal = hasTerminal();
    // Before it is started: it may be running, and known to whoever sends signals, before we go on.
    const listeners = [
      ...PASSED_ON.map((signal) => [signal, () => void child.kill(signal)] as const),
      ...FROM_THE_TERMINAL.map((signal) => [signal, () => void (isAtTerminal || child.kill(signal))] as const),
    ];
    for (const [signal, listener] of listeners) process.on(signal, listener);
    const child = spawn(program, words, { env: { ...env }, stdio: "inherit", shell: false });
    // We hold what it got for as long as it runs. Its own core files are its own affair, and it is on its way already.
    void import("@daypass/agent").then(({ emptyCores }) => emptyCores());
    const end = (ended: Ended): void => {
      for (const [signal, listener] of listeners) process.off(signal, listener);
      resolve(ended);
    };
    child.once("error", (error) => {
      const isMissing = "code" in error && error.code === "ENOENT";
      end({ exitCode: isMissing ? 127 : 126, problem: isMissing ? "is not there" : "cannot be run" });
    });
    child.once("exit", (code, signal) =>
      end({ exitCode: code ?? 128 + (signal === null ? 0 : constants.signals[signal]) }),
    );
  });
