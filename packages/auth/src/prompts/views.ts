// What a question looks like while it is answered, and what each key does to it. Pure but for the state of the typing.
import type { Choice } from "../types.js";
import type { Key } from "./decode-keys.js";
import { columnsOf, display, fit, fitEnd, wrap } from "./display.js";
import { EMPTY_LINE, typeKey } from "./type-line.js";

/** One question on the screen. */
export interface View {
  lines(columns: number): readonly string[];
  /** What stays on the screen once it was answered. */
  summary(columns: number): readonly string[];
  /** Returns the answer once there is one. */
  take(key: Key): string | undefined;
}

/** What the text of an answer amounts to. */
export type Reading = { readonly answer: string } | { readonly problem: string };

const MOST_ROWS = 10;
const ROOM_FOR_ANSWER = 16;

/** Returns a view for a typed answer. Hidden ones show nothing at all, not even how long they are. */
export function lineView(options: {
  readonly message: string;
  readonly isHidden: boolean;
  readonly limit: number;
  readonly read: (text: string) => Reading;
}): View {
  const { isHidden, limit, read } = options;
  const message = display(options.message);
  let line = EMPTY_LINE;
  let problem: string | undefined;
  const withAnswer = (columns: number) => {
    const shown = isHidden ? "" : display(line.text);
    if (columnsOf(message) + ROOM_FOR_ANSWER > columns) {
      return [...wrap(message, columns - 1), `> ${fitEnd(shown, columns - 3)}`];
    }
    return [`${message} ${fitEnd(shown, columns - columnsOf(message) - 2)}`];
  };
  return {
    lines: (columns) => [...(problem === undefined ? [] : wrap(display(problem), columns - 1)), ...withAnswer(columns)],
    summary: withAnswer,
    take(key) {
      if (key.type !== "enter") {
        line = typeKey(line, key, limit);
        return undefined;
      }
      const reading = line.isTooLong ? { problem: `that is longer than ${limit} characters` } : read(line.text);
      if ("answer" in reading) return reading.answer;
      problem = reading.problem;
      line = EMPTY_LINE;
      return undefined;
    },
  };
}

/** Returns a view in which one of the choices is picked with the arrow keys, after typing a part of it. */
export function choiceView(options: {
  readonly message: string;
  readonly choices: readonly Choice[];
  readonly check: (answer: string) => string | undefined;
  readonly match?: (typed: string, choices: readonly Choice[]) => readonly Choice[];
}): View {
  const { choices, check, match = standingIn } = options;
  const message = display(options.message);
  let filter = EMPTY_LINE;
  let at = 0;
  let problem: string | undefined;
  const matching = () => (filter.text === "" ? choices : match(filter.text, choices));
  return {
    lines(columns) {
      const found = matching();
      const first = Math.max(0, Math.min(at - MOST_ROWS + 1, found.length - MOST_ROWS));
      const rows = found
        .slice(first, first + MOST_ROWS)
        .map((choice, index) => fit(`${first + index === at ? ">" : " "} ${rowOf(choice)}`, columns - 1));
      const left = found.length - rows.length;
      return [
        ...(problem === undefined ? [] : wrap(display(problem), columns - 1)),
        ...wrap(message, columns - 1),
        ...(rows.length === 0 ? ["  nothing matches"] : rows),
        ...(left > 0 ? [`  ${left} more`] : []),
        `type to filter: ${fitEnd(display(filter.text), columns - 18)}`,
      ];
    },
    summary: (columns) => {
      const taken = matching()[at];
      return wrap(`${message} ${taken === undefined ? "" : display(taken.label)}`, columns - 1);
    },
    take(key) {
      const found = matching();
      if (key.type === "up") at = Math.max(0, at - 1);
      else if (key.type === "down") at = Math.min(Math.max(0, found.length - 1), at + 1);
      else if (key.type === "enter") {
        const taken = found[at];
        if (taken === undefined) return undefined;
        problem = check(taken.value);
        return problem === undefined ? taken.value : undefined;
      } else {
        filter = typeKey(filter, key, MOST_TO_FILTER);
        at = 0;
      }
      return undefined;
    },
  };
}

const MOST_TO_FILTER = 100;

const standingIn = (typed: string, choices: readonly Choice[]): readonly Choice[] =>
  choices.filter(({ label, hint = "" }) => `${label} ${hint}`.toLowerCase().includes(typed.toLowerCase()));

/** Returns a view in which one of the choices is picked by its number, for terminals that can only print. */
export function numberView(options: {
  readonly message: string;
  readonly choices: readonly Choice[];
  readonly check: (answer: string) => string | undefined;
}): View {
  const { choices, check } = options;
  const line = lineView({
    message: `number, 1 to ${choices.length}:`,
    isHidden: false,
    limit: 6,
    read(text) {
      const taken = /^[1-9][0-9]*$/.test(text.trim()) ? choices[Number(text.trim()) - 1] : undefined;
      if (taken === undefined) return { problem: `that is not a number from 1 to ${choices.length}` };
      const problem = check(taken.value);
      return problem === undefined ? { answer: taken.value } : { problem };
    },
  });
  const list = (columns: number) => [
    ...wrap(display(options.message), columns - 1),
    ...choices.map((choice, index) => fit(`${String(index + 1).padStart(3)}) ${rowOf(choice)}`, columns - 1)),
  ];
  return {
    lines: (columns) => [...list(columns), ...line.lines(columns)],
    summary: (columns) => line.summary(columns),
    take: (key) => line.take(key),
  };
}

function rowOf({ label, hint }: Choice): string {
  return hint === undefined ? display(label) : `${display(label)}  ${display(hint)}`;
}
