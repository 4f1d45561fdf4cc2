// Throttling by rate, as a token bucket, which is how AWS throttles where it says so (Amazon EC2 API Reference, "Request
// throttling for the Amazon EC2 API"). STS counts each account in each Region by itself (IAM User Guide, "IAM and AWS STS
// quotas").
import type { CallFacts } from "./match-fault.js";
import type { Fault, ThrottleOrder } from "./types.js";

/** Beyond so many allowances the full ones, which say nothing, are forgotten. */
const MANY = 1000;

/** Takes one call from the allowance of the caller's account and region; returns false when it is used up. */
export function takeFromAllowance(
  { allowances }: Pick<Fault, "allowances">,
  { ratePerSecond, burst }: Pick<ThrottleOrder, "ratePerSecond" | "burst">,
  { accountId, region }: Pick<CallFacts, "accountId" | "region">,
  now: number,
): boolean {
  const key = `${accountId ?? "unsigned"} ${region}`;
  const before = allowances.get(key) ?? { calls: burst, at: now };
  const calls = refilled(before, ratePerSecond, burst, now);
  const enough = calls >= 1;
  if (allowances.size >= MANY) {
    for (const [other, allowance] of allowances) {
      if (refilled(allowance, ratePerSecond, burst, now) >= burst) allowances.delete(other);
    }
  }
  allowances.set(key, { calls: enough ? calls - 1 : calls, at: now });
  return enough;
}

/** A clock that was moved back adds nothing. */
function refilled(
  { calls, at }: { readonly calls: number; readonly at: number },
  ratePerSecond: number,
  burst: number,
  now: number,
): number {
  return Math.min(burst, calls + (Math.max(0, now - at) * ratePerSecond) / 1000);
}
