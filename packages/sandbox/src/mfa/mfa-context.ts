// What policies see of MFA. IAM User Guide, "AWS global condition context keys", aws:MultiFactorAuthPresent and
// aws:MultiFactorAuthAge: never with long-term keys, "false" with temporary credentials that no code was shown for.
import type { Session } from "../types.js";

/** The two keys; the age is in seconds. */
export type MfaContext = Readonly<Record<string, string>>;

/** Returns the keys for calls with a session's credentials. A role session has no mark, whoever took the role and how. */
export function mfaContext(session: Session, now: Date): MfaContext {
  const since = session.kind === "user" ? session.mfaAuthenticated : undefined;
  if (since === undefined) return { "aws:MultiFactorAuthPresent": "false" };
  return {
    "aws:MultiFactorAuthPresent": "true",
    "aws:MultiFactorAuthAge": String(Math.max(0, Math.floor((now.getTime() - since.getTime()) / 1000))),
  };
}

/** The keys for a call that itself carries a code: AssumeRole with TokenCode. */
export const codeInTheCall: MfaContext = { "aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "0" };
