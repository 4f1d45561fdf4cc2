// Gets one question's session from STS: one call at a time, kept before it is handed out, dropped when revoked meanwhile.
import type { AuditedAttempt, Subject } from "./audited-attempt.js";
import { answersQuestion } from "./check-answer.js";
import { createError } from "./classify-failure.js";
import { copyCachedRole } from "./copy-frozen.js";
import type { FailureBook } from "./failure-book.js";
import { COMFORTABLE_LEFT_MS, leftOf } from "./judge-life.js";
import { refuseRevoked, type Question } from "./question-book.js";
import type { AssumedRole, CachedRole, Clock, CredentialsCache, RoleRequest } from "./types.js";
import { withDeadline } from "./with-deadline.js";

export interface SessionSourceOptions {
  readonly attempt: AuditedAttempt;
  readonly cache: CredentialsCache;
  readonly failures: FailureBook;
  readonly now: Clock;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly waitMs: number;
  readonly timeoutMs: number;
  readonly onGranted?: (request: RoleRequest, assumedRole: AssumedRole) => void | Promise<void>;
}

export interface SessionSource {
  /** Asks STS once, or joins the call that is under way. */
  attempt(question: Question, subject: Subject): Promise<CachedRole>;
  /** For a caller who has nothing: waits and retries while STS fails, within `waitMs`; throws a standing denial at once. */
  obtain(question: Question, subject: Subject): Promise<CachedRole>;
}

/** A caller without a session is served by at most so many calls of STS. */
const MOST_ATTEMPTS = 4;

/** Returns the source of one broker's sessions. */
export const createSessionSource = (options: SessionSourceOptions): SessionSource => {
  const { cache, failures, now, sleep, waitMs } = options;
  const purge = (question: Question): Promise<void> => cache.delete(question.key);

  const approve = async (request: RoleRequest, assumedRole: AssumedRole): Promise<void> => {
    const work = (async () => options.onGranted?.(request, assumedRole))();
    await withDeadline(work, {
      ms: options.timeoutMs,
      createReason: () => createError("sts_unavailable", { detail: "the answer was not approved in time" }),
    });
  };

  const keep = async (question: Question, entry: CachedRole, controller: AbortController): Promise<void> => {
    question.writing = cache.set(question.key, entry).catch(() => undefined);
    await question.writing;
    question.writing = undefined;
    refuseRevoked(question, controller);
  };

  const attemptOnce = async (question: Question, subject: Subject): Promise<CachedRole> => {
    const { request, controller } = question;
    try {
      const assumedRole = await options.attempt(request, subject, controller.signal);
      refuseRevoked(question, controller);
      const entry = copyCachedRole({ request, assumedRole, obtained: new Date(now()) });
      if (!answersQuestion(entry, request)) {
        throw createError("sts_unavailable", { detail: "the answer is for another role or session" });
      }
      if (leftOf(entry, now()) <= COMFORTABLE_LEFT_MS) throw createError("expired_on_arrival");
      await approve(request, assumedRole);
      refuseRevoked(question, controller);
      await keep(question, entry, controller);
      failures.clear(question);
      return entry;
    } catch (error) {
      refuseRevoked(question, controller);
      const confirmed = await failures.note(question, error);
      // Should the cache fail here: a confirmed denial is not read from it anyway.
      if (confirmed) await purge(question).catch(() => undefined);
      throw error;
    }
  };

  /** Single flight: whoever asks while a call is under way shares it. */
  const attempt = (question: Question, subject: Subject): Promise<CachedRole> => {
    if (question.attempt !== undefined) return question.attempt;
    const flight = attemptOnce(question, subject).finally(() => {
      // After a revoke, another flight may have taken its place.
      if (question.attempt === flight) question.attempt = undefined;
    });
    question.attempt = flight;
    return flight;
  };

  /** Waits while STS is left alone. Throws the last failure where waiting is no use, or longer than the caller has. */
  const waitOut = async (question: Question, deadline: number, controller: AbortController): Promise<void> => {
    const ms = failures.waitOf(question);
    if (ms === 0) return;
    const error = question.failure?.error;
    if (!failures.isWorthRetrying(error) || now() + ms > deadline) throw error;
    await sleep(ms, controller.signal).catch(() => undefined);
    refuseRevoked(question, controller);
  };

  const obtainWithRetries = async (question: Question, subject: Subject): Promise<CachedRole> => {
    const { controller } = question;
    const deadline = now() + waitMs;
    for (let left = MOST_ATTEMPTS; ; left--) {
      await waitOut(question, deadline, controller);
      try {
        return await attempt(question, subject);
      } catch (error) {
        if (left === 1 || !failures.isWorthRetrying(error)) throw error;
      }
    }
  };

  const obtain = (question: Question, subject: Subject): Promise<CachedRole> => {
    if (question.obtaining !== undefined) return question.obtaining;
    const wait = obtainWithRetries(question, subject).finally(() => {
      if (question.obtaining === wait) question.obtaining = undefined;
    });
    question.obtaining = wait;
    return wait;
  };

  return { attempt, obtain };
};
