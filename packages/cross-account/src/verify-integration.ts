// Trip (a), its last hops: our external ID, probe, judge, keep.
import { CredentialsError } from "@daypass/credentials";
import * as v from "valibot";
import { applyVerification, type JudgedVerification } from "./apply-verification.js";
import { changeIntegration, readIntegration } from "./change-integration.js";
import { checkCapabilities } from "./check-capabilities.js";
import { checkInput, integrationIdSchema } from "./check-input.js";
import type { CheckedOptions } from "./cross-account-options.js";
import { CrossAccountError } from "./errors.js";
import { judgeTrust, type TrustFacts, type Verdict } from "./judge-trust.js";
import { probeTrust, type ProbeTools } from "./probe-trust.js";
import { parseRoleArn, type RoleArn } from "./role-arn.js";
import { roleDocuments } from "./role-documents.js";
import { describeCause, nextStepFor } from "./trust-causes.js";
import type { Integration, Verification } from "./types.js";

export interface VerifyIntegrationInput {
  readonly integrationId: string;
  /** As the customer pasted it. Default: the role held already, else the one expected in the declared account. */
  readonly roleArn?: string;
  /** Gives up; then nothing is kept. */
  readonly signal?: AbortSignal;
}

const inputSchema = v.strictObject({
  integrationId: integrationIdSchema,
  roleArn: v.optional(v.string()),
  signal: v.optional(v.instance(AbortSignal)),
});

/**
 * Proves the trust of an integration's role and keeps the outcome. Returns the integration as stored before and
 * afterwards, and what the proof came to. Throws `CrossAccountError`: `invalid_option`, `integration_not_found`, `integration_not_active` (revoked,
 * also meanwhile), `conflict`; and `CredentialsError` `aborted`.
 */
export async function verifyIntegration(
  options: CheckedOptions,
  tools: ProbeTools,
  input: VerifyIntegrationInput,
): Promise<{ readonly before: Integration; readonly integration: Integration; readonly verification: Verification }> {
  const { integrationId, roleArn, signal } = checkInput(inputSchema, input, "verifyIntegration");
  const asked = await readIntegration(options.store, integrationId);
  refuseRevoked(asked);
  const role = aimAt(options, asked, roleArn);
  const started = new Date(options.now());

  const misplaced = judgeTrust({ probes: [], assumed: [] }, expectationsOf(options, asked, role)).outcome === "refused";
  const facts = misplaced ? { probes: [], assumed: [] } : await probe(tools, asked, role, signal);
  const judgedFirst = judgeTrust(facts, expectationsOf(options, asked, role));
  const capabilities =
    judgedFirst.outcome === "proven" ? await checkCapabilities(options, tools, asked, role.roleArn) : [];
  const finished = new Date(options.now());

  let taken = false;
  let before = asked;
  let judged: JudgedVerification | undefined;
  const write = () =>
    changeIntegration(options.store, integrationId, finished, (kept) => {
      before = kept;
      refuseRevoked(kept);
      refuseOvertaken(asked, kept, role);
      const verdict: Verdict = taken
        ? { outcome: "refused", causes: ["role_held_by_other_integration"] }
        : judgeTrust(facts, expectationsOf(options, kept, role));
      if (verdict.outcome === "proven") refuseContradicted(asked, kept);
      judged = {
        verdict,
        facts,
        role,
        verification: {
          ...wordVerification(options, kept, role, verdict, facts, started, finished),
          capabilities: verdict.outcome === "proven" ? capabilities : [],
        },
      };
      return applyVerification(kept, judged);
    });

  let integration: Integration;
  try {
    integration = await write();
  } catch (error) {
    if (!(error instanceof CrossAccountError) || error.code !== "role_taken") throw error;
    taken = true;
    integration = await write();
  }
  if (judged === undefined) throw new TypeError("a change was written that nobody decided");
  return { before, integration, verification: judged.verification };
}

/** Whose role is probed. Once a role is proven, only that one: a pasted ARN cannot move a live integration elsewhere. */
function aimAt(options: CheckedOptions, integration: Integration, pasted: string | undefined): RoleArn {
  const text = pasted ?? integration.role?.roleArn ?? roleDocuments(options, integration).expectedRoleArn;
  if (text === null) {
    throw new CrossAccountError("invalid_option", "no account was declared, so the role has to be named", {
      hint: "pass roleArn as the customer pasted it",
    });
  }
  const role = parseRoleArn(text);
  if (role.partition !== options.partition) {
    throw new CrossAccountError(
      "invalid_option",
      `the role is in partition ${role.partition}, not ${options.partition}`,
      {
        hint: "paste the ARN of a role in the vendor's partition",
      },
    );
  }
  if (integration.role !== null && integration.role.roleArn !== role.roleArn) {
    throw new CrossAccountError("invalid_option", "this integration has proven another role", {
      hint: "verify that role, or revoke the integration and create a new one",
    });
  }
  return role;
}

async function probe(
  tools: ProbeTools,
  { integrationId, customerId, externalId, state }: Integration,
  { roleArn }: RoleArn,
  signal: AbortSignal | undefined,
): Promise<TrustFacts> {
  try {
    const subject = { purpose: "probe", integrationId, customerId };
    return await probeTrust(tools, { roleArn, externalId, subject, confirmDenial: state === "active", signal });
  } catch (error) {
    if (signal?.aborted !== true) throw error;
    throw new CredentialsError("aborted", "the verification was given up", { hint: "verify again", cause: error });
  }
}

function expectationsOf(options: CheckedOptions, integration: Integration, role: RoleArn) {
  return {
    accountId: role.accountId,
    declaredAccountId: integration.declaredAccountId,
    vendorAccountId: options.vendorAccountId,
    // While it is active, nobody has said that the role was re-created on purpose. Verifying a suspended one says so.
    roleUniqueId: integration.state === "active" ? (integration.role?.roleUniqueId ?? null) : null,
  };
}

function wordVerification(
  options: CheckedOptions,
  integration: Integration,
  role: RoleArn,
  { outcome, causes }: Verdict,
  { probes }: TrustFacts,
  started: Date,
  finished: Date,
): Omit<Verification, "capabilities"> {
  const { vendorAccountId, canaryRoleArn } = options;
  const { declaredAccountId } = integration;
  const context = { ...role, declaredAccountId, vendorAccountId, canaryRoleArn };
  return {
    outcome,
    roleArn: role.roleArn,
    causes: causes.map((code) => describeCause(code, context)),
    nextStep: nextStepFor(causes[0], context),
    probes,
    started,
    finished,
  };
}

function refuseRevoked({ state }: Integration): void {
  if (state !== "revoked") return;
  throw new CrossAccountError("integration_not_active", "this integration is revoked", {
    hint: "create a new integration; a revoked one never comes back",
  });
}

/** Somebody suspended it, or proved another role, while we probed: what we saw is older than what they know. */
function refuseOvertaken(asked: Integration, kept: Integration, role: RoleArn): void {
  if (kept.version === asked.version) return;
  const moved = kept.role !== null && kept.role.roleArn !== role.roleArn;
  // What was probed with another external ID says nothing about this one.
  const rotated = kept.externalId !== asked.externalId;
  if (kept.state === "suspended" || moved || rotated) throw overtaken();
}

/** Another proof ended meanwhile with a finding against the role: ours, from before or after, does not undo it. */
function refuseContradicted(asked: Integration, kept: Integration): void {
  if (kept.version !== asked.version && kept.verification?.outcome === "refused") throw overtaken();
}

function overtaken(): CrossAccountError {
  return new CrossAccountError("conflict", "the integration changed while it was verified", { hint: "verify again" });
}
