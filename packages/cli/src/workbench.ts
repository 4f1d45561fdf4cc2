// What every command is given: the names, the machine it runs on, and what it may write to. Nothing is opened before it
// is asked for.
import type { Home, Prompt } from "@daypass/auth";
import type { CommandContext } from "@stricli/core";
import type { Names } from "./names.js";

export interface Output {
  write(text: string): void;
  readonly isTTY?: boolean;
  readonly columns?: number;
  getColorDepth?(env?: Record<string, string | undefined>): number;
}

/** The process, as far as commands may touch it. */
export interface Machine {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly homeDir: string;
  readonly platform: NodeJS.Platform;
  readonly stdout: Output;
  readonly stderr: Output;
  /** All of standard input, as text; at most 64 KiB. */
  readonly readStdin: () => Promise<string>;
  readonly now: () => number;
  /** The folder of the installed package: its package.json, shells and programs are in it. */
  readonly packageDirectory: string;
  readonly packageName: string;
  readonly version: string;
}

export interface Workbench extends CommandContext, Machine {
  readonly names: Names;
  /** Data, to stdout. */
  readonly print: (text: string) => void;
  /** Talk, to stderr; what a terminal would obey is written out. */
  readonly say: (text: string) => void;
  /** What was typed, as one command line of the program. */
  readonly typed: readonly string[];
  /** The commands that help shows, each with those that it is a group of. */
  readonly commandNames: ReadonlyMap<string, readonly string[]>;
  readonly prompt: Prompt;
  /** Nobody is asked from now on: a question ends what asks it. `why` ends the sentence "an MFA code is needed, and …". */
  readonly refuseQuestions: (why: string) => void;
  /** The home where it was opened: for what follows a command. */
  readonly openedHome: () => Promise<Home> | undefined;
  /**
   * The person's identities, files and secrets on this machine. Opened once. `plain`, at the first call: where no secrets
   * are yet, they are kept in clear.
   */
  readonly home: (options?: { readonly plain?: boolean }) => Promise<Home>;
  /** What the command exits with when it returns. */
  readonly setExitCode: (code: number) => void;
}
