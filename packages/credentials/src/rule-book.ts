// What `revoke` and `allow` said, for questions that are asked for the first time afterwards. Bounded, and closed when full.
import { refuseOption } from "./check-options.js";
import type { RoleRequest } from "./types.js";

/** Picks questions. The same function given again takes the place of what was said with it before. */
export type Match = (request: RoleRequest) => boolean;
export type Verdict = "revoke" | "allow";

export interface RuleBook {
  /** Throws `invalid_request` where the book is full; nothing is forgotten to make room. */
  add(match: Match, verdict: Verdict): void;
  /** Returns what the last rule that matches says, else `allow`. */
  judge(request: RoleRequest): Verdict;
}

const MOST_RULES = 10_000;

/** Asks a function of the caller's. What is neither yes nor no must not pass for either. */
export const isMatch = (match: Match, request: RoleRequest): boolean => {
  let answer: unknown;
  try {
    answer = match(request);
  } catch {
    throw refuseOption("a function given to revoke or allow threw", "make it answer true or false for every request");
  }
  if (typeof answer === "boolean") return answer;
  // An async function's: nobody else will hear of its failure.
  Promise.resolve(answer).catch(() => undefined);
  throw refuseOption(
    "a function given to revoke or allow answered neither true nor false",
    "make it answer at once, not by a promise",
  );
};

/** Returns an empty book: one rule for each function, and none that allows what nothing before it revokes. */
export const createRuleBook = (): RuleBook => {
  /** In the order in which they were given. */
  const rules = new Map<Match, Verdict>();
  return {
    add(match, verdict) {
      if (!rules.has(match) && rules.size >= MOST_RULES) {
        throw refuseOption(
          `revoke and allow remember ${MOST_RULES} functions and no more`,
          "keep one function for each customer, and give the same one each time",
        );
      }
      rules.delete(match);
      rules.set(match, verdict);
      for (const [first, said] of rules) {
        if (said === "revoke") break;
        rules.delete(first);
      }
    },
    judge(request) {
      let last: Verdict = "allow";
      for (const [match, verdict] of rules) if (verdict !== last && isMatch(match, request)) last = verdict;
      return last;
    },
  };
};
