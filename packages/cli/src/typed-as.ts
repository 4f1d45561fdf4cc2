// Four names, one program: what was typed becomes one command line of it.
import type { Names } from "./names.js";

/** Flags of `aws-as` that write code for a shell. `-s` and `-c` are ssh-agent's: Bourne and C shells. */
const SHELL_FLAGS: ReadonlySet<string> = new Set(["-s", "-c"]);
const VERSION: ReadonlySet<string> = new Set(["--version", "-v"]);
const HELP: ReadonlySet<string | undefined> = new Set(["--help", "-h"]);

/** What a group of commands does where none of them is named. */
const ALONE: ReadonlyMap<string, string> = new Map([
  ["config", "menu"],
  ["crypto", "menu"],
  ["sandbox", "start"],
]);

const nameCommand = (args: readonly string[]): readonly string[] => {
  const [first = "", second, ...rest] = args;
  if (first === "help") return [...args.slice(1), "--help"];
  const alone = ALONE.get(first);
  if (alone === undefined || HELP.has(second) || (second !== undefined && !second.startsWith("-"))) return args;
  return [first, alone, ...(second === undefined ? [] : [second, ...rest])];
};

/**
 * Returns the command line of `daypass` that means what was typed. The first word of `aws-as` is an identity, whatever it
 * is called, unless it begins with `-`: no identity can be taken for a command.
 */
export const typedAs = ({ program }: Names, args: readonly string[]): readonly string[] => {
  if (program === "aws-as-activate") return ["activate", ...args];
  if (program !== "aws-as") return nameCommand(args);
  const [first] = args;
  if (first === undefined) return ["whoami"];
  if (first === "-") return ["switch", "-"];
  if (SHELL_FLAGS.has(first)) return ["activate", ...args];
  // The version is the whole program's; help is that of switching.
  if (VERSION.has(first)) return ["--version"];
  return ["switch", ...args];
};
