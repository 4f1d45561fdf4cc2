// `aws-as NAME` where no shell function of that name is there: a program cannot change the shell that started it, and it
// says so instead of printing keys.
import { buildCommand } from "@stricli/core";
import { UsageError } from "../usage-error.js";
import type { Workbench } from "../workbench.js";

type Given = readonly string[];

function explainSwitch(this: Workbench, _flags: object, ..._given: Given): void {
  throw new UsageError(
    "this shell is not activated, so nothing was switched",
    `type \`eval "$(aws-as -s)"\` first (\`eval \\\`aws-as -c\\\`\` in tcsh, \`aws-as-activate fish | source\` in fish); for one command, type \`${this.names.name} exec IDENTITY -- COMMAND\``,
  );
}

export const switchCommand = buildCommand<object, Given, Workbench>({
  func: explainSwitch,
  parameters: {
    flags: {},
    positional: {
      kind: "array",
      parameter: { brief: "who to be", placeholder: "IDENTITY", parse: (typed: string) => typed },
    },
  },
  docs: {
    brief: "be somebody else in this shell (aws-as IDENTITY)",
    fullDescription:
      'Needs an activated shell: `eval "$(aws-as -s)"`. Then `aws-as IDENTITY` switches, `aws-as -` leaves nothing of AWS in the environment, `aws-as` alone shows who you are, and `aws-as-deactivate` ends it.',
  },
});
