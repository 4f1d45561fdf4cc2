// The two proofs of a rotation: the new external ID works and nothing like it does, and the old one is denied.
import { askForRole } from "../ask-for-role.js";
import { changeIntegration, readIntegration } from "../change-integration.js";
import type { CheckedOptions } from "../cross-account-options.js";
import { CrossAccountError } from "../errors.js";
import { judgeTrust } from "../judge-trust.js";
import { probeRequest, probeTrust, type ProbeTools } from "../probe-trust.js";
import type { Integration, ProvenRole, Rotation, Verification } from "../types.js";
import { requireActive } from "./rotate-external-id.js";

export interface RotationAdvance {
  readonly integration: Integration;
  /**
   * taken    the new external ID is proven and used from now on; the old one is still accepted
   * retired  the old one is denied, the rotation is over
   * waiting  the role is not there yet; `reason` says what AWS answered
   */
  readonly outcome: "taken" | "retired" | "waiting";
  readonly reason: string | null;
}

/**
 * Takes a rotation one step on, if the role is ready for it. Safe to repeat and to race. Throws `CrossAccountError`:
 * `integration_not_found`, `integration_not_active`, `invalid_option` when nothing is rotated.
 */
export async function advanceRotation(
  options: CheckedOptions,
  tools: ProbeTools,
  integrationId: string,
): Promise<RotationAdvance> {
  const integration = await readIntegration(options.store, integrationId);
  requireActive(integration);
  const { role, rotation } = integration;
  if (role === null) throw new TypeError("an active integration without a role");
  if (rotation === null) {
    throw new CrossAccountError("invalid_option", "no external ID is being rotated", {
      hint: "begin with rotateExternalId",
    });
  }
  const advance = rotation.phase === "offered" ? take : retire;
  return advance(options, tools, integration, role, rotation);
}

async function take(
  options: CheckedOptions,
  tools: ProbeTools,
  integration: Integration,
  role: ProvenRole,
  { externalId }: Rotation,
): Promise<RotationAdvance> {
  const { integrationId, customerId, declaredAccountId } = integration;
  const subject = { purpose: "rotation", integrationId, customerId };
  const started = new Date(options.now());
  const facts = await probeTrust(tools, { roleArn: role.roleArn, externalId, subject, confirmDenial: false });
  const { vendorAccountId } = options;
  const { accountId, roleUniqueId } = role;
  const verdict = judgeTrust(facts, { accountId, declaredAccountId, vendorAccountId, roleUniqueId });
  if (verdict.outcome !== "proven") {
    const reason = `the new external ID is not proven: ${verdict.causes[0] ?? "unclear"}`;
    return { integration, outcome: "waiting", reason };
  }
  const now = new Date(options.now());
  const next = await changeIntegration(options.store, integrationId, now, (kept) => {
    if (!isSameRotation(kept, integration)) return undefined;
    const rotation: Rotation = { externalId: kept.externalId, phase: "retiring", started: now };
    // What is certified from now on is about the new external ID.
    const verification: Verification = {
      outcome: "proven",
      roleArn: role.roleArn,
      causes: [],
      nextStep: null,
      probes: facts.probes,
      capabilities: kept.verification?.capabilities ?? [],
      started,
      finished: now,
    };
    return { next: { ...kept, externalId, rotation, verification }, events: ["integration.external_id_taken"] };
  });
  return next.externalId === externalId
    ? { integration: next, outcome: "taken", reason: null }
    : { integration: next, outcome: "waiting", reason: "the integration changed meanwhile" };
}

/** The current one first: a denial of the old one says something only where the current one is let in. */
async function retire(
  options: CheckedOptions,
  tools: ProbeTools,
  integration: Integration,
  { roleArn }: ProvenRole,
  rotation: Rotation,
): Promise<RotationAdvance> {
  const first = await isOldDenied(tools, integration, roleArn, rotation.externalId);
  if (first !== null) return { integration, outcome: "waiting", reason: first };
  await options.wait(options.propagationMs);
  const second = await isOldDenied(tools, integration, roleArn, rotation.externalId);
  if (second !== null) return { integration, outcome: "waiting", reason: second };
  const { integrationId } = integration;
  const next = await changeIntegration(options.store, integrationId, new Date(options.now()), (kept) =>
    isSameRotation(kept, integration)
      ? { next: { ...kept, rotation: null }, events: ["integration.external_id_retired"] }
      : undefined,
  );
  return next.rotation === null
    ? { integration: next, outcome: "retired", reason: null }
    : { integration: next, outcome: "waiting", reason: "the integration changed meanwhile" };
}

/** Returns `null` when it is, else why that is not shown. */
async function isOldDenied(
  tools: ProbeTools,
  { integrationId, customerId, externalId }: Integration,
  roleArn: string,
  oldExternalId: string,
): Promise<string | null> {
  const ask = async (id: string, which: string) => {
    const subject = { purpose: "rotation", which, integrationId, customerId };
    return (await askForRole(tools, probeRequest(tools, roleArn, id), subject, undefined)).fact;
  };
  const current = await ask(externalId, "current");
  if (current.answer !== "allowed") return `the current external ID is not let in: ${current.code ?? "no code"}`;
  const old = await ask(oldExternalId, "old");
  if (old.answer === "denied") return null;
  return old.answer === "allowed"
    ? "the old external ID is still accepted"
    : `AWS did not answer: ${old.code ?? "no code"}`;
}

function isSameRotation(kept: Integration, asked: Integration): boolean {
  return (
    kept.state === "active" &&
    kept.externalId === asked.externalId &&
    kept.rotation?.externalId === asked.rotation?.externalId &&
    kept.rotation?.phase === asked.rotation?.phase &&
    kept.role?.roleUniqueId === asked.role?.roleUniqueId
  );
}
