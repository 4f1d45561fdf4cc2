// The setup at the terminal: each question of it is asked by the same prompt that asks for codes.
import { writeFile } from "node:fs/promises";
import { AuthError } from "../errors.js";
import type { Prompt, Question } from "../types.js";
import { driveSetup, type SetupFace } from "./drive-setup.js";
import type {
  SetupEnd,
  SetupField,
  SetupOptions,
  SetupProblem,
  SetupQuestion,
  SetupResult,
  ShownText,
} from "./setup-types.js";

export interface TerminalSetupOptions extends SetupOptions {
  readonly prompt: Prompt;
}

const BACK = "\u0000back";

const tellProblem = (prompt: Prompt, { message, hint }: SetupProblem): void => {
  prompt.tell(`error: ${message}`);
  prompt.tell(`hint: ${hint}`);
};

const tellText = (prompt: Prompt, { title, text }: ShownText): void => {
  prompt.tell(`${title}:`);
  for (const line of text.trimEnd().split("\n")) prompt.tell(`    ${line}`);
};

const tellHead = (prompt: Prompt, step: SetupQuestion | SetupEnd): void => {
  prompt.tell(step.title);
  for (const line of step.words) prompt.tell(line);
  for (const shown of step.shown) tellText(prompt, shown);
  if (step.problem !== undefined) tellProblem(prompt, step.problem);
};

const questionOf = ({ kind, label, hint, choices = [] }: SetupField, canGoBack: boolean): Question => {
  if (kind === "choice") {
    const back = canGoBack ? [{ value: BACK, label: "Choose another way" }] : [];
    return { kind: "choice", message: label, choices: [...choices, ...back] };
  }
  return { kind, message: hint === undefined ? label : `${label}, ${hint}` };
};

/** Suggested answers are taken by an empty line. */
const askField = async (prompt: Prompt, field: SetupField, canGoBack: boolean): Promise<string> => {
  const { value } = field;
  const suggestion = field.kind === "text" && value !== undefined ? ` [${value}]` : "";
  const question = questionOf(field, canGoBack);
  const answer = await prompt.ask({ ...question, message: `${question.message}${suggestion}` });
  return suggestion !== "" && answer.trim() === "" ? (value ?? "") : answer;
};

/** A file is written where the person says, and never over another. */
const offerFile = async (prompt: Prompt, { text, fileName = "" }: ShownText): Promise<void> => {
  const path = await prompt.ask({ kind: "text", message: `Write it to which file? [${fileName}, - for none]` });
  const wanted = path.trim() === "" ? fileName : path.trim();
  if (wanted === "-") return;
  try {
    // It holds no secret, and is to be handed on.
    await writeFile(wanted, text, { flag: "wx", mode: 0o644 });
    prompt.tell(`written: ${wanted}`);
  } catch (error) {
    const code: unknown = Reflect.get(Object(error), "code");
    const message = code === "EEXIST" ? `${wanted} is there already` : `${wanted} cannot be written`;
    tellProblem(prompt, { message, hint: "name another file" });
    await offerFile(prompt, { title: "", text, fileName });
  }
};

const askAll = async (prompt: Prompt, step: SetupQuestion): ReturnType<SetupFace["ask"]> => {
  tellHead(prompt, step);
  for (const shown of step.shown) if (shown.fileName !== undefined) await offerFile(prompt, shown);
  const values: Record<string, string> = {};
  for (const field of step.fields) {
    const answer = await askField(prompt, field, step.canGoBack);
    if (answer === BACK) return { kind: "back" };
    values[field.name] = answer;
  }
  if (step.fields.length === 0) {
    const yes = await prompt.ask({ kind: "confirmation", message: `${step.action}?` });
    if (yes !== "yes") return { kind: "back" };
  }
  return { kind: "answers", values };
};

/**
 * Sets a tool up at the terminal and returns what came of it. Rejects with `cancelled` where the person gives up (nothing
 * is written then), and `prompt_unavailable` in builds and where there is no terminal.
 */
export const runSetupInTerminal = async ({ prompt, ...options }: TerminalSetupOptions): Promise<SetupResult> => {
  if (!prompt.isAvailable) {
    throw new AuthError("prompt_unavailable", "a setup needs a person, and there is no terminal to ask on", {
      hint: "run it in a terminal, outside of builds",
    });
  }
  return driveSetup(options, {
    prompt,
    signal: new AbortController().signal,
    ask: (step) => askAll(prompt, step),
    show(step) {
      if (step.kind === "work") prompt.tell(`${step.title} …`);
      else tellHead(prompt, step);
    },
  });
};
