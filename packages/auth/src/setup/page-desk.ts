// Where a setup and a page meet: the one question that is open, and what the person should know meanwhile.
import { AuthError } from "../errors.js";
import type { Prompt, Question } from "../types.js";
import type { SetupFace } from "./drive-setup.js";
import type { SetupEnd, SetupField, SetupQuestion } from "./setup-types.js";

/** What the page shows. */
export type PageView =
  | {
      readonly kind: "question";
      readonly id: string;
      readonly question: SetupQuestion;
      readonly told: readonly string[];
    }
  | { readonly kind: "work"; readonly title: string; readonly told: readonly string[] }
  | { readonly kind: "end"; readonly end: SetupEnd };

export interface PageDesk {
  readonly face: SetupFace;
  view(): PageView;
  /** Takes the answers to the open question; others, and those to one that is closed, change nothing. */
  answer(id: string, values: Readonly<Record<string, string>>): void;
  back(id: string): void;
  /** The person gives up. */
  stop(): void;
  end(end: SetupEnd): void;
  /** Resolves when the view is another one, or after so many milliseconds. */
  changed(withinMs: number): Promise<void>;
}

interface Open {
  readonly id: string;
  readonly question: SetupQuestion;
  readonly take: (values: Readonly<Record<string, string>>) => void;
  readonly back: () => void;
  readonly drop: (error: AuthError) => void;
}

const cancelled = (): AuthError =>
  new AuthError("cancelled", "the person stopped the setup", { hint: "start it again when it suits" });

const answerField = ({ kind, message, choices = [] }: Question): SetupField => {
  const field = { name: "answer", label: message } as const;
  if (kind === "choice") return { ...field, kind: "choice", choices };
  if (kind === "confirmation") {
    const yesOrNo = [
      { value: "yes", label: "Yes" },
      { value: "no", label: "No" },
    ];
    return { ...field, kind: "choice", choices: yesOrNo };
  }
  return { ...field, kind: kind === "secret" || kind.endsWith("passphrase") ? "secret" : "text" };
};

const TITLES: Readonly<Record<Question["kind"], string>> = {
  mfa_code: "Your MFA code",
  passphrase: "Your passphrase",
  new_passphrase: "A new passphrase",
  text: "One more thing",
  secret: "One more thing",
  confirmation: "Before we go on",
  choice: "Choose one",
};

/** A question of the work itself, in the form of the setup's own. */
const questionOf = (asked: Question, problem: string | undefined): SetupQuestion => {
  const again: SetupField[] =
    asked.kind === "new_passphrase" ? [{ name: "again", kind: "secret", label: "The same again" }] : [];
  return {
    kind: "question",
    title: TITLES[asked.kind],
    words: [],
    fields: [answerField(asked), ...again],
    shown: [],
    ...(problem !== undefined && { problem: { message: problem, hint: "try again" } }),
    action: "Continue",
    canGoBack: false,
  };
};

const faultOf = (asked: Question, values: Readonly<Record<string, string>>): string | undefined => {
  const answer = values["answer"] ?? "";
  if (asked.kind === "new_passphrase" && values["again"] !== answer) return "the two are not the same";
  const offered = asked.kind === "confirmation" ? ["yes", "no"] : asked.choices?.map(({ value }) => value);
  if (offered !== undefined && !offered.includes(answer)) return "that is none of the choices";
  return asked.check?.(answer);
};

/** Returns a desk with nothing on it. */
export const createPageDesk = ({ createSecret }: { readonly createSecret: () => string }): PageDesk => {
  const stopping = new AbortController();
  const { signal } = stopping;
  let open: Open | undefined;
  let title = "Looking around";
  let told: readonly string[] = [];
  let over: SetupEnd | undefined;
  let waiting: (() => void)[] = [];

  const change = (): void => {
    const woken = waiting;
    waiting = [];
    for (const wake of woken) wake();
  };

  const put = <T>(
    question: SetupQuestion,
    read: (values: Readonly<Record<string, string>>) => T,
    back: () => T,
  ): Promise<T> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(cancelled());
        return;
      }
      const close = (settle: () => void): void => {
        open = undefined;
        settle();
        change();
      };
      open = {
        // Nobody can answer a question that they were not shown, and each is answered once.
        id: createSecret(),
        question,
        take: (values) => close(() => resolve(read(values))),
        back: () => close(() => resolve(back())),
        drop: (error) => close(() => reject(error)),
      };
      change();
    });

  const askUntilRight = async (asked: Question): Promise<string> => {
    let problem: string | undefined;
    for (;;) {
      const values = await put(
        questionOf(asked, problem),
        (given) => given,
        (): Readonly<Record<string, string>> => ({}),
      );
      problem = faultOf(asked, values);
      if (problem === undefined) return values["answer"] ?? "";
    }
  };

  let last: Promise<unknown> = Promise.resolve();
  const prompt: Prompt = {
    isAvailable: true,
    ask(asked, options = {}) {
      const mine = last.then(async () => {
        const drop = (): void => open?.drop(cancelled());
        if (options.signal?.aborted === true) throw cancelled();
        options.signal?.addEventListener("abort", drop);
        try {
          return await askUntilRight(asked);
        } finally {
          options.signal?.removeEventListener("abort", drop);
        }
      });
      last = mine.catch(() => undefined);
      return mine;
    },
    tell(message) {
      told = [...told, message];
      change();
    },
  };

  return {
    face: {
      prompt,
      signal,
      async ask(question) {
        told = [];
        return put<Awaited<ReturnType<SetupFace["ask"]>>>(
          question,
          (values) => ({ kind: "answers", values }),
          () => ({ kind: "back" }),
        );
      },
      show(step) {
        if (step.kind === "end") return;
        ({ title } = step);
        told = [];
        change();
      },
    },
    view() {
      if (over !== undefined) return { kind: "end", end: over };
      if (open !== undefined) return { kind: "question", id: open.id, question: open.question, told };
      return { kind: "work", title, told };
    },
    answer(id, values) {
      if (open?.id === id) open.take(values);
    },
    back(id) {
      if (open?.id === id && open.question.canGoBack) open.back();
    },
    stop() {
      stopping.abort();
      open?.drop(cancelled());
    },
    end(end) {
      over = end;
      change();
    },
    changed: (withinMs) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, withinMs);
        waiting.push(() => {
          clearTimeout(timer);
          resolve();
        });
      }),
  };
};
