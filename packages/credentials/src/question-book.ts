// What the broker remembers about one question beside its answer. The answer itself lives in the cache.
import { createError } from "./classify-failure.js";
import { copyRequest } from "./copy-frozen.js";
import type { CachedRole, RoleRequest } from "./types.js";

export interface Question {
  readonly key: string;
  readonly request: RoleRequest;
  revoked: boolean;
  /** Fires on revoke; renewed on allow. What was begun under an old one is dropped. */
  controller: AbortController;
  /** The one call that is under way, and the one wait with retries. */
  attempt: Promise<CachedRole> | undefined;
  obtaining: Promise<CachedRole> | undefined;
  /** The write to the cache that is under way. */
  writing: Promise<void> | undefined;
  /** The last failure: STS is left alone until `until`. */
  failure:
    | { readonly error: unknown; readonly count: number; readonly since: number; readonly until: number }
    | undefined;
  /** Since when AWS has said no. */
  denial: { readonly since: number; confirmed: boolean; told: boolean } | undefined;
  /** Drawn anew for every session, so that sessions of one age are not renewed in one moment. */
  drawn: { readonly obtained: number; readonly jitter: number } | undefined;
  /** How many are asking just now. */
  askers: number;
  /** Until when the session in hand lives, as far as known. */
  usableUntil: number;
  /** Before this time it must not be forgotten. */
  keepUntil: number;
}

/** Throws `revoked` where the question is, or was since `controller` was current. */
export const refuseRevoked = (question: Question, controller = question.controller): void => {
  if (question.revoked || question.controller !== controller) throw createError("revoked");
};

export interface QuestionBook {
  /** Finds the question or opens it, revoked where the latest matching rule says so. */
  open(key: string, request: RoleRequest): Question;
  /** Adds a rule and returns the known questions that it matches. */
  rule(match: (request: RoleRequest) => boolean, verdict: "revoke" | "allow"): readonly Question[];
}

const FIRST_SWEEP = 1024;

/**
 * Returns an empty book. Rules are kept for as long as the book lives, because a question may be asked for the first
 * time after it was revoked. Questions without anything to remember are swept out when the book has doubled.
 */
export const createQuestionBook = (now: () => number): QuestionBook => {
  const questions = new Map<string, Question>();
  const rules: { readonly match: (request: RoleRequest) => boolean; readonly verdict: "revoke" | "allow" }[] = [];
  let sweepAt = FIRST_SWEEP;

  const sweep = () => {
    const time = now();
    for (const [key, question] of questions) {
      const idle = question.askers === 0 && question.attempt === undefined;
      if (idle && Math.max(question.usableUntil, question.keepUntil) < time) questions.delete(key);
    }
    sweepAt = Math.max(FIRST_SWEEP, questions.size * 2);
  };

  return {
    open(key, asked) {
      const known = questions.get(key);
      if (known !== undefined) return known;
      if (questions.size >= sweepAt) sweep();
      const request = copyRequest(asked);
      const question: Question = {
        key,
        request,
        revoked: rules.findLast((rule) => rule.match(request))?.verdict === "revoke",
        controller: new AbortController(),
        attempt: undefined,
        obtaining: undefined,
        writing: undefined,
        failure: undefined,
        denial: undefined,
        drawn: undefined,
        askers: 0,
        usableUntil: 0,
        keepUntil: 0,
      };
      questions.set(key, question);
      return question;
    },
    rule(match, verdict) {
      rules.push({ match, verdict });
      return [...questions.values()].filter((question) => match(question.request));
    },
  };
};
