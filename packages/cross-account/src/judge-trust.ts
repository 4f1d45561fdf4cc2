// The judge: from the facts of the probes to what they prove. Pure; nothing here asks anybody anything.
import type { CauseCode, Probe, Verification } from "./types.js";

/** What the probes brought home. Credentials that AWS handed out for a probe are not among it. */
export interface TrustFacts {
  readonly probes: readonly Probe[];
  /** Who answered to the right external ID, once per time it was allowed. */
  readonly assumed: readonly { readonly accountId: string; readonly roleUniqueId: string }[];
}

/** What must be true of the role whatever the probes say. */
export interface TrustExpectations {
  readonly accountId: string;
  readonly declaredAccountId: string | null;
  readonly vendorAccountId: string;
  /** The unique id that was proven before, when only the same role may answer; `null` when any may. */
  readonly roleUniqueId: string | null;
}

export interface Verdict {
  readonly outcome: Verification["outcome"];
  /** Likeliest first; empty exactly when proven. */
  readonly causes: readonly CauseCode[];
}

const rounds = ["first", "after_propagation"] as const satisfies readonly Probe["round"][];

/** What each probe must answer, in both rounds, before anything counts as proven. */
const required = [
  ["right_external_id", "allowed"],
  ["no_external_id", "denied"],
  ["fresh_external_id", "denied"],
  ["last_character_changed", "denied"],
  ["one_character_appended", "denied"],
  ["case_flipped", "denied"],
  ["character_5_changed", "denied"],
  ["character_13_changed", "denied"],
  ["character_21_changed", "denied"],
  ["character_29_changed", "denied"],
  ["canary_without_external_id", "allowed"],
] as const satisfies readonly (readonly [Probe["kind"], Probe["answer"]])[];

/**
 * Judges the facts. `refused` is a finding against the role and needs a change; `undecided` means that something could not
 * be told apart or did not answer; `proven` only when every probe of both rounds answered as it must.
 */
export function judgeTrust(facts: TrustFacts, expected: TrustExpectations): Verdict {
  const misplaced = judgeAccount([expected.accountId], expected);
  if (misplaced !== undefined) return refused([misplaced]);

  const tooWide = judgeWrongIds(facts.probes);
  if (tooWide.length > 0) return refused(tooWide);

  const failed = judgeRightId(facts.probes);
  if (failed.length > 0) return { outcome: "undecided", causes: failed };

  const answered = judgeAccount(
    facts.assumed.map(({ accountId }) => accountId),
    expected,
  );
  if (answered !== undefined) return refused([answered]);

  const uniqueIds = new Set(facts.assumed.map(({ roleUniqueId }) => roleUniqueId));
  if (expected.roleUniqueId !== null) uniqueIds.add(expected.roleUniqueId);
  if (uniqueIds.size > 1) return refused(["role_recreated"]);

  const unclear = facts.probes.find(
    ({ kind, answer }) => answer === "unknown" && kind !== "canary_without_external_id",
  );
  if (unclear !== undefined) return { outcome: "undecided", causes: [causeOfFailure(unclear.code)] };

  const proven = rounds.every((round) => required.every(([kind, answer]) => holds(facts.probes, round, kind, answer)));
  return proven ? { outcome: "proven", causes: [] } : { outcome: "undecided", causes: ["denial_unproven"] };
}

/** Says whether one round left nothing to be desired, so that the other round is worth the wait. */
export function isCleanRound(probes: readonly Probe[], round: Probe["round"]): boolean {
  return required.every(([kind, answer]) => holds(probes, round, kind, answer));
}

function holds(probes: readonly Probe[], round: Probe["round"], kind: Probe["kind"], answer: Probe["answer"]): boolean {
  const asked = probes.filter((probe) => probe.round === round && probe.kind === kind);
  return asked.length > 0 && asked.every((probe) => probe.answer === answer);
}

function judgeAccount(accountIds: readonly string[], expected: TrustExpectations): CauseCode | undefined {
  if (accountIds.includes(expected.vendorAccountId)) return "role_in_vendor_account";
  const right = expected.declaredAccountId ?? expected.accountId;
  return accountIds.every((accountId) => accountId === right) ? undefined : "role_in_other_account";
}

/** One wrong external ID that was let in is enough, whatever else failed or was denied. */
function judgeWrongIds(probes: readonly Probe[]): CauseCode[] {
  const letIn = new Set(probes.filter(({ answer }) => answer === "allowed").map(({ kind }) => kind));
  const lookalikes = [
    "fresh_external_id",
    "last_character_changed",
    "one_character_appended",
    "character_5_changed",
    "character_13_changed",
    "character_21_changed",
    "character_29_changed",
  ] as const;
  const causes: CauseCode[] = [];
  if (letIn.has("no_external_id")) causes.push("external_id_not_required");
  const anyLookalike = lookalikes.some((kind) => letIn.has(kind));
  // Without any condition everything is let in: naming the pattern too would only confuse.
  const everything = letIn.has("no_external_id") && lookalikes.every((kind) => letIn.has(kind));
  if (anyLookalike && !everything) causes.push("external_id_pattern_too_wide");
  if (letIn.has("case_flipped") && !anyLookalike) causes.push("external_id_case_ignored");
  return causes;
}

/**
 * AWS words a missing role, a wrong ID, a caller-side deny and an organization policy alike (IAM User Guide, "Troubleshoot
 * access denied error messages"); only the canary tells our side from the customer's.
 */
function judgeRightId(probes: readonly Probe[]): CauseCode[] {
  const right = probes.filter(({ kind }) => kind === "right_external_id");
  const failed = right.find(({ answer }) => answer !== "allowed");
  if (right.length > 0 && failed === undefined) return [];
  if (failed?.answer !== "denied") return [causeOfFailure(failed?.code ?? null)];
  const customerSide: CauseCode[] = [
    "role_missing",
    "wrong_external_id_in_trust",
    "vendor_principal_not_trusted",
    "organization_policy_denied",
  ];
  const canary = probes.findLast(({ kind }) => kind === "canary_without_external_id");
  if (canary?.answer === "denied") return ["vendor_side_denied", "not_propagated", ...customerSide];
  // Denied again after the propagation time: then it is not that.
  const patient = right.some(({ round, answer }) => round === "after_propagation" && answer === "denied");
  return [...(patient ? [] : (["not_propagated"] as const)), ...customerSide, "vendor_side_denied"];
}

function causeOfFailure(code: string | null): CauseCode {
  if (code === "session_too_long" || code === "region_disabled") return code;
  return code === "caller_credentials" || code === "clock_skew" ? "vendor_credentials" : "sts_unavailable";
}

function refused(causes: readonly CauseCode[]): Verdict {
  return { outcome: "refused", causes };
}
