// Prints what a shell evaluates once, so that Tab knows our words.
import { buildCommand } from "@stricli/core";
import { UsageError } from "../usage-error.js";
import type { Workbench } from "../workbench.js";

async function writeCompletion(this: Workbench, _flags: object, shell: string): Promise<void> {
  const { COMPLETIONS } = await import("../shells/render-completion.js");
  const script = COMPLETIONS.get(shell);
  if (script === undefined) {
    throw new UsageError(`there is no completion for ${JSON.stringify(shell)}`, "name bash, zsh or fish");
  }
  this.print(script(this.names, this.commandNames));
}

export const completionCommand = buildCommand<object, [shell: string], Workbench>({
  func: writeCompletion,
  parameters: {
    flags: {},
    positional: {
      kind: "tuple",
      parameters: [{ brief: "bash, zsh or fish", placeholder: "SHELL", parse: (typed: string) => typed }],
    },
  },
  docs: { brief: "print what lets Tab complete commands and identities" },
});
