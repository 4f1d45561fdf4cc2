// What the shell functions evaluate: statements to stdout, and nothing where it fails, so that nothing changes then.
import { buildCommand } from "@stricli/core";
import { narrowingFlags, type NarrowingFlags } from "../narrowing-flags.js";
import { renderSwitch } from "../shells/render-switch.js";
import { dialectOf } from "../shells/shell-names.js";
import { UsageError } from "../usage-error.js";
import type { Workbench } from "../workbench.js";

interface Flags extends NarrowingFlags {
  readonly shell: string;
  readonly agent: boolean;
}

async function writeShellEnv(this: Workbench, flags: Flags, given?: string): Promise<void> {
  // Before a code is spent on what cannot be said in this shell.
  dialectOf(flags.shell);
  if (this.stdout.isTTY === true) {
    throw new UsageError(
      "this writes keys for a shell to evaluate, and would show them here",
      `activate the shell with \`eval "$(aws-as -s)"\`; to see them, type \`${this.names.name} env\``,
    );
  }
  const { chooseIdentity } = await import("../menus/choose-identity.js");
  const { become } = await import("../become.js");
  const name = await chooseIdentity(this, given);
  // The prompt says who it is, and `aws-as` alone how long: a switch that works says nothing.
  const { changes } = await become(this, name, flags);
  this.print(renderSwitch(flags.shell, changes));
}

export const shellEnvCommand = buildCommand<Flags, [given?: string], Workbench>({
  func: writeShellEnv,
  parameters: {
    flags: {
      shell: { kind: "parsed", parse: (typed: string) => typed, brief: "whose language it is", placeholder: "SHELL" },
      agent: {
        kind: "boolean",
        brief: "a profile that asks the agent, instead of keys",
        default: false,
        withNegated: false,
      },
      ...narrowingFlags,
    },
    positional: {
      kind: "tuple",
      parameters: [{ brief: "who to be", placeholder: "IDENTITY", parse: (typed: string) => typed, optional: true }],
    },
  },
  docs: { brief: "write what a shell evaluates to be an identity" },
});
