// The broker's dealings with the cache, which may be slow, broken or written to by others.
import { readAnswer } from "./check-answer.js";
import { createError } from "./classify-failure.js";
import type { Question } from "./question-book.js";
import type { CachedRole, Clock, CredentialsCache } from "./types.js";
import { withDeadline } from "./with-deadline.js";

export interface SessionKeeper {
  /** Returns the session of this question, if any. Whatever does not answer it counts as nothing. Never rejects. */
  read(question: Question): Promise<CachedRole | undefined>;
  /** Keeps a session; in the question itself where the cache fails. Never rejects. */
  keep(question: Question, entry: CachedRole): Promise<void>;
  /** Deletes the session, after whatever is being written just now. Throws `cache_unavailable`. */
  purge(question: Question): Promise<void>;
}

/** A cache that failed is left alone for so long, where there is a session without it. */
const SHUN_MS = 5_000;

/** Returns the keeper of one broker's sessions. */
export const createSessionKeeper = (options: {
  readonly cache: CredentialsCache;
  readonly now: Clock;
  readonly timeoutMs: number;
}): SessionKeeper => {
  const { cache, now, timeoutMs } = options;

  /** Returns true where the cache did it in time. Its error is its own business, and may hold what it was given. */
  const isDone = (question: Question, work: () => Promise<unknown>): Promise<boolean> =>
    withDeadline(work, { ms: timeoutMs, createReason: () => new Error("no answer within the deadline") }).then(
      () => {
        question.cacheFailedAt = undefined;
        return true;
      },
      () => {
        question.cacheFailedAt = now();
        return false;
      },
    );

  /** One write of a key after another, so that none that was late can undo a later one. */
  const write = (question: Question, work: () => Promise<void>): Promise<boolean> => {
    const { writes } = question;
    const before = writes.last;
    const inTurn = async () => {
      await before;
      await work();
    };
    const writing = inTurn();
    const last = Promise.allSettled([writing]).finally(() => {
      if (writes.last === last) writes.last = undefined;
    });
    writes.last = last;
    return isDone(question, () => writing);
  };

  const isShunned = ({ held, cacheFailedAt }: Question): boolean => {
    const since = cacheFailedAt === undefined ? Infinity : now() - cacheFailedAt;
    return held !== undefined && since >= 0 && since < SHUN_MS;
  };

  const read = async (question: Question): Promise<CachedRole | undefined> => {
    const { held } = question;
    if (isShunned(question) || (await question.purged) === false) return held;
    let found: CachedRole | undefined;
    await isDone(question, async () => {
      found = await cache.get(question.key);
    });
    const entry = found === undefined ? undefined : readAnswer(found, question.request);
    if (entry === undefined || held === undefined) return entry ?? held;
    return entry.obtained >= held.obtained ? entry : held;
  };

  const keep = async (question: Question, entry: CachedRole): Promise<void> => {
    const isReadable = question.cacheFailedAt === undefined;
    const isKept = await write(question, () => cache.set(question.key, entry));
    if (isKept) question.purged = undefined;
    question.held = isKept && isReadable ? undefined : entry;
  };

  const purge = async (question: Question): Promise<void> => {
    question.held = undefined;
    if (!(await write(question, () => cache.delete(question.key)))) throw createError("cache_unavailable");
  };

  return { read, keep, purge };
};
