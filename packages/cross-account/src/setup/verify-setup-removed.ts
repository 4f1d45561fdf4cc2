// The proof that setup rights are gone: the role's own policies, read and evaluated, and a call that only they allowed.
import type { IAMClient } from "@aws-sdk/client-iam";
import type { AskTools } from "../ask-for-role.js";
import { createRoleIamClient } from "../aws-clients.js";
import { changeIntegration, readIntegration } from "../change-integration.js";
import type { CheckedOptions } from "../cross-account-options.js";
import type { DriftFinding } from "../inspection/drift-finding.js";
import { readAndCompare } from "../inspection/inspect-role.js";
import { readDescription } from "../link/describe-update.js";
import { openReadingSession } from "../open-role-session.js";
import { parseRoleArn } from "../role-arn.js";
import type { Integration } from "../types.js";
import { findSetupRights } from "./find-setup-rights.js";
import { askedSetup } from "./remove-setup.js";

export interface SetupProof {
  readonly integration: Integration;
  /**
   * removed    proven, and kept in the integration
   * present    at least one setup right is there; `reasons` says which
   * undecided  something could not be read or told
   */
  readonly outcome: "removed" | "present" | "undecided";
  /** For people; empty when removed. */
  readonly reasons: readonly string[];
  /** What AWS answered to the call that only the setup policy allows, in order. */
  readonly canary: readonly CanaryAnswer[];
  readonly checked: Date;
}

export type CanaryAnswer = "allowed" | "denied" | "unknown";

/**
 * Proves that an integration's role has no setup rights any more. The canary, iam:ListRoleTags on the role itself, has to be
 * denied now and again after the propagation time. Throws `CrossAccountError`: `integration_not_found`,
 * `integration_not_active`, `invalid_option` when there were none, `role_unreadable`, `template_not_found`.
 */
export async function verifySetupRemoved(
  options: CheckedOptions,
  tools: AskTools,
  integrationId: string,
): Promise<SetupProof> {
  const before = await readIntegration(options.store, integrationId);
  askedSetup(before);
  const first = await look(options, tools, before);
  // A second look is worth the wait only after a first one without a finding.
  const clean = first.present.length === 0 && first.unknown.length === 0 && first.canary === "denied";
  if (clean) await options.wait(options.propagationMs);
  const looks = clean ? [first, await look(options, tools, before)] : [first];
  const canary = looks.map((each) => each.canary);
  const present = looks.flatMap((each) => each.present);
  if (canary.includes("allowed"))
    present.push("the call iam:ListRoleTags, which only the setup policy allows, still works");
  const unknown = looks.flatMap((each) => each.unknown);
  if (canary.includes("unknown")) unknown.push("AWS did not answer the call that only the setup policy allows");
  const checked = new Date(options.now());
  if (present.length > 0) return proof(before, "present", present, canary, checked);
  if (unknown.length > 0 || canary.length < 2) return proof(before, "undecided", unknown, canary, checked);
  return proof(await keepRemoved(options, before, checked), "removed", [], canary, checked);
}

async function look(options: CheckedOptions, tools: AskTools, integration: Integration) {
  const { facts, expected, description, comparison } = await readAndCompare(
    options,
    tools,
    integration,
    "setup_removal",
  );
  // The role's tags chose the template that it was compared with; what was asked for is for our own record to say.
  const asked =
    integration.launch === null ? description : await readDescription(options, integration.launch.templateVersion);
  const now = new Date(options.now());
  const found = [description, asked].map((each) => findSetupRights({ facts, expected, description: each, now }));
  const present = found.flatMap((each) => each.present);
  const unknown = [
    ...found.flatMap((each) => each.unknown),
    ...comparison.findings.filter(isAboutPolicies).map(({ text }) => text),
  ];
  // Its own session, opened after the policies were read: nothing of an older one is in it.
  const session = await openReadingSession(options, tools, integration, "setup_canary");
  const iam = await createRoleIamClient(options, session.credentials);
  try {
    return { present, unknown, canary: await askCanary(iam, facts.roleArn) };
  } finally {
    iam.destroy();
  }
}

/** A policy that no template of ours made may grant what nobody thought of asking the evaluator about. */
function isAboutPolicies({ code }: DriftFinding): boolean {
  return (
    code === "foreign_policy_attached" ||
    code === "inline_policy_added" ||
    code === "policy_added" ||
    code === "policy_changed"
  );
}

/** Only a refusal counts as denied. */
async function askCanary(iam: IAMClient, roleArn: string): Promise<CanaryAnswer> {
  const { ListRoleTagsCommand } = await import("@aws-sdk/client-iam");
  try {
    await iam.send(new ListRoleTagsCommand({ RoleName: parseRoleArn(roleArn).roleName }));
    return "allowed";
  } catch (error) {
    return error instanceof Error && error.name === "AccessDenied" ? "denied" : "unknown";
  }
}

function keepRemoved(options: CheckedOptions, before: Integration, checked: Date): Promise<Integration> {
  return changeIntegration(options.store, before.integrationId, checked, (kept) => {
    // A link was made anew meanwhile, or another role proven: then this says nothing about it.
    const same = kept.setup?.until.getTime() === before.setup?.until.getTime();
    const sameRole = kept.role?.roleUniqueId === before.role?.roleUniqueId;
    if (kept.state === "revoked" || kept.setup === null || kept.setup.removed !== null || !same || !sameRole)
      return undefined;
    return { next: { ...kept, setup: { ...kept.setup, removed: checked } }, events: ["integration.setup_removed"] };
  });
}

function proof(
  integration: Integration,
  outcome: SetupProof["outcome"],
  reasons: readonly string[],
  canary: readonly CanaryAnswer[],
  checked: Date,
): SetupProof {
  return { integration, outcome, reasons: [...new Set(reasons)], canary, checked };
}
