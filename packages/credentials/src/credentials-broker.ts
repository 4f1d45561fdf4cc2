// Keeps sessions and hands them out: warm ones at once, due ones while they are renewed behind, none that is expired,
// revoked, denied or another question's. Nothing runs by itself: every step is taken because somebody asks.
import { randomUUID } from "node:crypto";
import { setTimeout as sleepFor } from "node:timers/promises";
import { createAuditedAttempt, type Subject } from "./audited-attempt.js";
import { answersQuestion } from "./check-answer.js";
import { checkRequest } from "./check-request.js";
import { createError } from "./classify-failure.js";
import { copyCredentials } from "./copy-frozen.js";
import { createFailureBook } from "./failure-book.js";
import { createSessionSource } from "./session-source.js";
import { COMFORTABLE_LEFT_MS, LEAST_LEFT_MS, leftOf, renewalDueAt } from "./judge-life.js";
import { createMemoryCache } from "./memory-cache.js";
import { createQuestionBook, refuseRevoked, type Question } from "./question-book.js";
import { requestKey } from "./request-key.js";
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

export interface CredentialsBrokerOptions {
  readonly assumeRole: AssumeRole;
  /** The audit: awaited before STS is asked and before an answer is handed out. Where it rejects, neither happens. */
  readonly record: RecordEvent;
  /** Default: a memory cache of its own. A cache that rejects counts as empty; it reports its own troubles. */
  readonly cache?: CredentialsCache;
  readonly now?: Clock;
  readonly jitter?: Jitter;
  /** Waits between retries of a caller who has nothing else. Rejects when the signal fires. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly createAttemptId?: () => string;
  /** How long AWS may take to spread a change of a role: a denial is asked again after it. Default 60,000. */
  readonly propagationMs?: number;
  /** How long a caller without any session waits while STS fails. Default 20,000. */
  readonly waitMs?: number;
  /** For one call of STS, one write of the audit, one of the functions below. Default 15,000. */
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
   * way are dropped. Resolves when the cache is purged. Sessions already handed out live on in AWS until they expire.
   */
  revoke(match: (request: RoleRequest) => boolean): Promise<void>;
  /** Opens matching questions again, revoked or denied; the last of `revoke` and `allow` that matches decides. */
  allow(match: (request: RoleRequest) => boolean): void;
}

/** Returns a broker. It holds no timers between asks and never keeps the process alive while idle. */
export const createCredentialsBroker = (options: CredentialsBrokerOptions): CredentialsBroker => {
  const now = options.now ?? Date.now;
  const jitter = options.jitter ?? Math.random;
  const cache = options.cache ?? createMemoryCache();
  const timeoutMs = options.timeoutMs ?? 15_000;
  const book = createQuestionBook(now);
  const failures = createFailureBook({
    ...options,
    now,
    jitter,
    timeoutMs,
    propagationMs: options.propagationMs ?? 60_000,
  });
  const { attempt, obtain } = createSessionSource({
    attempt: createAuditedAttempt({
      assumeRole: options.assumeRole,
      record: options.record,
      now,
      createAttemptId: options.createAttemptId ?? randomUUID,
      timeoutMs,
    }),
    cache,
    failures,
    now,
    sleep: options.sleep ?? ((ms: number, signal: AbortSignal) => sleepFor(ms, undefined, { signal })),
    waitMs: options.waitMs ?? 20_000,
    timeoutMs,
    ...(options.onGranted && { onGranted: options.onGranted }),
  });

  /** The session that may still be handed out, if any. */
  const readUsable = async (question: Question): Promise<CachedRole | undefined> => {
    const entry = await cache.get(question.key).catch(() => undefined);
    refuseRevoked(question);
    if (entry === undefined || question.denial?.confirmed || !answersQuestion(entry, question.request))
      return undefined;
    const left = leftOf(entry, now());
    question.usableUntil = now() + left;
    return left >= LEAST_LEFT_MS ? entry : undefined;
  };

  const isDue = (question: Question, entry: CachedRole): boolean => {
    const obtained = entry.obtained.getTime();
    if (question.drawn?.obtained !== obtained) question.drawn = { obtained, jitter: jitter() };
    return leftOf(entry, now()) <= renewalDueAt(entry, question.drawn.jitter);
  };

  const ask = async (question: Question, subject: Subject): Promise<CachedRole> => {
    refuseRevoked(question);
    const entry = await readUsable(question);
    if (entry === undefined) return obtain(question, subject);
    if (!isDue(question, entry) || failures.waitOf(question) > 0) return entry;
    const renewal = attempt(question, subject);
    if (leftOf(entry, now()) >= COMFORTABLE_LEFT_MS) {
      // Behind the caller's back: its failure is noted, audited, and no concern of a caller whose session works.
      renewal.catch(() => undefined);
      return entry;
    }
    try {
      return await renewal;
    } catch (error) {
      const last = await readUsable(question);
      if (last === undefined) throw error;
      return last;
    }
  };

  return {
    provider(request, { subject = {} } = {}) {
      checkRequest(request);
      const key = requestKey(request);
      const { request: own } = book.open(key, request);
      const about = Object.freeze({ ...subject });
      const provide = async (): Promise<Credentials> => {
        const question = book.open(key, own);
        question.askers++;
        try {
          const entry = await ask(question, about);
          refuseRevoked(question);
          // A laptop may have slept between the answer and this line.
          if (leftOf(entry, now()) < LEAST_LEFT_MS) throw createError("expired_on_arrival");
          return copyCredentials(entry.assumedRole.credentials);
        } finally {
          question.askers--;
        }
      };
      // SDK v3 wraps providers in a cache of its own unless they say that they have one.
      return Object.assign(provide, { memoized: true as const });
    },
    async revoke(match) {
      const revoked = book.rule(match, "revoke");
      for (const question of revoked) {
        question.revoked = true;
        question.controller.abort();
        question.controller = new AbortController();
        question.attempt = undefined;
        question.obtaining = undefined;
      }
      await Promise.all(
        revoked.map(async (question) => {
          // A write to the cache that is under way must not outlive the purge.
          await question.writing;
          await cache.delete(question.key);
        }),
      );
    },
    allow(match) {
      for (const question of book.rule(match, "allow")) {
        question.revoked = false;
        question.failure = undefined;
        question.denial = undefined;
      }
    },
  };
};
