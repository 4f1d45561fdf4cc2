// Makes what commands are given. Everything is opened when it is first asked for, and once.
import type { Home, Prompt } from "@daypass/auth";
import { createTerminalPrompt, detectCi, display, neverPrompt } from "@daypass/auth/terminal";
import { join } from "node:path";
import type { Names } from "./names.js";
import { hintsOf } from "./render/tell-first-steps.js";
import type { Machine, Workbench } from "./workbench.js";

const promptFor = ({ env }: Machine): Prompt => {
  const ci = detectCi(env);
  return ci === undefined ? createTerminalPrompt({ env }) : neverPrompt(`this is a build of ${ci.name}`);
};

/** Returns the workbench of one run. `setExitCode` is told what the run should end with. */
export const createWorkbench = (
  machine: Machine,
  names: Names,
  { typed, commandNames, setExitCode }: Pick<Workbench, "typed" | "commandNames" | "setExitCode">,
): Workbench => {
  let current = promptFor(machine);
  const prompt: Prompt = {
    get isAvailable() {
      return current.isAvailable;
    },
    ask: (question, options) => current.ask(question, options),
    tell: (message) => current.tell(message),
  };
  const { env, homeDir, stdout, stderr } = machine;
  let opened: Promise<Home> | undefined;

  const home = ({ plain = false }: { readonly plain?: boolean } = {}): Promise<Home> => {
    opened ??= import("@daypass/auth").then(({ openHome }) =>
      openHome({
        toolName: names.name,
        directory: join(homeDir, names.directoryName),
        env,
        homeDir,
        plain,
        prompt,
        ...hintsOf(names),
        now: machine.now,
        // The program ends after one answer: a renewal behind it would only hold it up.
        renewBehind: false,
        // `NAME_KEYCHAIN=off` is for machines whose keychain is in the way, such as build hosts.
        keychainProgram: join(machine.packageDirectory, "dist", "keychain-program.mjs"),
        keychain: env[`${names.envPrefix}KEYCHAIN`] === "off" ? "off" : "auto",
      }),
    );
    return opened;
  };

  return {
    ...machine,
    names,
    typed,
    commandNames,
    prompt,
    refuseQuestions(why) {
      current = neverPrompt(why);
    },
    process: { stdout, stderr },
    print: (text) => stdout.write(text),
    // Here, for all: no command can forget it.
    say: (text) => stderr.write(text.split("\n").map(display).join("\n")),
    home,
    openedHome: () => opened,
    setExitCode,
  };
};
