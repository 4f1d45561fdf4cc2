// From a question to its view, and what may be answered to each kind.
import { AuthError } from "../errors.js";
import type { Question } from "../types.js";
import { readCode } from "./check-code.js";
import { choiceView, lineView, numberView, type Reading, type View } from "./views.js";

/** Shows a view until it is answered. */
export type ShowView = (view: View) => Promise<string>;

const LONGEST: Readonly<Record<Question["kind"], number>> = {
  mfa_code: 32,
  passphrase: 1024,
  new_passphrase: 1024,
  text: 4096,
  secret: 8192,
  confirmation: 8,
  choice: 0,
};

/**
 * Asks one question through `show` and returns the answer: six digits for a code, `yes` or `no` for a confirmation, one
 * of the values for a choice. A new passphrase is asked for twice. Throws `AuthError` `invalid_option` for a choice
 * without choices.
 */
export async function askQuestion(question: Question, show: ShowView, canMove: boolean): Promise<string> {
  const { kind, message } = question;
  const check = question.check ?? (() => undefined);
  if (kind === "choice") {
    const { choices = [] } = question;
    if (choices.length === 0) {
      throw new AuthError("invalid_option", "a choice was asked for without anything to choose from", {
        hint: "give `choices`, or say that there is nothing",
      });
    }
    if (!canMove) return show(numberView({ message, choices, check }));
    return show(
      choiceView({ message, choices, check, ...(question.match !== undefined && { match: question.match }) }),
    );
  }
  const isHidden = kind === "passphrase" || kind === "new_passphrase" || kind === "secret";
  const ask = (text: string, read: (answer: string) => Reading) =>
    show(lineView({ message: text, isHidden, limit: LONGEST[kind], read }));
  const first = (text: string): Reading => {
    const reading = READ[kind](text);
    if (!("answer" in reading)) return reading;
    const problem = check(reading.answer);
    return problem === undefined ? reading : { problem };
  };
  if (kind !== "new_passphrase") return ask(kind === "confirmation" ? `${message} (y/n)` : message, first);
  for (let shown = message; ; shown = `they were not the same. ${message}`) {
    const passphrase = await ask(shown, first);
    const again = await ask("once more, so that it is what you meant:", (answer) => ({ answer }));
    if (passphrase === again) return passphrase;
  }
}

const notEmpty = (text: string): Reading => (text === "" ? { problem: "nothing was typed" } : { answer: text });

const READ: Readonly<Record<Exclude<Question["kind"], "choice">, (text: string) => Reading>> = {
  mfa_code(text) {
    const code = readCode(text);
    return code === undefined ? { problem: "an MFA code has six digits" } : { answer: code };
  },
  // As they were typed: a space at the end may be meant.
  passphrase: notEmpty,
  new_passphrase: notEmpty,
  secret: (text) => notEmpty(text.trim()),
  text: (text) => ({ answer: text.trim() }),
  confirmation(text) {
    const answer = text.trim().toLowerCase();
    if (answer === "y" || answer === "yes") return { answer: "yes" };
    if (answer === "n" || answer === "no") return { answer: "no" };
    return { problem: "answer y or n" };
  },
};
