// Tells one customer who shut us out from our own side being broken. Suspending every customer because our own role
// lost a permission would turn a small mistake into an outage of its own.
import type { Clock } from "./types.js";

export interface DenialWatch {
  /** Notes STS's verdict for an account. */
  note(accountId: string, verdict: "granted" | "denied"): void;
  /** Forgets an account whose denial is confirmed to be its own doing. */
  forget(accountId: string): void;
  /**
   * True while at least three accounts are denied, not counting those forgotten, and at least half of the accounts
   * that STS has answered for since the first of those denials. What is older than the window does not count.
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

  return {
    note(accountId, verdict) {
      const latest = options.now();
      const before = verdicts.get(accountId);
      verdicts.set(accountId, { verdict, since: before?.verdict === verdict ? before.since : latest, latest });
      if (verdicts.size > sweepAt) sweep();
    },
    forget(accountId) {
      verdicts.delete(accountId);
    },
    isWidespread() {
      sweep();
      const all = [...verdicts.values()];
      const denied = all.filter(({ verdict }) => verdict === "denied");
      const first = Math.min(...denied.map(({ since }) => since));
      const granted = all.filter(({ verdict, latest }) => verdict === "granted" && latest >= first);
      return denied.length >= LEAST_ACCOUNTS && denied.length >= granted.length;
    },
  };
};
