// One command as an identity. The shell that types it stays who it is.
import { display } from "@daypass/auth/terminal";
import { buildCommand } from "@stricli/core";
import { narrowingFlags, type NarrowingFlags } from "../narrowing-flags.js";
import { UsageError } from "../usage-error.js";
import type { Workbench } from "../workbench.js";

interface Flags extends NarrowingFlags {
  readonly agent: boolean;
}

/** Somebody who forgets `--` did give a command: what is missing is said as it is. */
const describeMissing = (at: number, words: readonly string[]): string =>
  at < 0 && words.length > 1 ? "`--` is missing between the identity and the command" : "no command is given";

/** Returns what stands before `--` and after it: without it nobody could tell an identity from a command. */
const splitWords = ({ typed, names }: Workbench, words: readonly string[]) => {
  const at = typed.indexOf("--");
  const command = at < 0 ? [] : typed.slice(at + 1);
  const [program, ...rest] = command;
  const [name, ...more] = words.slice(0, words.length - command.length);
  if (program === undefined || more.length > 0) {
    throw new UsageError(
      program === undefined ? describeMissing(at, words) : "there is more than an identity before `--`",
      `type it as in \`${names.name} exec prod/admin -- aws s3 ls\``,
    );
  }
  return { name, command: [program, ...rest] as const };
};

async function runAs(this: Workbench, flags: Flags, ...words: readonly string[]): Promise<void> {
  const { name: given, command } = splitWords(this, words);
  const { chooseIdentity } = await import("../menus/choose-identity.js");
  const { become } = await import("../become.js");
  const name = await chooseIdentity(this, given);
  const { applyChanges } = await import("../apply-changes.js");
  const { runCommand } = await import("../run-command.js");
  const { changes } = await become(this, name, flags);
  const { exitCode, problem } = await runCommand({ command, env: applyChanges(this.env, changes) });
  if (problem !== undefined) this.say(`${this.names.program}: ${display(command[0])} ${problem}\n`);
  this.setExitCode(exitCode);
}

export const execCommand = buildCommand<Flags, readonly string[], Workbench>({
  func: runAs,
  parameters: {
    flags: {
      agent: {
        kind: "boolean",
        brief: "through the agent: credentials never end under the command",
        default: false,
        withNegated: false,
      },
      ...narrowingFlags,
    },
    positional: {
      kind: "array",
      parameter: { brief: "who to be, then -- and the command", placeholder: "WORD", parse: (typed: string) => typed },
    },
  },
  docs: { brief: "run one command as an identity", customUsage: ["IDENTITY [flags] -- COMMAND [ARGUMENT...]"] },
});
