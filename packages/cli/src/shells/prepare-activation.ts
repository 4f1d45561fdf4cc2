// The one line that `eval` is given. It only reads a file, because `eval $(…)` without quotes splits and globs whatever
// is printed: all that matters is in files that no such thing happens to.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Names } from "../names.js";
import { UsageError } from "../usage-error.js";
import { dialectOf, type Dialect } from "./shell-names.js";
import { writeWhole } from "./write-shell-index.js";

export interface ActivationOptions {
  readonly shell: string;
  readonly names: Names;
  /** The folder of the installed package, in which `shells` is. */
  readonly packageDirectory: string;
  readonly homeDir: string;
  /** `$HOME` of the shell that asks. */
  readonly home: string | undefined;
}

/** Nothing in such a path is split, globbed or expanded by any of the shells. */
const PLAIN_PATH = /^\/[A-Za-z0-9_./@+-]*$/;

/** What shells/ is written for. */
const WRITTEN_NAME = "daypass";
const WRITTEN_PREFIX = "DAYPASS_";

const renamed = (text: string, { name, envPrefix }: Names): string =>
  text.replaceAll(WRITTEN_PREFIX, () => envPrefix).replaceAll(WRITTEN_NAME, () => name);

const isWritten = (names: Names): boolean => names.name === WRITTEN_NAME && names.envPrefix === WRITTEN_PREFIX;

const copyTo = async (from: string, to: string, names: Names): Promise<void> => {
  for (const file of await readdir(from)) {
    await writeWhole(to, file, renamed(await readFile(join(from, file), "utf8"), names));
  }
};

/** The folder as a word that each shell reads the same, split or not. */
const folderWord = async (options: ActivationOptions): Promise<string> => {
  const { names, packageDirectory, homeDir, home } = options;
  const shipped = join(packageDirectory, "shells");
  if (isWritten(names) && PLAIN_PATH.test(shipped)) return shipped;
  const own = join(homeDir, names.directoryName, "shells");
  const isPlain = PLAIN_PATH.test(own);
  if (!isPlain && home !== homeDir) {
    throw new UsageError(
      "the path of the home directory cannot be handed to a shell",
      "set HOME to the home directory",
    );
  }
  await copyTo(shipped, own, names);
  return isPlain ? own : `$HOME/${names.directoryName}/shells`;
};

const LINE: Readonly<Record<Exclude<Dialect, "nu">, (folder: string) => string>> = {
  sh: (folder) => `_aws_as_shells="${folder}" && . "\${_aws_as_shells}/activate.sh"`,
  // What backquotes give is split there, too: no word of this has a blank in it, for `:q` keeps those of the variable.
  csh: (folder) =>
    `set _aws_as_shells = ${folder.replace("$HOME", "$HOME:q")} ; source $_aws_as_shells:q/activate.csh ;`,
  fish: (folder) => `source "${folder}/aws-as.fish"`,
  pwsh: (folder) => `. "${folder}/aws-as.ps1"`,
};

/**
 * Returns what `aws-as-activate` prints for the shell: one line to evaluate, or for Nushell, which evaluates nothing, the
 * file itself. Where the package lies in an odd path or has another name, its files are first copied to the person's
 * directory.
 */
export const prepareActivation = async (options: ActivationOptions): Promise<string> => {
  const dialect = dialectOf(options.shell);
  if (dialect === "nu") {
    const text = await readFile(join(options.packageDirectory, "shells", "aws-as.nu"), "utf8");
    return renamed(text, options.names);
  }
  return `${LINE[dialect](await folderWord(options))}\n`;
};
