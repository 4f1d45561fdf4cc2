// Keeps sessions and hands them out: warm ones at once, due ones while they are renewed behind, none that is expired,
// revoked, denied or another question's. Nothing runs by itself: every step is taken because somebody asks.
import { setTimeout as sleepFor } from "node:timers/promises";
import { createAuditedAttempt } from "./audited-attempt.js";
import { callsFrom, FUNCTION, millisecondsFrom, objectWith, required, takeOptions } from "./check-options.js";
import { FALLBACK_REGIONS, type FallbackRegions } from "./check-regions.js";
import { takeRequest } from "./check-request.js";
import { NOBODY, SUBJECT, type Subject } from "./check-subject.js";
import { createError } from "./classify-failure.js";
import { copyCredentials } from "./copy-frozen.js";
import { createFailureBook } from "./failure-book.js";
import { createGuardedAttempt } from "./guarded-attempt.js";
import { COMFORTABLE_LEFT_MS, LEAST_LEFT_MS, leftOf, renewalDueAt, STEP_BACK_MS } from "./judge-life.js";
import { createMemoryCache } from "./memory-cache.js";
import { createQuestionBook, refuseRevoked, type Question } from "./question-book.js";
import { requestKey } from "./request-key.js";
import type { Match } from "./rule-book.js";
import { createSessionKeeper } from "./session-keeper.js";
import { createSessionSource } from "./session-source.js";
import type {
  AssumedRole,
  AssumeRole,
  CachedRole,
  Clock,
  Credentials,
  CredentialsCache,
  CredentialsProvider,
  Jitter,
  RecordEvent,
  RoleRequest,
} from "./types.js";
import { withDeadline } from "./with-deadline.js";

export interface CredentialsBrokerOptions {
  readonly assumeRole: AssumeRole;
  /** The audit: awaited before STS is asked and before an answer is handed out. Where it rejects, neither happens. */
  readonly record: RecordEvent;
  /**
   * Default: a memory cache of its own. While it rejects or hangs, sessions are held in this process; it reports its own
   * troubles.
   */
  readonly cache?: CredentialsCache;
  readonly now?: Clock;
  readonly jitter?: Jitter;
  /**
   * Waits between retries of a caller who has nothing else, and for the turn of a call. Rejects when the signal fires.
   * `isBackground` is true where nobody waits for the outcome: it should not keep the process alive.
   */
  readonly sleep?: (ms: number, signal: AbortSignal, isBackground?: boolean) => Promise<void>;
  readonly createAttemptId?: () => string;
  /** How long AWS may take to spread a change of a role: a denial is asked again after it. Default 60,000. */
  readonly propagationMs?: number;
  /** How long a caller without any session waits while STS fails, and for its turn. Default 20,000. */
  readonly waitMs?: number;
  /**
   * Calls of STS in each region, renewals at most half of them; a second's worth may come at once. Default 300: AWS counts
   * 600 for each account and region, and other processes have the rest (IAM User Guide, "IAM and AWS STS quotas").
   */
  readonly callsPerSecond?: number;
  /**
   * Which regions' STS is asked, in order, where a region's own cannot be reached: `{ "eu-west-1": ["eu-central-1"] }`.
   * Sessions are good in every region, whichever gave them. Default: none; the global endpoint is never asked. It is of no
   * use where `createAssumeRole` was given an endpoint of its own.
   */
  readonly fallbackRegions?: FallbackRegions;
  /**
   * For one call of STS, one write of the audit, one call of the cache, one of the functions below. Default 15,000. Where
   * the question names an MFA device, the human gets five minutes more.
   */
  readonly timeoutMs?: number;
  /** Asks whether our own side is denied everywhere, for example by a canary role. Where it rejects, it counts as true. */
  readonly isVendorFault?: () => Promise<boolean>;
  /** Awaited when a denial is confirmed: once, and again only after a grant or where it rejected. */
  readonly onDenied?: (request: RoleRequest, error: Error) => void | Promise<void>;
  /** Awaited with every answer of STS before it is kept or handed out. Where it rejects, the answer is dropped. */
  readonly onGranted?: (request: RoleRequest, assumedRole: AssumedRole) => void | Promise<void>;
}

export interface CredentialsBroker {
  /**
   * Returns a provider for the AWS SDK, without asking anything yet. Throws `invalid_request`.
   * The provider throws `CredentialsError`, or what `onGranted` rejected with.
   * @param options.subject the caller's own words for why and for whom; they go into the audit.
   */
  provider(request: RoleRequest, options?: { readonly subject?: Subject }): CredentialsProvider;
  /**
   * Ends every matching question, asked before or not: from this moment providers throw `revoked` and answers under
   * way are dropped. Resolves when the cache is purged, or throws `cache_unavailable`. Sessions already handed out live
   * on in AWS until they expire. The rule is remembered until the same function is given to `revoke` or `allow` again:
   * keep one function for each customer. With 10,000 remembered, and where the function throws or answers no boolean, it
   * throws `invalid_request`; in the first case what was asked before is ended all the same, in the second nothing is.
   */
  revoke(match: Match): Promise<void>;
  /** Opens matching questions again, revoked or denied; the last of `revoke` and `allow` that matches decides. */
  allow(match: Match): void;
}

const takeBrokerOptions = (options: CredentialsBrokerOptions): CredentialsBrokerOptions =>
  takeOptions<CredentialsBrokerOptions>("createCredentialsBroker", options, {
    assumeRole: required(FUNCTION, "make it with createAssumeRole"),
    record: required(FUNCTION, "give a function that keeps each event and resolves when it is durable"),
    cache: objectWith("get", "set", "delete", "clear"),
    now: FUNCTION,
    jitter: FUNCTION,
    sleep: FUNCTION,
    createAttemptId: FUNCTION,
    propagationMs: millisecondsFrom(0),
    waitMs: millisecondsFrom(0),
    callsPerSecond: callsFrom(1),
    fallbackRegions: FALLBACK_REGIONS,
    timeoutMs: millisecondsFrom(1),
    isVendorFault: FUNCTION,
    onDenied: FUNCTION,
    onGranted: FUNCTION,
  });

const sleepBetween = (ms: number, signal: AbortSignal, isBackground = false): Promise<void> =>
  sleepFor(ms, undefined, { signal, ref: !isBackground });

const MATCH = { match: required(FUNCTION, "give a function that picks requests") };

/**
 * Returns a broker. It holds no timers between asks and never keeps the process alive while idle.
 * Throws `invalid_request` where an option is unknown, missing or malformed.
 */
export const createCredentialsBroker = (options: CredentialsBrokerOptions): CredentialsBroker => {
  const taken = takeBrokerOptions(options);
  const { now = Date.now, jitter = Math.random, timeoutMs = 15_000, waitMs = 20_000 } = taken;
  const { assumeRole, record, createAttemptId, cache = createMemoryCache(), onGranted } = taken;
  const { sleep = sleepBetween, callsPerSecond = 300, fallbackRegions = {} } = taken;
  const { isVendorFault, onDenied, propagationMs = 60_000 } = taken;
  const keeper = createSessionKeeper({ cache, now, timeoutMs });
  let ownOffsetMs = 0;
  const leftNow = (entry: CachedRole): number => leftOf(entry, now(), ownOffsetMs);
  const onRecord = { assumeRole, record, now, timeoutMs, ...(createAttemptId && { createAttemptId }) };
  const attemptOnRecord = createAuditedAttempt(onRecord);
  const guards = { attempt: attemptOnRecord, now, sleep, callsPerSecond, waitMs, fallbackRegions };
  const guarded = createGuardedAttempt(guards);
  const { deniedSince } = guarded;
  const book = createQuestionBook(now, guarded.forgive);
  const failures = createFailureBook({ now, jitter, timeoutMs, propagationMs, deniedSince, isVendorFault, onDenied });
  const { attempt, obtain } = createSessionSource({
    guarded,
    keeper,
    failures,
    now,
    sleep,
    waitMs,
    timeoutMs,
    hearOffset: (milliseconds) => {
      ownOffsetMs = milliseconds;
    },
    onGranted,
  });

  /** The session that may still be handed out, if any. */
  const readUsable = async (question: Question): Promise<CachedRole | undefined> => {
    const entry = await keeper.read(question);
    refuseRevoked(question);
    if (entry === undefined || question.denial?.confirmed) return undefined;
    const time = now();
    if (time < question.seen - STEP_BACK_MS) return undefined;
    question.seen = Math.max(question.seen, time);
    const left = leftOf(entry, time, ownOffsetMs);
    question.usableUntil = time + left;
    return left >= LEAST_LEFT_MS ? entry : undefined;
  };

  const isDue = (question: Question, entry: CachedRole): boolean => {
    const obtained = entry.obtained.getTime();
    if (question.drawn?.obtained !== obtained) question.drawn = { obtained, jitter: jitter() };
    // For a session with MFA a human is asked: not before it must be, and only while somebody waits for it.
    const dueAt = question.request.mfaSerial === undefined ? renewalDueAt(entry, question.drawn.jitter) : 0;
    return leftNow(entry) <= Math.max(dueAt, COMFORTABLE_LEFT_MS);
  };

  const ask = async (question: Question, subject: Subject): Promise<CachedRole> => {
    refuseRevoked(question);
    const entry = await readUsable(question);
    if (entry === undefined) return obtain(question, subject);
    if (!isDue(question, entry) || failures.waitOf(question) > 0) return entry;
    const left = leftNow(entry);
    const isBackground = left >= COMFORTABLE_LEFT_MS;
    const renewal = attempt(question, subject, isBackground);
    // Behind the caller's back: its failure is noted, audited, and no concern of a caller whose session works.
    renewal.catch(() => undefined);
    if (isBackground) return entry;
    // The caller waits for a new one, but not until the session in hand is gone, too.
    const ms = Math.min(waitMs, Math.max(0, left - LEAST_LEFT_MS));
    return withDeadline(() => renewal, { ms, createReason: () => createError("sts_unavailable") }).catch(
      async () => (await readUsable(question)) ?? renewal,
    );
  };

  const askTogether = (question: Question, subject: Subject): Promise<CachedRole> => {
    if (question.asking !== undefined) return question.asking;
    const asking = ask(question, subject);
    question.asking = asking;
    const end = () => {
      question.asking = undefined;
    };
    asking.then(end, end);
    return asking;
  };

  return {
    provider(given, about) {
      const request = takeRequest(given);
      const key = requestKey(request);
      const { subject = NOBODY } = takeOptions<{ readonly subject?: Subject }>("provider", about, { subject: SUBJECT });
      const provide = async (): Promise<Credentials> => {
        const question = book.open(key, request);
        question.askers++;
        try {
          const entry = await askTogether(question, subject);
          refuseRevoked(question);
          // A laptop may have slept between the answer and this line.
          if (leftNow(entry) < LEAST_LEFT_MS) throw createError("expired_on_arrival");
          return copyCredentials(entry.assumedRole.credentials);
        } finally {
          question.askers--;
        }
      };
      // SDK v3 wraps providers in a cache of its own unless they say that they have one.
      return Object.assign(provide, { memoized: true as const });
    },
    async revoke(match) {
      takeOptions<{ readonly match: Match }>("revoke", { match }, MATCH);
      await book.revoke(match, keeper.purge);
    },
    allow(match) {
      takeOptions<{ readonly match: Match }>("allow", { match }, MATCH);
      book.allow(match);
    },
  };
};
