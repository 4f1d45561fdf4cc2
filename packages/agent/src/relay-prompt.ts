// One question at a time, asked at a terminal that waits for the answer. When that terminal is gone the next is asked.
import { AsyncLocalStorage } from "node:async_hooks";
import { AuthError, type Prompt, type Question } from "@daypass/auth";

/** What came back from a terminal. */
export type Outcome = { readonly answer: string } | "cancelled" | "gone";

/** Somebody connected who waits. */
export interface Waiter {
  /** What it waits for. */
  readonly key: string;
  /** It has a terminal and a person may be asked there. */
  readonly canAsk: boolean;
  /** Never rejects. `gone`: nobody can be asked there any more. */
  ask(question: Question, signal: AbortSignal): Promise<Outcome>;
  tell(message: string): void;
}

/** What joins those who wait with what asks. */
export interface PromptRelay {
  readonly prompt: Prompt;
  readonly isAsking: boolean;
  readonly waiting: number;
  /** Returns what takes the waiter away again. */
  add(waiter: Waiter): () => void;
  /** Runs work whose questions go first to those who wait for `key`. */
  during<T>(key: string, work: () => Promise<T>): Promise<T>;
  /** Runs work that asks nobody. */
  silently<T>(work: () => Promise<T>): Promise<T>;
  /** Gives up the question that is being asked, and those that wait for their turn. */
  cancelAll(): void;
}

const MOST_TRIES = 5;

/** Returns a relay. `askWithinMs`: a terminal that did not answer for so long is passed over. */
export function createPromptRelay({ askWithinMs }: { readonly askWithinMs: number }): PromptRelay {
  const waiters = new Set<Waiter>();
  const context = new AsyncLocalStorage<{ readonly key?: string }>();
  let all = new AbortController();
  let last: Promise<unknown> = Promise.resolve();
  let isAsking = false;

  /** Those who wait for this first, then whoever else waits: it is the same person. */
  const choose = (key: string, passed: ReadonlySet<Waiter>): Waiter | undefined => {
    const able = [...waiters].filter((waiter) => waiter.canAsk && !passed.has(waiter));
    return able.find((waiter) => waiter.key === key) ?? able[0];
  };

  const run = async (key: string, question: Question, signal: AbortSignal): Promise<string> => {
    const passed = new Set<Waiter>();
    const isOver = () => signal.aborted;
    let shown = question;
    for (let tries = 0; tries < MOST_TRIES;) {
      if (isOver()) throw cancelled();
      const waiter = choose(key, passed);
      if (waiter === undefined) throw nobody(passed.size > 0);
      const outcome = await askWithin(waiter, shown, signal, askWithinMs);
      if (isOver()) throw cancelled();
      if (outcome === "cancelled") throw cancelled();
      if (outcome === "gone") {
        passed.add(waiter);
        continue;
      }
      const problem = findProblem(question, outcome.answer);
      if (problem === undefined) return outcome.answer;
      shown = { ...question, message: `${problem}. ${question.message}` };
      tries += 1;
    }
    throw cancelled();
  };

  const ask: Prompt["ask"] = (question, options = {}) => {
    const key = context.getStore()?.key;
    if (key === undefined) return Promise.reject(nobody(false));
    const given = options.signal;
    const signal = given === undefined ? all.signal : AbortSignal.any([all.signal, given]);
    const answer = last.then(async () => {
      isAsking = true;
      try {
        return await run(key, question, signal);
      } finally {
        isAsking = false;
      }
    });
    last = answer.catch(() => undefined);
    return answer;
  };

  return {
    prompt: {
      get isAvailable() {
        return context.getStore()?.key !== undefined && [...waiters].some(({ canAsk }) => canAsk);
      },
      ask,
      tell(message) {
        const key = context.getStore()?.key;
        for (const waiter of waiters) if (waiter.canAsk && waiter.key === key) waiter.tell(message);
      },
    },
    get isAsking() {
      return isAsking;
    },
    get waiting() {
      return waiters.size;
    },
    add(waiter) {
      waiters.add(waiter);
      return () => void waiters.delete(waiter);
    },
    during: (key, work) => context.run({ key }, work),
    silently: (work) => context.run({}, work),
    cancelAll() {
      all.abort();
      all = new AbortController();
    },
  };
}

async function askWithin(waiter: Waiter, question: Question, signal: AbortSignal, ms: number): Promise<Outcome> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), ms);
  try {
    const outcome = await waiter.ask(question, AbortSignal.any([signal, late.signal]));
    return late.signal.aborted && typeof outcome === "string" ? "gone" : outcome;
  } finally {
    clearTimeout(timer);
  }
}

/** The terminal is a program of the person's, and may still be wrong: what comes back is judged here. */
function findProblem({ kind, choices, check }: Question, answer: string): string | undefined {
  if (kind === "mfa_code" && !/^[0-9]{6}$/.test(answer)) return "an MFA code has six digits";
  if (kind === "confirmation" && answer !== "yes" && answer !== "no") return "answer yes or no";
  if (kind === "choice" && !(choices ?? []).some(({ value }) => value === answer)) return "that was no choice";
  return check?.(answer);
}

function nobody(someWereThere: boolean): AuthError {
  const why = someWereThere ? "whoever was asked is gone" : "nobody who waits has a terminal";
  return new AuthError("prompt_unavailable", `a person must answer a question, and ${why}`, {
    hint: "ask for the identity once in a terminal, so that the agent holds it",
  });
}

function cancelled(): AuthError {
  return new AuthError("cancelled", "the question was given up", { hint: "ask again when you want to answer it" });
}
