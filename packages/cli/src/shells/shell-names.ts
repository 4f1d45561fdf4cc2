// The shells we speak to, and which of them share a language. A shell that is not here is refused: a statement quoted for
// another one may run what it holds.
import { UsageError } from "../usage-error.js";

/** A language of shells. `sh` is what bash, zsh, dash, ksh and `bash --posix` read alike; `csh` is csh's and tcsh's. */
export type Dialect = "sh" | "csh" | "fish" | "pwsh" | "nu";

const DIALECTS: ReadonlyMap<string, Dialect> = new Map([
  ["sh", "sh"],
  ["bash", "sh"],
  ["zsh", "sh"],
  ["dash", "sh"],
  ["ash", "sh"],
  ["ksh", "sh"],
  ["ksh93", "sh"],
  ["mksh", "sh"],
  ["csh", "csh"],
  ["tcsh", "csh"],
  ["fish", "fish"],
  ["pwsh", "pwsh"],
  ["powershell", "pwsh"],
  ["nu", "nu"],
]);

/** The names that `--shell` takes. */
export const SHELLS: readonly string[] = [...DIALECTS.keys()];

/** Returns the language of a shell that was named. Throws where it is none that we know. */
export const dialectOf = (shell: string): Dialect => {
  const dialect = DIALECTS.get(shell);
  if (dialect !== undefined) return dialect;
  throw new UsageError(`${JSON.stringify(shell)} is no shell that is known here`, `name one of: ${SHELLS.join(", ")}`);
};

export interface ShellSigns {
  /** The command name of the parent process, as `ps -o comm=` prints it: `-zsh`, `/bin/bash`, `pwsh.exe`. */
  readonly parentName: string | undefined;
  /** `$SHELL`: the login shell, which need not be the one that asks. */
  readonly loginShell: string | undefined;
}

const nameIn = (command: string | undefined): string | undefined => {
  const last = command?.trim().split(/[/\\]/).at(-1) ?? "";
  const name = last
    .replace(/^-/, "")
    .replace(/\.exe$/i, "")
    .toLowerCase();
  return DIALECTS.has(name) ? name : undefined;
};

/** Returns the shell that most likely asks, for where none was named: the parent process, then `$SHELL`. */
export const detectShell = ({ parentName, loginShell }: ShellSigns): string => {
  const shell = nameIn(parentName) ?? nameIn(loginShell);
  if (shell !== undefined) return shell;
  throw new UsageError("it cannot be told which shell asks", `name one of: ${SHELLS.join(", ")}`);
};
