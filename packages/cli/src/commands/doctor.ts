// Looks at everything that can be wrong on this machine, and says for each what to do. It changes nothing.
import { buildCommand } from "@stricli/core";
import type { Check, Finding } from "../doctor/finding.js";
import { describeError } from "../render/render-error.js";
import { renderJson, renderTable } from "../render/render-table.js";
import type { Workbench } from "../workbench.js";

interface Flags {
  readonly json: boolean;
}

const SIGNS: Readonly<Record<Finding["state"], string>> = { ok: "ok", note: "note", warning: "warn", broken: "BROKEN" };

const loadChecks = async (): Promise<readonly Check[]> => {
  const [machine, files, secrets, shells, names, agent] = await Promise.all([
    import("../doctor/check-machine.js"),
    import("../doctor/check-files.js"),
    import("../doctor/check-secrets.js"),
    import("../doctor/check-shells.js"),
    import("../doctor/check-names.js"),
    import("../doctor/check-agent.js"),
  ]);
  return [
    names.namesCheck,
    machine.nodeCheck,
    machine.clockCheck,
    files.directoryCheck,
    secrets.secretsCheck,
    secrets.auditCheck,
    agent.agentCheck,
    files.locksCheck,
    files.awsFilesCheck,
    files.profilesCheck,
    machine.variablesCheck,
    shells.shellsCheck,
  ];
};

/** What a check could not look at is broken, and the others go on. */
const runCheck = async (bench: Workbench, check: Check): Promise<readonly Finding[]> => {
  try {
    return (await check.run(bench)).map((finding) => ({ check: check.name, ...finding }));
  } catch (error) {
    const { message, hint = "correct it, and look again" } = describeError(error);
    return [{ check: check.name, state: "broken", what: message, fix: hint }];
  }
};

async function examine(this: Workbench, { json }: Flags): Promise<void> {
  const findings: Finding[] = [];
  for (const check of await loadChecks()) {
    // One file that cannot be read stops several checks, and is one thing to mend.
    const isNew = ({ what, state }: Finding): boolean =>
      state !== "broken" || !findings.some((known) => known.what === what);
    findings.push(...(await runCheck(this, check)).filter(isNew));
  }
  const count = (state: Finding["state"]): number => findings.filter((finding) => finding.state === state).length;
  if (count("broken") > 0) this.setExitCode(1);
  if (json) {
    this.print(renderJson({ name: this.names.name, version: this.version, findings }));
    return;
  }
  const shorten = (text: string): string => text.replaceAll(`${this.homeDir}/`, "~/");
  const rows = findings.flatMap(({ state, check, what, fix }) => [
    [SIGNS[state], check, shorten(what)],
    ...(fix === undefined ? [] : [["", "", `fix: ${fix}`]]),
  ]);
  this.print(renderTable(rows));
  this.say(`${count("broken")} broken, ${count("warning")} to look at\n`);
}

export const doctorCommand = buildCommand<Flags, [], Workbench>({
  func: examine,
  parameters: { flags: { json: { kind: "boolean", brief: "as JSON, for programs", default: false } } },
  docs: { brief: "look for what is wrong on this machine, and say what to do" },
});
