// What stands between the broker and STS: the region that is asked, its rate budget, and the breakers.
import { createAttemptGuards, isAnswer } from "./attempt-guards.js";
import type { AuditedAttempt } from "./audited-attempt.js";
import type { CallBreaker } from "./call-breaker.js";
import type { FallbackRegions } from "./check-regions.js";
import type { Subject } from "./check-subject.js";
import { createError } from "./classify-failure.js";
import { CredentialsError } from "./errors.js";
import type { AssumedRole, Clock, RoleRequest } from "./types.js";

export interface GuardedAttemptOptions {
  readonly attempt: AuditedAttempt;
  readonly now: Clock;
  readonly sleep: (ms: number, signal: AbortSignal, isBackground?: boolean) => Promise<void>;
  readonly callsPerSecond: number;
  readonly waitMs: number;
  readonly fallbackRegions: FallbackRegions;
}

export interface GuardedAttemptAbout {
  readonly subject: Subject;
  readonly signal: AbortSignal;
  /** True where nobody waits for the outcome. */
  readonly isBackground: boolean;
  /** True where this question itself was denied, and asks again to be sure. The role's breaker lets it through. */
  readonly isConfirming: boolean;
}

export interface GuardedAttempt {
  /**
   * Asks one region's STS, and where that cannot be reached the next: the region that answered last for five minutes, then
   * the question's own, then its fallbacks in their order. Throws what `attempt` throws, `over_budget`, or `NotAsked`.
   */
  ask(request: RoleRequest, about: GuardedAttemptAbout): Promise<AssumedRole>;
  /** Since when every answer for this role was a denial, if at least five were. */
  deniedSince(request: RoleRequest): number | undefined;
}

/** STS was not asked, because of what is known from asking before. It is no new evidence of anything. */
export class NotAsked extends Error {
  readonly reason: unknown;
  readonly waitMs: number;

  constructor(reason: unknown, waitMs: number) {
    super("STS was not asked");
    this.reason = reason;
    this.waitMs = waitMs;
  }
}

const codeOf = (error: unknown) => (error instanceof CredentialsError ? error.code : undefined);

/** Returns the guarded attempts of one broker. */
export const createGuardedAttempt = (options: GuardedAttemptOptions): GuardedAttempt => {
  const { attempt, fallbackRegions } = options;
  const guards = createAttemptGuards(options);

  const askRegion = async (request: RoleRequest, about: GuardedAttemptAbout, region: string): Promise<AssumedRole> => {
    const { breaker, pace } = guards.ofRegion(region);
    const { subject, signal, isBackground } = about;
    breaker.begin();
    try {
      await pace.turn({ isBackground, signal });
      const answer = await attempt({ ...request, region }, { subject, signal });
      breaker.succeed();
      return answer;
    } catch (error) {
      if (codeOf(error) === "sts_unavailable") breaker.fail(error);
      else if (isAnswer(error)) breaker.succeed();
      else breaker.drop();
      throw error;
    }
  };

  /** The regions in their order, without those whose breaker is open. */
  const openRegions = (own: string): readonly string[] => {
    const others = Object.hasOwn(fallbackRegions, own) ? (fallbackRegions[own] ?? []) : [];
    const order = new Set([guards.preferred(own) ?? own, own, ...others]);
    const open = [...order].filter((region) => guards.ofRegion(region).breaker.waitMs() === 0);
    if (open.length > 0) return open;
    const { breaker } = guards.ofRegion(own);
    const waits = [...order].map((region) => guards.ofRegion(region).breaker.waitMs());
    throw new NotAsked(breaker.error ?? createError("sts_unavailable"), Math.min(...waits));
  };

  const askInTurn = async (request: RoleRequest, about: GuardedAttemptAbout): Promise<AssumedRole> => {
    const { region: own, mfaSerial } = request;
    const regions = openRegions(own);
    let first: unknown;
    for (const region of regions) {
      try {
        const answer = await askRegion(request, about, region);
        guards.prefer(own, region);
        return answer;
      } catch (error) {
        first ??= error;
        const code = codeOf(error);
        // Only one's own region can say that the question is wrong: a fallback may be switched off for this account.
        const isNext = code === "sts_unavailable" || (code === "region_disabled" && region !== own);
        // A code of an MFA device may be spent: no human is asked for another one unbidden.
        if (!isNext || mfaSerial !== undefined) throw error;
      }
    }
    throw first;
  };

  const noteRole = (breaker: CallBreaker, error: unknown): void => {
    if (codeOf(error) === "access_denied") breaker.fail(error);
    else breaker.drop();
  };

  return {
    async ask(request, about) {
      const role = guards.ofRole(request);
      const waitMs = about.isConfirming ? 0 : role.waitMs();
      if (waitMs > 0) throw new NotAsked(role.error, waitMs);
      role.begin();
      try {
        const answer = await askInTurn(request, about);
        role.succeed();
        return answer;
      } catch (error) {
        noteRole(role, error);
        throw error;
      }
    },
    deniedSince: (request) => guards.ofRole(request).trippedSince,
  };
};
