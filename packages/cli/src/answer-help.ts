// The first thing that a newcomer types: the text of `--help`, written when the program was bundled.
import { readFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { isatty } from "node:tty";

/** Stands in the text for the name that was typed. */
const PROGRAM_MARK = "%PROGRAM%";

const STDOUT = 1;

/**
 * Writes the help and returns true where nothing else was asked for. False on a terminal, where the rest of the program
 * writes it in colours, and where the text is not there.
 */
export const answerHelp = (program: string, args: readonly string[], packageDirectory: string): boolean => {
  const [flag] = args;
  if (args.length !== 1 || (flag !== "--help" && flag !== "-h") || program.startsWith("aws-as")) return false;
  try {
    if (isatty(STDOUT)) return false;
    const text = readFileSync(join(packageDirectory, "dist", "help.txt"), "utf8");
    writeSync(STDOUT, text.replaceAll(PROGRAM_MARK, program));
    return true;
  } catch {
    return false;
  }
};
