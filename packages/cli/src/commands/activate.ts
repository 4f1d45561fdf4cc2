// What `eval $(aws-as -s)` evaluates: one line that reads the functions from a file.
import { buildCommand } from "@stricli/core";
import { detectShell } from "../shells/shell-names.js";
import { UsageError } from "../usage-error.js";
import type { Workbench } from "../workbench.js";

interface Flags {
  readonly sh: boolean;
  readonly csh: boolean;
}

/** The shell that started us, which need not be the login shell. */
const nameOfParent = async (): Promise<string | undefined> => {
  const { execFile } = await import("node:child_process");
  const { promisify } = await import("node:util");
  try {
    return (await promisify(execFile)("ps", ["-o", "comm=", "-p", String(process.ppid)])).stdout;
  } catch {
    return undefined;
  }
};

async function activate(this: Workbench, { sh, csh }: Flags, given?: string): Promise<void> {
  const flag = sh ? "sh" : csh ? "csh" : undefined;
  if ((sh && csh) || (flag !== undefined && given !== undefined)) {
    throw new UsageError("more than one shell is named", "name one, as in `aws-as-activate fish`");
  }
  const shell = given ?? flag ?? detectShell({ parentName: await nameOfParent(), loginShell: this.env["SHELL"] });
  const { prepareActivation } = await import("../shells/prepare-activation.js");
  const { names, packageDirectory, homeDir, env } = this;
  this.print(await prepareActivation({ shell, names, packageDirectory, homeDir, home: env["HOME"] }));
  // Tab offers what there is from the first moment on.
  await this.home();
}

export const activateCommand = buildCommand<Flags, [given?: string], Workbench>({
  func: activate,
  parameters: {
    flags: {
      sh: { kind: "boolean", brief: "for bash, zsh, dash and ksh", default: false, withNegated: false },
      csh: { kind: "boolean", brief: "for csh and tcsh", default: false, withNegated: false },
    },
    aliases: { s: "sh", c: "csh" },
    positional: {
      kind: "tuple",
      parameters: [
        {
          brief: "sh, bash, zsh, dash, ksh, csh, tcsh, fish, pwsh or nu",
          placeholder: "SHELL",
          parse: (typed: string) => typed,
          optional: true,
        },
      ],
    },
  },
  docs: {
    brief: 'give this shell aws-as: eval "$(aws-as -s)"',
    fullDescription:
      'Gives this shell aws-as. bash, zsh, dash, ksh: eval "$(aws-as -s)"; tcsh: eval `aws-as -c`; fish: aws-as-activate fish | source',
  },
});
