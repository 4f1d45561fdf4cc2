// The environments that a team hands out as a JSON file: the difference first, then the change.
import { AuthError } from "@daypass/auth/terminal";
import { buildCommand } from "@stricli/core";
import { askChoice, askYes } from "../menus/ask-choice.js";
import { describeChanges } from "../setup/describe-changes.js";
import { FileTooLarge, readGivenFile } from "../read-given-file.js";
import { renderJson } from "../render/render-table.js";
import type { Workbench } from "../workbench.js";

interface Flags {
  readonly hub?: string;
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly json: boolean;
}

const MOST_BYTES = 1024 * 1024;

const readTeamFile = async (workbench: Workbench, path: string): Promise<string> => {
  if (path === "-") return workbench.readStdin();
  try {
    return await readGivenFile(path, MOST_BYTES);
  } catch (cause) {
    if (cause instanceof FileTooLarge) {
      throw new AuthError("file_unusable", `${JSON.stringify(path)} is larger than 1 MiB`, { hint: "see what it is" });
    }
    const isMissing = Reflect.get(Object(cause), "code") === "ENOENT";
    throw new AuthError(isMissing ? "file_missing" : "file_unusable", `${JSON.stringify(path)} cannot be read`, {
      hint: "name the file that your team handed out",
      cause,
    });
  }
};

async function importEnvironments(this: Workbench, flags: Flags, path: string): Promise<void> {
  const { importTeam, planTeamImport } = await import("@daypass/auth");
  const home = await this.home();
  const text = await readTeamFile(this, path);
  const config = await home.config.read();
  const [only, ...more] = config.hubs;
  const hub =
    flags.hub ??
    (only !== undefined && more.length === 0
      ? only.name
      : await askChoice(this, {
          message: "environments of which hub?",
          instead: only === undefined ? "add a hub first" : "say --hub NAME",
          choices: config.hubs.map(({ name, userName }) => ({ value: name, label: name, hint: userName })),
        }));
  const seen = planTeamImport(config, text, hub);
  if (flags.json) this.print(renderJson({ hub, changes: seen }));
  else this.print(describeChanges(seen));
  if (seen.length === 0) {
    this.say("nothing would change\n");
    return;
  }
  if (flags.dryRun) return;
  if (!(await askYes(this, `make these ${seen.length} changes to hub ${hub}?`, flags.yes))) {
    this.say("nothing was changed\n");
    return;
  }
  await importTeam(home.config, { text, hub, seen });
  this.say(`${seen.length} environments of hub ${hub} are as the file says\n`);
}

export const importEnvironmentsCommand = buildCommand<Flags, [string], Workbench>({
  func: importEnvironments,
  parameters: {
    positional: {
      kind: "tuple",
      parameters: [{ placeholder: "FILE", brief: "the file, or - for a pipe", parse: String }],
    },
    flags: {
      hub: { kind: "parsed", parse: String, brief: "the hub they are reached from", optional: true },
      yes: { kind: "boolean", brief: "do not ask", default: false, withNegated: false },
      dryRun: { kind: "boolean", brief: "show the difference only", default: false, withNegated: false },
      json: { kind: "boolean", brief: "the difference as JSON", default: false, withNegated: false },
    },
  },
  docs: { brief: "take the environments that a team hands out: the difference first" },
});
