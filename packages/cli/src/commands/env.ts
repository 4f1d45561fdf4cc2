// The variables of an identity, for a shell, a file of settings, or a program.
import { buildCommand } from "@stricli/core";
import { narrowingFlags, type NarrowingFlags } from "../narrowing-flags.js";
import { renderJson } from "../render/render-table.js";
import { renderStatements, type EnvironmentChange } from "../shells/render-statements.js";
import { dialectOf } from "../shells/shell-names.js";
import { UsageError } from "../usage-error.js";
import type { Workbench } from "../workbench.js";

interface Flags extends NarrowingFlags {
  readonly shell?: string;
  readonly format?: "dotenv" | "json";
}

/** Readers of such files differ in what quotes and `$` mean: what no reader could take for anything else is written. */
const PLAIN = /^[A-Za-z0-9+/=_.:@-]*$/;

const setOf = (changes: readonly EnvironmentChange[]): readonly (readonly [string, string])[] =>
  changes.flatMap((change) =>
    "set" in change && change.set.startsWith("AWS_") ? [[change.set, change.value] as const] : [],
  );

const renderDotenv = (values: readonly (readonly [string, string])[]): string =>
  values
    .map(([name, value]) => {
      if (!PLAIN.test(value)) {
        throw new UsageError(`${name} has characters that readers of such files take differently`, "use --format json");
      }
      return `${name}=${value}\n`;
    })
    .join("");

async function writeEnv(this: Workbench, flags: Flags, given?: string): Promise<void> {
  const { shell, format } = flags;
  if ((shell === undefined) === (format === undefined)) {
    throw new UsageError(
      "it is not said in which form to print",
      "say either --shell SHELL or --format dotenv or json",
    );
  }
  if (shell !== undefined) dialectOf(shell);
  const { chooseIdentity } = await import("../menus/choose-identity.js");
  const { become } = await import("../become.js");
  const { changes } = await become(this, await chooseIdentity(this, given), { ...flags, agent: false });
  if (shell !== undefined) this.print(renderStatements(shell, changes));
  else if (format === "json") this.print(renderJson(Object.fromEntries(setOf(changes))));
  else this.print(renderDotenv(setOf(changes)));
}

export const envCommand = buildCommand<Flags, [given?: string], Workbench>({
  func: writeEnv,
  parameters: {
    flags: {
      shell: {
        kind: "parsed",
        parse: (typed: string) => typed,
        brief: "as statements of this shell",
        placeholder: "SHELL",
        optional: true,
      },
      format: { kind: "enum", values: ["dotenv", "json"], brief: "as a file of settings, or JSON", optional: true },
      ...narrowingFlags,
    },
    positional: {
      kind: "tuple",
      parameters: [{ brief: "whose", placeholder: "IDENTITY", parse: (typed: string) => typed, optional: true }],
    },
  },
  docs: { brief: "print the variables of an identity: they are secrets" },
});
