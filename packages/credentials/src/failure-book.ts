// What a failure means for the next ask: how long STS is left alone, and when a denial is believed.
import { parseRoleArn } from "./check-request.js";
import { isOurOwnDenial } from "./classify-failure.js";
import { createDenialWatch } from "./denial-watch.js";
import { CredentialsError } from "./errors.js";
import { backoffMs } from "./judge-life.js";
import { isRevoked, type Question } from "./question-book.js";
import type { Clock, Jitter, RoleRequest } from "./types.js";
import { withDeadline } from "./with-deadline.js";

export interface FailureBookOptions {
  readonly now: Clock;
  readonly jitter: Jitter;
  readonly timeoutMs: number;
  readonly propagationMs: number;
  /** Since when every answer for this role was a denial, whichever session was asked for. */
  readonly deniedSince: (request: RoleRequest) => number | undefined;
  readonly isVendorFault: (() => Promise<boolean>) | undefined;
  readonly onDenied: ((request: RoleRequest, error: Error) => void | Promise<void>) | undefined;
}

export interface FailureBook {
  /** Notes a failed call. Returns true where the session in hand must go, because a denial is confirmed. */
  note(question: Question, error: unknown): Promise<boolean>;
  /** STS was not asked: nothing is learnt, and it is left alone for `ms`. The error is thrown to who asks meanwhile. */
  leaveAlone(question: Question, error: unknown, ms: number): void;
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
/** An outcome that could not be written has cost a call of STS, and must not cost one for every ask. */
const CAP_AUDIT_MS = 5_000;
/** At most three calls a minute where STS answers with credentials that are no use. */
const EXPIRED_ON_ARRIVAL_MS = 20_000;
/** A confirmed denial is asked again only so often: somebody may have mended the role. */
const CONFIRMED_DENIAL_MS = 300_000;
/** For so long beyond the propagation time a denial counts: for its own question, and as a sign of our own fault. */
const DENIAL_MEMORY_MS = 3_600_000;

const accountOf = (request: RoleRequest): string => parseRoleArn(request.roleArn)?.accountId ?? request.roleArn;

const codeOf = (error: unknown) => (error instanceof CredentialsError ? error.code : undefined);

const isWorthRetrying = (error: unknown): boolean =>
  codeOf(error) === "throttled" || codeOf(error) === "sts_unavailable";

const createLateness = () => new Error("no answer within the deadline");

/** Returns the judge of failures for one broker. */
export const createFailureBook = (options: FailureBookOptions): FailureBook => {
  const { now, jitter, timeoutMs, propagationMs } = options;
  const memoryMs = propagationMs + DENIAL_MEMORY_MS;
  const watch = createDenialWatch({ now, windowMs: memoryMs });

  const leaveAlone = (question: Question, error: unknown, ms: number): void => {
    const since = now();
    const until = since + ms;
    question.failure = { error, count: (question.failure?.count ?? 0) + 1, since, until };
    question.keepUntil = Math.max(question.keepUntil, until);
  };

  const backOff = (question: Question, error: unknown, capMs: number): void =>
    leaveAlone(question, error, backoffMs((question.failure?.count ?? 0) + 1, jitter(), capMs));

  let canary: Promise<boolean> | undefined;
  /** Asked once for all who want to know at the same time. Unknown counts as our own fault: it grants nothing. */
  const isVendorFault = (): Promise<boolean> => {
    const { isVendorFault: askCanary } = options;
    if (askCanary === undefined) return Promise.resolve(false);
    canary ??= withDeadline(async () => (await askCanary()) !== false, { ms: timeoutMs, createReason: createLateness })
      .catch(() => true)
      .finally(() => {
        canary = undefined;
      });
    return canary;
  };

  const isOurFault = async (error: Error): Promise<boolean> => {
    if (isOurOwnDenial(error)) return true;
    if (watch.isWidespread()) return true;
    return isVendorFault();
  };

  const tell = (question: Question, error: Error): Promise<boolean> =>
    withDeadline(() => options.onDenied?.(question.request, error), {
      ms: timeoutMs,
      createReason: createLateness,
    }).then(
      () => true,
      () => false,
    );

  /** A second denial is believed after the propagation time. A first one of long ago, or of another clock, is none. */
  const isBelievable = ({ since, confirmed }: NonNullable<Question["denial"]>): boolean => {
    const age = now() - since;
    return confirmed || (age >= propagationMs && age <= memoryMs);
  };

  /** The denial before this one: of the question itself, or of others that ask for sessions of the same role. */
  const denialBefore = (question: Question): Question["denial"] => {
    const own = question.denial;
    if (own !== undefined && isBelievable(own)) return own;
    const since = options.deniedSince(question.request);
    return since === undefined ? own : { since, confirmed: false, told: false };
  };

  const noteDenial = async (question: Question, error: Error): Promise<boolean> => {
    const denial = denialBefore(question);
    if (!denial?.confirmed) watch.note(accountOf(question.request), "denied");
    question.keepUntil = Math.max(question.keepUntil, now() + memoryMs);
    if (denial === undefined || !isBelievable(denial)) {
      // Perhaps a change that has not spread yet. STS is asked once more, when somebody asks after that time.
      question.denial = { since: now(), confirmed: false, told: false };
      leaveAlone(question, error, propagationMs);
      return false;
    }
    question.denial = denial;
    if (!denial.confirmed) {
      const isOurs = await isOurFault(error);
      // Allowed or revoked while we asked: this denial is of the time before.
      if (question.denial !== denial || isRevoked(question)) return false;
      if (isOurs) {
        leaveAlone(question, error, propagationMs);
        return false;
      }
    }
    denial.confirmed = true;
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
      const code = codeOf(error);
      if (error instanceof CredentialsError && code === "access_denied") return noteDenial(question, error);
      if (code === "expired_on_arrival") leaveAlone(question, error, EXPIRED_ON_ARRIVAL_MS);
      else if (code === "audit_unavailable") backOff(question, error, CAP_AUDIT_MS);
      // Renewals may be over a budget that has room for who has nothing left: STS itself was not asked.
      else if (code === "over_budget") backOff(question, error, CAP_EMPTY_HANDED_MS);
      else backOff(question, error, question.usableUntil > now() ? CAP_IN_HAND_MS : CAP_EMPTY_HANDED_MS);
      return false;
    },
    leaveAlone,
    clear(question) {
      watch.note(accountOf(question.request), "granted");
      question.failure = undefined;
      question.denial = undefined;
    },
    waitOf,
    isWorthRetrying,
  };
};
