// Gets one question's session from STS: one call at a time, kept before it is handed out, dropped when revoked meanwhile.
import type { Subject } from "./check-subject.js";
import { createError } from "./classify-failure.js";
import { copyCachedRole } from "./copy-frozen.js";
import type { FailureBook } from "./failure-book.js";
import { NotAsked, type GuardedAttempt } from "./guarded-attempt.js";
import { COMFORTABLE_LEFT_MS, leftOf } from "./judge-life.js";
import { refuseRevoked, type Question } from "./question-book.js";
import type { SessionKeeper } from "./session-keeper.js";
import type { AssumedRole, CachedRole, Clock, RoleRequest } from "./types.js";
import { withDeadline } from "./with-deadline.js";

export interface SessionSourceOptions {
  readonly guarded: GuardedAttempt;
  readonly keeper: SessionKeeper;
  readonly failures: FailureBook;
  readonly now: Clock;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly waitMs: number;
  readonly timeoutMs: number;
  /** Told how far STS's clock is ahead of ours, with each answer. */
  readonly hearOffset: (milliseconds: number) => void;
  readonly onGranted: ((request: RoleRequest, assumedRole: AssumedRole) => void | Promise<void>) | undefined;
}

export interface SessionSource {
  /** Asks STS once, or joins the call that is under way. `isBackground` where nobody waits for it. */
  attempt(question: Question, subject: Subject, isBackground?: boolean): Promise<CachedRole>;
  /** For a caller who has nothing: waits and retries while STS fails, within `waitMs`; throws a standing denial at once. */
  obtain(question: Question, subject: Subject): Promise<CachedRole>;
}

/** A caller without a session is served by at most so many calls of STS. */
const MOST_ATTEMPTS = 4;

/** Returns the source of one broker's sessions. */
export const createSessionSource = (options: SessionSourceOptions): SessionSource => {
  const { keeper, failures, now, sleep, timeoutMs, waitMs } = options;

  const approve = (request: RoleRequest, assumedRole: AssumedRole): Promise<void> =>
    withDeadline(() => options.onGranted?.(request, assumedRole), {
      ms: timeoutMs,
      createReason: () => createError("sts_unavailable", { detail: "the answer was not approved in time" }),
    });

  const attemptOnce = async (question: Question, subject: Subject, isBackground: boolean): Promise<CachedRole> => {
    const { request, controller } = question;
    try {
      const isConfirming = question.denial !== undefined;
      const about = { subject, signal: controller.signal, isBackground, isConfirming };
      const assumedRole = await options.guarded.ask(request, about);
      options.hearOffset(assumedRole.clockOffsetMs ?? 0);
      refuseRevoked(question);
      const entry = copyCachedRole({ request, assumedRole, obtained: new Date(now()) });
      if (leftOf(entry, now()) <= COMFORTABLE_LEFT_MS) throw createError("expired_on_arrival");
      await approve(request, assumedRole);
      refuseRevoked(question);
      await keeper.keep(question, entry);
      refuseRevoked(question);
      question.seen = now();
      question.usableUntil = question.seen + leftOf(entry, question.seen);
      failures.clear(question);
      return entry;
    } catch (error) {
      refuseRevoked(question);
      if (error instanceof NotAsked) {
        failures.leaveAlone(question, error.reason, error.waitMs);
        throw error.reason;
      }
      const confirmed = await failures.note(question, error);
      refuseRevoked(question);
      // Should the cache fail here: a confirmed denial is not read from it anyway.
      if (confirmed) await keeper.purge(question).catch(() => undefined);
      throw error;
    }
  };

  /** Single flight: whoever asks while a call is under way shares it. */
  const attempt = (question: Question, subject: Subject, isBackground = false): Promise<CachedRole> => {
    if (question.attempt !== undefined) return question.attempt;
    question.attempt = attemptOnce(question, subject, isBackground).finally(() => {
      question.attempt = undefined;
    });
    return question.attempt;
  };

  /** Waits while STS is left alone. Throws the last failure where waiting is no use, or longer than the caller has. */
  const waitOut = async (question: Question, deadline: number): Promise<void> => {
    const ms = failures.waitOf(question);
    if (ms === 0) return;
    const error = question.failure?.error;
    if (!failures.isWorthRetrying(error) || now() + ms > deadline) throw error;
    await sleep(ms, question.controller.signal).catch(() => undefined);
    refuseRevoked(question);
  };

  const obtainWithRetries = async (question: Question, subject: Subject): Promise<CachedRole> => {
    const deadline = now() + waitMs;
    // The code of an MFA device is good once: no human is asked again unbidden.
    for (let left = question.request.mfaSerial === undefined ? MOST_ATTEMPTS : 1; ; left--) {
      await waitOut(question, deadline);
      try {
        return await attempt(question, subject);
      } catch (error) {
        if (left === 1 || !failures.isWorthRetrying(error)) throw error;
      }
    }
  };

  const obtain = (question: Question, subject: Subject): Promise<CachedRole> => {
    if (question.obtaining !== undefined) return question.obtaining;
    question.obtaining = obtainWithRetries(question, subject).finally(() => {
      question.obtaining = undefined;
    });
    return question.obtaining;
  };

  return { attempt, obtain };
};
