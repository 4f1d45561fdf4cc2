// `aws-as NAME` where no shell function of that name is there: a program cannot change the shell that started it, and it
// says so instead of printing keys.
import { buildCommand } from "@stricli/core";
import { narrowingFlags, type NarrowingFlags } from "../narrowing-flags.js";
import { UsageError } from "../usage-error.js";
import type { Workbench } from "../workbench.js";

type Given = readonly string[];

/** Those of `shell-env`, which the shell's function passes them to. */
interface Flags extends NarrowingFlags {
  readonly agent: boolean;
}

function explainSwitch(this: Workbench, _flags: Flags, ..._given: Given): void {
  throw new UsageError(
    "this shell is not activated, so nothing was switched",
    `type \`eval "$(aws-as -s)"\` first (\`eval \\\`aws-as -c\\\`\` in tcsh, \`aws-as-activate fish | source\` in fish); for one command, type \`${this.names.name} exec IDENTITY -- COMMAND\``,
  );
}

export const switchCommand = buildCommand<Flags, Given, Workbench>({
  func: explainSwitch,
  parameters: {
    flags: {
      agent: {
        kind: "boolean",
        brief: "through the agent: credentials never end",
        default: false,
        withNegated: false,
      },
      ...narrowingFlags,
    },
    positional: {
      kind: "array",
      parameter: { brief: "who to be", placeholder: "IDENTITY", parse: (typed: string) => typed },
    },
  },
  docs: {
    brief: "be somebody else in this shell (aws-as IDENTITY)",
    fullDescription:
      'Needs an activated shell: `eval "$(aws-as -s)"`, or as `aws-as-activate --help` says. `aws-as-deactivate` ends it.',
    customUsage: [
      { input: "IDENTITY [flags]", brief: "be that one in this shell" },
      { input: "-", brief: "be nobody: no AWS variable is left" },
      { input: "", brief: "show who you are, and how long" },
    ],
  },
});
