// Changes of a shell's environment as statements that the shell evaluates: the only text of ours that is ever run.
import { quoteForShell } from "./quote-for-shell.js";
import { dialectOf, type Dialect } from "./shell-names.js";

/** One variable set, or taken away. */
export type EnvironmentChange = { readonly set: string; readonly value: string } | { readonly unset: string };

/** POSIX.1-2017, "Environment Variables": what every shell takes for a name. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

const SET: Readonly<Record<Exclude<Dialect, "nu">, (name: string, word: string) => string>> = {
  sh: (name, word) => `export ${name}=${word};`,
  csh: (name, word) => `setenv ${name} ${word};`,
  fish: (name, word) => `set -gx ${name} ${word};`,
  pwsh: (name, word) => `Set-Item -LiteralPath 'Env:${name}' -Value ${word};`,
};

const UNSET: Readonly<Record<Exclude<Dialect, "nu">, (name: string) => string>> = {
  sh: (name) => `unset ${name};`,
  csh: (name) => `unsetenv ${name};`,
  fish: (name) => `set -eg ${name};`,
  pwsh: (name) => `Remove-Item -LiteralPath 'Env:${name}' -ErrorAction SilentlyContinue;`,
};

const nameOf = (change: EnvironmentChange): string => {
  const name = "set" in change ? change.set : change.unset;
  if (!NAME.test(name)) throw new TypeError(`no name of a variable: ${JSON.stringify(name)}`);
  return name;
};

const renderRecord = (changes: readonly EnvironmentChange[]): string => {
  const words = changes.map((change) => {
    const word = "set" in change ? quoteForShell("nu", change.value) : "null";
    return `${JSON.stringify(nameOf(change))}:${word}`;
  });
  return `{${words.join(",")}}\n`;
};

/**
 * Returns the changes in the language of the shell that was named, one statement on each line, in their order. Nushell
 * evaluates no text: for it they are one JSON object, in which `null` takes a variable away. Throws for a shell that is
 * not known and for a value that no shell can carry.
 */
export const renderStatements = (shell: string, changes: readonly EnvironmentChange[]): string => {
  const dialect = dialectOf(shell);
  if (dialect === "nu") return renderRecord(changes);
  return changes
    .map((change) => {
      const name = nameOf(change);
      return `${"set" in change ? SET[dialect](name, quoteForShell(dialect, change.value)) : UNSET[dialect](name)}\n`;
    })
    .join("");
};
