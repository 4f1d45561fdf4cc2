// What a failure means for the next ask: how long STS is left alone, and when a denial is believed.
import { backoffMs } from "./judge-life.js";
import { parseRoleArn } from "./check-request.js";
import { createDenialWatch } from "./denial-watch.js";
import { CredentialsError } from "./errors.js";
import type { Question } from "./question-book.js";
import type { Clock, Jitter, RoleRequest } from "./types.js";
import { withDeadline } from "./with-deadline.js";

export interface FailureBookOptions {
  readonly now: Clock;
  readonly jitter: Jitter;
  readonly timeoutMs: number;
  readonly propagationMs: number;
  readonly isVendorFault?: () => Promise<boolean>;
  readonly onDenied?: (request: RoleRequest, error: Error) => void | Promise<void>;
}

export interface FailureBook {
  /** Notes a failed call. Returns true where the session in hand must go, because a denial is confirmed. */
  note(question: Question, error: unknown): Promise<boolean>;
  /** Notes that STS has granted. */
  clear(question: Question): void;
  /** Milliseconds for which STS is still left alone with this question. */
  waitOf(question: Question): number;
  /** True where a caller who has nothing may wait for another try. */
  isWorthRetrying(error: unknown): boolean;
}

/** With a session in hand there is time; without one, STS's return should be noticed soon. */
const CAP_IN_HAND_MS = 60_000;
const CAP_EMPTY_HANDED_MS = 15_000;
/** At most three calls a minute where STS answers with credentials that are no use. */
const EXPIRED_ON_ARRIVAL_MS = 20_000;
/** A confirmed denial is asked again only so often: somebody may have mended the role. */
const CONFIRMED_DENIAL_MS = 300_000;
/** A denial that nobody asked about again for so long is forgotten. */
const DENIAL_MEMORY_MS = 3_600_000;

const accountOf = (request: RoleRequest): string => parseRoleArn(request.roleArn)?.accountId ?? request.roleArn;

const isWorthRetrying = (error: unknown): boolean =>
  error instanceof CredentialsError && (error.code === "throttled" || error.code === "sts_unavailable");

const createLateness = () => new Error("no answer within the deadline");

/** Returns the judge of failures for one broker. */
export const createFailureBook = (options: FailureBookOptions): FailureBook => {
  const { now, jitter, timeoutMs, propagationMs } = options;
  const watch = createDenialWatch({ now, windowMs: 5 * propagationMs });

  const leaveAlone = (question: Question, error: unknown, ms: number): void => {
    const since = now();
    const until = since + ms;
    question.failure = { error, count: (question.failure?.count ?? 0) + 1, since, until };
    question.keepUntil = Math.max(question.keepUntil, until);
  };

  const backOff = (question: Question, error: unknown): void => {
    const cap = question.usableUntil > now() ? CAP_IN_HAND_MS : CAP_EMPTY_HANDED_MS;
    leaveAlone(question, error, backoffMs((question.failure?.count ?? 0) + 1, jitter(), cap));
  };

  /** Unknown counts as our own fault: it only keeps what works until it expires, and grants nothing. */
  const isOurFault = async (): Promise<boolean> => {
    if (watch.isWidespread()) return true;
    const work = (async () => options.isVendorFault?.() ?? false)();
    return withDeadline(work, { ms: timeoutMs, createReason: createLateness }).catch(() => true);
  };

  const tell = async (question: Question, error: CredentialsError): Promise<boolean> => {
    const work = (async () => options.onDenied?.(question.request, error))();
    return withDeadline(work, { ms: timeoutMs, createReason: createLateness }).then(
      () => true,
      () => false,
    );
  };

  const noteDenial = async (question: Question, error: CredentialsError): Promise<boolean> => {
    const denial = question.denial;
    if (!denial?.confirmed) watch.note(accountOf(question.request), "denied");
    question.keepUntil = Math.max(question.keepUntil, now() + DENIAL_MEMORY_MS);
    if (denial === undefined) {
      // Perhaps a change that has not spread yet. STS is asked once more, when somebody asks after that time.
      question.denial = { since: now(), confirmed: false, told: false };
      leaveAlone(question, error, propagationMs);
      return false;
    }
    if (!denial.confirmed && (await isOurFault())) {
      backOff(question, error);
      return false;
    }
    denial.confirmed = true;
    watch.forget(accountOf(question.request));
    leaveAlone(question, error, CONFIRMED_DENIAL_MS);
    if (!denial.told) denial.told = await tell(question, error);
    return true;
  };

  const waitOf = ({ failure, usableUntil }: Question): number => {
    const time = now();
    // A clock that was set back says nothing about how long ago the failure was.
    if (failure === undefined || time < failure.since) return 0;
    const left = Math.max(0, failure.until - time);
    // A back-off that began with a session in hand is cut short once that has expired.
    return usableUntil <= time && isWorthRetrying(failure.error) ? Math.min(left, CAP_EMPTY_HANDED_MS) : left;
  };

  return {
    async note(question, error) {
      const code = error instanceof CredentialsError ? error.code : undefined;
      if (error instanceof CredentialsError && code === "access_denied") return noteDenial(question, error);
      // The audit's trouble is not STS's: it is tried again with the next ask.
      if (code === "audit_unavailable") return false;
      if (code === "expired_on_arrival") leaveAlone(question, error, EXPIRED_ON_ARRIVAL_MS);
      else backOff(question, error);
      return false;
    },
    clear(question) {
      watch.note(accountOf(question.request), "granted");
      question.failure = undefined;
      question.denial = undefined;
    },
    waitOf,
    isWorthRetrying,
  };
};
