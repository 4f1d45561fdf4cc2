// From what was typed to an exit code. Everything here is the cold path: the warm one never loads it.
import { buildApplication, run, text_en, version, type ApplicationContext, type ApplicationText } from "@stricli/core";
import { namesOf, type Names } from "./names.js";
import { describeMistyped, describeUnknownCommand } from "./render/describe-mistyped.js";
import { describeError, renderError } from "./render/render-error.js";
import { renderJson } from "./render/render-table.js";
import { showHelp } from "./render/show-help.js";
import { routes } from "./routes.js";
import { typedAs } from "./typed-as.js";
import type { Machine, Workbench } from "./workbench.js";
import { createWorkbench } from "./create-workbench.js";

type StricliProcess = ApplicationContext["process"];

/** stricli's own codes for what was typed wrongly, which all are one to a shell. */
const USAGE = 2;

/** A slip or two: further away is another word. */
const NEAR = { threshold: 2, weights: { insertion: 1, deletion: 1, substitution: 1, transposition: 1 } } as const;

/** The words with which the help of what was typed is shown. */
const helpCommandOf = ({ program }: Names, typed: readonly string[]): string => {
  const words = [program];
  let entries = program.startsWith("aws-as") ? [] : routes.getAllEntries();
  for (const word of typed) {
    const entry = entries.find(({ name }) => name["convert-camel-to-kebab"] === word);
    if (entry === undefined) break;
    words.push(word);
    entries = "getAllEntries" in entry.target ? entry.target.getAllEntries() : [];
  }
  return [...words, "--help"].join(" ");
};

/** stricli has put each into backticks. */
const plain = (quoted: string): string => quoted.replaceAll("`", "");

const textOf = (names: Names, typed: readonly string[]): ApplicationText => {
  const isJson = typed.includes("--json");
  const render = (error: unknown): string => {
    const described = describeError(error);
    return isJson ? renderJson({ error: described }).trimEnd() : renderError(described, names).trimEnd();
  };
  const helpCommand = helpCommandOf(names, typed);
  return {
    ...text_en,
    briefs: { ...text_en.briefs, argumentEscapeSequence: "what follows is no flag" },
    noCommandRegisteredForInput: ({ input, corrections }) =>
      render(describeUnknownCommand(input, corrections.map(plain), helpCommand)),
    exceptionWhileParsingArguments: (error) => render(describeMistyped(error, helpCommand)),
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
  // Where the shell's functions type, the person typed `aws-as`.
  const speaker = typed[0] === "shell-env" ? namesOf(machine.packageName, "aws-as") : names;
  const namesIn = ({ getAllEntries }: Pick<typeof routes, "getAllEntries">) =>
    getAllEntries().flatMap(({ hidden, name, target }) =>
      hidden ? [] : [{ name: name["convert-camel-to-kebab"], target }],
    );
  const commandNames = new Map(
    namesIn(routes).map(({ name, target }) => [
      name,
      "getAllEntries" in target ? namesIn(target).map((each) => each.name) : [],
    ]),
  );
  const setExitCode = (code: number): void => {
    exitCode = code;
  };
  const workbench: Workbench = createWorkbench(machine, names, { typed, commandNames, setExitCode });
  const application = buildApplication<Workbench>(
    routes,
    {
      name: program,
      scanner: { caseStyle: "allow-kebab-for-camel", allowArgumentEscapeSequence: true, distanceOptions: NEAR },
      localization: { text: textOf(speaker, typed) },
      determineExitCode: (error) => describeError(error).exitCode,
    },
    {
      help: showHelp(program),
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
