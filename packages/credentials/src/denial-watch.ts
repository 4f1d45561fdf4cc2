// Tells one customer who shut us out from our own side being broken. Suspending every customer because our own role
// lost a permission would turn a small mistake into an outage of its own.
import type { Clock } from "./types.js";

export interface DenialWatch {
  /** Notes STS's verdict for an account. */
  note(accountId: string, verdict: "granted" | "denied"): void;
  /**
   * True while at least three accounts are denied, and these are at least half of those that STS has answered for since
   * the third newest of the denials began, or since the oldest. What is older than the window does not count.
   */
  isWidespread(): boolean;
}

interface Verdict {
  readonly verdict: "granted" | "denied";
  /** When the verdict began; a denial that is repeated keeps its beginning. */
  readonly since: number;
  readonly latest: number;
}

const LEAST_ACCOUNTS = 3;
const FIRST_SWEEP = 1024;

/** Returns an empty watch. Accounts are counted, not questions: one customer with many sessions is one customer. */
export const createDenialWatch = (options: { readonly now: Clock; readonly windowMs: number }): DenialWatch => {
  const verdicts = new Map<string, Verdict>();
  let sweepAt = FIRST_SWEEP;

  const sweep = () => {
    const oldest = options.now() - options.windowMs;
    for (const [accountId, { latest }] of verdicts) if (latest < oldest) verdicts.delete(accountId);
    sweepAt = Math.max(FIRST_SWEEP, verdicts.size * 2);
  };

  const areDenialsMost = (from: number): boolean => {
    let denied = 0;
    let granted = 0;
    for (const { verdict, since, latest } of verdicts.values()) {
      if (verdict === "denied" && since >= from) denied++;
      if (verdict === "granted" && latest >= from) granted++;
    }
    return denied >= granted;
  };

  return {
    note(accountId, verdict) {
      const latest = options.now();
      const before = verdicts.get(accountId);
      verdicts.set(accountId, { verdict, since: before?.verdict === verdict ? before.since : latest, latest });
      if (verdicts.size > sweepAt) sweep();
    },
    isWidespread() {
      sweep();
      // Sessions are renewed one after another, and so they are denied when our own side breaks: the newest few, with
      // hardly a grant between them, tell it long before most customers have been denied.
      const denials = [...verdicts.values()].filter(({ verdict }) => verdict === "denied");
      const since = denials.map((denial) => denial.since).toSorted((a, b) => b - a);
      const third = since[LEAST_ACCOUNTS - 1];
      const oldest = since.at(-1);
      return third !== undefined && oldest !== undefined && (areDenialsMost(third) || areDenialsMost(oldest));
    },
  };
};
