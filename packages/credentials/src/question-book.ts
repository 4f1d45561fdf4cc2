// What the broker remembers about one question beside its answer. The answer itself lives in the cache.
import { createError } from "./classify-failure.js";
import { createRuleBook, isMatch, type Match, type Verdict } from "./rule-book.js";
import type { CachedRole, Clock, RoleRequest } from "./types.js";

export interface Question {
  readonly key: string;
  readonly request: RoleRequest;
  /** Fires on revoke, for good: what was begun for this question is dropped, and another one takes its place. */
  readonly controller: AbortController;
  /** What all who ask in the same moment wait for: thousands of callers cost one look into the cache. */
  asking: Promise<CachedRole> | undefined;
  /** The one call that is under way, and the one wait with retries. */
  attempt: Promise<CachedRole> | undefined;
  obtaining: Promise<CachedRole> | undefined;
  /** The last write to the cache that is under way. It never rejects. Shared with the question that this one replaced. */
  readonly writes: { last: Promise<unknown> | undefined };
  /** The purge after a revoke. Where it comes to `false`, what the cache holds is of before, and is not read. */
  purged: Promise<boolean> | undefined;
  /** The session itself, where the cache does not keep it. */
  held: CachedRole | undefined;
  /** When the cache failed, if it did the last time. */
  cacheFailedAt: number | undefined;
  /** The last failure: STS is left alone until `until`. */
  failure:
    | { readonly error: unknown; readonly count: number; readonly since: number; readonly until: number }
    | undefined;
  /** Since when AWS has said no. */
  denial: { readonly since: number; confirmed: boolean; told: boolean } | undefined;
  /** Drawn anew for every session, so that sessions of one age are not renewed in one moment. */
  drawn: { readonly obtained: number; readonly jitter: number } | undefined;
  /** The latest time at which the session in hand was looked at: a clock that goes back behind it has lost count. */
  seen: number;
  /** How many are asking just now. */
  askers: number;
  /** Until when the session in hand lives, as far as known. */
  usableUntil: number;
  /** Before this time it must not be forgotten. */
  keepUntil: number;
}

export const isRevoked = (question: Question): boolean => question.controller.signal.aborted;

/** Throws `revoked` where the question is, or was since it was opened. */
export const refuseRevoked = (question: Question): void => {
  if (isRevoked(question)) throw createError("revoked");
};

export interface QuestionBook {
  /** Finds the question or opens it, revoked where the latest matching rule says so. */
  open(key: string, request: RoleRequest): Question;
  /** Ends what matches, now and later, and has it purged. Resolves when that is done; throws where it was not. */
  revoke(match: Match, purge: (question: Question) => Promise<void>): Promise<void>;
  /** Opens what matches, and forgets its failures. */
  allow(match: Match): void;
}

const FIRST_SWEEP = 1024;
/** With more questions than this, those that were not asked for longest are forgotten, however well they were kept. */
const MOST_QUESTIONS = 50_000;

const isBusy = ({ askers, attempt, writes, purged }: Question): boolean =>
  askers > 0 || attempt !== undefined || writes.last !== undefined || purged !== undefined;

/**
 * Returns an empty book. A question may be asked for the first time after it was revoked, or again after it was
 * forgotten; so `revoke` and `allow` are remembered apart. Questions without anything to remember are swept out when the
 * book has doubled. `forgive` is told of each question that is allowed again.
 */
export const createQuestionBook = (now: Clock, forgive: (request: RoleRequest) => void): QuestionBook => {
  /** Those that were asked last come last. */
  const questions = new Map<string, Question>();
  const rules = createRuleBook();
  let sweepAt = FIRST_SWEEP;
  /** The latest `seen` of all that are forgotten. */
  let forgottenSeen = 0;

  const forget = (question: Question) => {
    questions.delete(question.key);
    forgottenSeen = Math.max(forgottenSeen, question.seen);
  };

  const sweep = () => {
    const time = now();
    for (const question of questions.values()) {
      if (!isBusy(question) && Math.max(question.usableUntil, question.keepUntil) < time) forget(question);
    }
    const surplus = questions.size < MOST_QUESTIONS ? 0 : questions.size - MOST_QUESTIONS / 2;
    const idle = [...questions.values()].filter((question) => !isBusy(question));
    for (const question of idle.slice(0, surplus)) forget(question);
    sweepAt = Math.max(FIRST_SWEEP, Math.min(questions.size * 2, MOST_QUESTIONS), questions.size + FIRST_SWEEP);
  };

  /** `before`: the question that this one takes the place of. */
  const put = (key: string, request: RoleRequest, verdict: Verdict, before?: Question): Question => {
    const controller = new AbortController();
    if (verdict === "revoke") controller.abort();
    const question: Question = {
      key,
      request,
      controller,
      asking: undefined,
      attempt: undefined,
      obtaining: undefined,
      writes: before?.writes ?? { last: undefined },
      purged: before?.purged,
      held: undefined,
      cacheFailedAt: undefined,
      failure: undefined,
      denial: undefined,
      drawn: undefined,
      seen: forgottenSeen,
      askers: 0,
      usableUntil: before?.usableUntil ?? 0,
      keepUntil: 0,
    };
    questions.set(key, question);
    return question;
  };

  const matching = (match: Match): readonly Question[] =>
    [...questions.values()].filter(({ request }) => isMatch(match, request));

  const end = (ended: Question, purge: (question: Question) => Promise<void>): Promise<void> => {
    ended.controller.abort(createError("revoked"));
    const purging = purge(ended);
    const next = put(ended.key, ended.request, "revoke", ended);
    const purged = purging.then(
      () => {
        const current = questions.get(next.key);
        if (current?.purged === purged) current.purged = undefined;
        return true;
      },
      () => false,
    );
    next.purged = purged;
    return purging;
  };

  return {
    open(key, request) {
      const known = questions.get(key);
      if (known !== undefined) {
        questions.delete(key);
        questions.set(key, known);
        return known;
      }
      if (questions.size >= sweepAt) sweep();
      return put(key, request, rules.judge(request));
    },
    async revoke(match, purge) {
      const purges = matching(match).map((question) => end(question, purge));
      rules.add(match, "revoke");
      await Promise.all(purges);
    },
    allow(match) {
      const matched = matching(match);
      rules.add(match, "allow");
      for (const question of matched) {
        forgive(question.request);
        if (isRevoked(question)) {
          put(question.key, question.request, "allow", question);
        } else {
          question.failure = undefined;
          question.denial = undefined;
        }
      }
    },
  };
};
