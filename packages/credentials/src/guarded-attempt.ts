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
  /** Forgets the denials of this role: somebody says that it is mended. */
  forgive(request: RoleRequest): void;
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

const refuseWhileOpen = (breaker: CallBreaker): void => {
  const waitMs = breaker.waitMs();
  if (waitMs > 0) throw new NotAsked(breaker.error ?? createError("sts_unavailable"), waitMs);
};

/** The role's breaker, as one ask has to do with it. */
interface RoleTrial {
  /** Notes that STS is asked now. Throws `NotAsked` where others were denied meanwhile. */
  begin(): void;
}

// Only one's own region can say that the question is wrong. In another one STS may be switched off for this account, or
// denied by a policy that names regions (IAM User Guide, "AWS global condition context keys", aws:RequestedRegion).
const isHearsay = (error: unknown): boolean => codeOf(error) === "region_disabled" || codeOf(error) === "access_denied";

/** Returns the guarded attempts of one broker. */
export const createGuardedAttempt = (options: GuardedAttemptOptions): GuardedAttempt => {
  const { attempt, fallbackRegions } = options;
  const guards = createAttemptGuards(options);

  const askRegion = async (
    request: RoleRequest,
    about: GuardedAttemptAbout,
    region: string,
    role: RoleTrial,
  ): Promise<AssumedRole> => {
    const { breaker, pace } = guards.ofRegion(region);
    const { subject, signal, isBackground } = about;
    await pace.turn({ isBackground, signal });
    // Thousands may have waited for their turns: what the first of them met keeps the others from asking.
    refuseWhileOpen(breaker);
    role.begin();
    breaker.begin();
    try {
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

  const askInTurn = async (request: RoleRequest, about: GuardedAttemptAbout, role: RoleTrial): Promise<AssumedRole> => {
    const { region: own, mfaSerial } = request;
    let first: unknown;
    for (const region of openRegions(own)) {
      try {
        const answer = await askRegion(request, about, region, role);
        guards.prefer(own, region);
        return answer;
      } catch (error) {
        const reason = error instanceof NotAsked ? error.reason : error;
        const isDown = codeOf(reason) === "sts_unavailable";
        if (!isDown && (region === own || !isHearsay(reason))) throw error;
        if (isDown) first ??= error;
        // A code of an MFA device may be spent: no human is asked for another one unbidden.
        if (mfaSerial !== undefined) break;
      }
    }
    first ??= createError("sts_unavailable", { detail: "no other region stands in for the one that is down" });
    throw first;
  };

  const noteRole = (breaker: CallBreaker, error: unknown): void => {
    if (codeOf(error) === "access_denied") breaker.fail(error);
    else breaker.drop();
  };

  return {
    async ask(request, about) {
      const breaker = guards.ofRole(request);
      const trial = {
        isBegun: false,
        begin() {
          if (trial.isBegun) return;
          if (!about.isConfirming) refuseWhileOpen(breaker);
          breaker.begin();
          trial.isBegun = true;
        },
      };
      if (!about.isConfirming) refuseWhileOpen(breaker);
      try {
        const answer = await askInTurn(request, about, trial);
        breaker.succeed();
        return answer;
      } catch (error) {
        if (trial.isBegun) noteRole(breaker, error);
        throw error;
      }
    },
    deniedSince: (request) => guards.ofRole(request).trippedSince,
    forgive: (request) => guards.forgetRole(request),
  };
};
