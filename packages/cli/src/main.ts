// From what was typed to an exit code. Everything here is the cold path: the warm one never loads it.
import {
  buildApplication,
  help,
  run,
  text_en,
  version,
  type ApplicationContext,
  type ApplicationText,
} from "@stricli/core";
import { namesOf, type Names } from "./names.js";
import { describeError, renderError } from "./render/render-error.js";
import { renderJson } from "./render/render-table.js";
import { routes } from "./routes.js";
import { typedAs } from "./typed-as.js";
import type { Machine, Workbench } from "./workbench.js";
import { createWorkbench } from "./create-workbench.js";

type StricliProcess = ApplicationContext["process"];

/** stricli's own codes for what was typed wrongly, which all are one to a shell. */
const USAGE = 2;

const FORMATTING = {
  caseStyle: "convert-camel-to-kebab",
  useAliasInUsageLine: false,
  onlyRequiredInUsageLine: true,
} as const;

const textOf = (names: Names, isJson: boolean): ApplicationText => {
  const render = (error: unknown): string => {
    const described = describeError(error);
    return isJson ? renderJson({ error: described }).trimEnd() : renderError(described, names).trimEnd();
  };
  return {
    ...text_en,
    formatException: () => "",
    exceptionWhileRunningCommand: render,
    exceptionWhileLoadingCommandFunction: render,
    exceptionWhileLoadingCommandContext: render,
    commandErrorResult: render,
  };
};

/** Any command may have changed who one can be. Where a program asks, nobody waits for the list. */
const noteForShells = async ({ openedHome, prompt, names }: Workbench): Promise<void> => {
  const home = await openedHome()?.catch(() => undefined);
  if (home === undefined || !prompt.isAvailable) return;
  const { noteIdentities } = await import("./note-identities.js");
  await noteIdentities(home, names.name);
};

/** Runs one command line and returns its exit code. `program` is the name that was typed, `args` what follows it. */
export const main = async (program: string, args: readonly string[], machine: Machine): Promise<number> => {
  const names = namesOf(machine.packageName, program);
  let exitCode = 0;
  const typed = typedAs(names, args);
  const commandNames = routes
    .getAllEntries()
    .filter(({ hidden }) => !hidden)
    .map(({ name }) => name.original);
  const setExitCode = (code: number): void => {
    exitCode = code;
  };
  const workbench: Workbench = createWorkbench(machine, names, { typed, commandNames, setExitCode });
  const application = buildApplication<Workbench>(
    routes,
    {
      name: program,
      scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true },
      localization: { text: textOf(names, typed.includes("--json")) },
      determineExitCode: (error) => describeError(error).exitCode,
    },
    {
      help: help({ brief: "show help", formatting: FORMATTING }),
      version: version({ brief: "show the version", info: { currentVersion: machine.version } }),
    },
  );
  // stricli leaves its own codes here: below zero for what was typed wrongly.
  const process: StricliProcess = { stdout: machine.stdout, stderr: machine.stderr, env: machine.env };
  await run(application, typed, { ...workbench, process });
  await noteForShells(workbench);
  const ended = Number(process.exitCode ?? 0);
  if (ended < 0) return USAGE;
  return ended === 0 ? exitCode : ended;
};
