// From a verdict to the next state of the integration. Pure.
import type { Change } from "./change-integration.js";
import type { TrustFacts, Verdict } from "./judge-trust.js";
import type { RoleArn } from "./role-arn.js";
import type { Integration, ProvenRole, Verification } from "./types.js";

/** A verification with what it was judged from. */
export interface JudgedVerification {
  readonly verification: Verification;
  readonly verdict: Verdict;
  readonly facts: TrustFacts;
  readonly role: RoleArn;
}

/**
 * Returns what to write: `proven` activates; `refused` suspends what was active; `undecided` leaves an active integration
 * as it is, unless the right external ID was denied, and denied again after the propagation time, while the canary let us
 * in. Never call it with a revoked integration.
 */
export function applyVerification(kept: Integration, judged: JudgedVerification): Change {
  const { verification, verdict, facts, role } = judged;
  const reason = verification.causes[0]?.text ?? null;
  const checked = { ...kept, verification };
  const answered = facts.assumed.at(-1);
  if (verdict.outcome === "proven" && answered !== undefined) {
    const proven: ProvenRole = { roleArn: role.roleArn, ...answered, proven: verification.finished };
    return { next: { ...checked, state: "active", role: proven, reason: null }, events: ["integration.verified"] };
  }
  const event = verdict.outcome === "refused" ? "integration.refused" : "integration.undecided";
  if (kept.state === "active") {
    if (verdict.outcome === "undecided" && !isDenialConfirmed(facts)) return { next: checked, events: [event] };
    return { next: { ...checked, state: "suspended", reason }, events: [event, "integration.suspended"] };
  }
  if (kept.state === "suspended") return { next: checked, events: [event] };
  return { next: { ...checked, state: "unproven" }, events: [event] };
}

function isDenialConfirmed({ probes }: TrustFacts): boolean {
  const right = probes.filter(({ kind }) => kind === "right_external_id");
  const canary = probes.filter(({ kind }) => kind === "canary_without_external_id");
  const deniedTwice = right.length === 2 && right.every(({ answer }) => answer === "denied");
  return deniedTwice && canary.every(({ answer }) => answer === "allowed");
}
