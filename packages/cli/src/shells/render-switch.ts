// What `shell-env` prints for the functions in shells/: they evaluate it only when it begins with this mark, so that a
// help text or a stray line is never run.
import { UsageError } from "../usage-error.js";
import { renderStatements, type EnvironmentChange } from "./render-statements.js";
import { dialectOf } from "./shell-names.js";

/**
 * A statement that does nothing; Nushell, which evaluates none, only compares it. The number grows when older functions
 * could not use what follows.
 */
const MARK = ": aws-as 1;\n";

/**
 * Returns the changes as a switching shell reads them. Throws for a line break in a value in csh, which hands on the
 * output of a command line by line and loses it.
 */
export const renderSwitch = (shell: string, changes: readonly EnvironmentChange[]): string => {
  const dialect = dialectOf(shell);
  if (dialect === "csh" && changes.some((change) => "set" in change && change.value.includes("\n"))) {
    throw new UsageError("a value holds a line break, which csh cannot take over", "use another shell, or `exec`");
  }
  return `${dialect === "pwsh" ? "$null = 'aws-as 1';\n" : MARK}${renderStatements(shell, changes)}`;
};
