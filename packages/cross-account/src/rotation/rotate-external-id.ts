// A new external ID without a moment in which nothing works: two are accepted, the new one is proven, the old one goes.
import { createRoleTemplate } from "@daypass/templates";
import { fingerprint } from "@daypass/credentials";
import { changeIntegration } from "../change-integration.js";
import type { CheckedOptions } from "../cross-account-options.js";
import { CrossAccountError } from "../errors.js";
import { stackLink } from "../link/console-links.js";
import { updateTrustScript } from "../link/role-commands.js";
import { parseRoleArn } from "../role-arn.js";
import { accountOf, isWithoutStack, readDescription, runningVersion, stackOf } from "../link/describe-update.js";
import { updateStackScript } from "../link/stack-commands.js";
import { mintExternalId } from "../mint-identifiers.js";
import type { Integration, Rotation } from "../types.js";

export interface RotationSteps {
  readonly integration: Integration;
  readonly phase: Rotation["phase"];
  /** Of the new external ID. */
  readonly externalIdFingerprint: string;
  /** What the customer sets in their stack now. It carries the new external ID: show it to this customer only. */
  readonly parameters: Readonly<Record<string, string>>;
  /** In this order, for people. */
  readonly steps: readonly string[];
  /** Opens the stack in the console; `null` until the role was inspected and named its stack. */
  readonly url: string | null;
  /** Does it with the AWS CLI; `null` when the stack's template is not known. */
  readonly script: string | null;
}

/**
 * Begins a rotation, or says how the one that is under way goes on: first both external IDs are accepted, then
 * `advanceRotation` takes the new one, then the old one is taken out, and `advanceRotation` proves that it is denied. Throws
 * `CrossAccountError`: `integration_not_found`, and `integration_not_active` when there is no working role to change.
 */
export async function rotateExternalId(options: CheckedOptions, integrationId: string): Promise<RotationSteps> {
  const started = new Date(options.now());
  const integration = await changeIntegration(options.store, integrationId, started, (kept) => {
    requireActive(kept);
    if (kept.rotation !== null) return undefined;
    const rotation: Rotation = { externalId: mintExternalId(options.randomBytes), phase: "offered", started };
    return { next: { ...kept, rotation }, events: ["integration.external_id_offered"] };
  });
  return describeRotation(options, integration);
}

/**
 * Gives up a rotation that was offered and not taken. The external ID that was minted for it is never used again. Throws
 * `CrossAccountError`: `integration_not_found`, `invalid_option` when there is nothing to give up.
 */
export async function cancelRotation(options: CheckedOptions, integrationId: string): Promise<Integration> {
  return changeIntegration(options.store, integrationId, new Date(options.now()), (kept) => {
    if (kept.state !== "revoked" && kept.rotation?.phase === "offered") {
      return { next: { ...kept, rotation: null }, events: ["integration.rotation_cancelled"] };
    }
    throw new CrossAccountError("invalid_option", "no rotation is offered that could be given up", {
      hint: "once the new external ID is taken, there is no way back; finish with advanceRotation",
    });
  });
}

/** Throws `integration_not_active`. A role that does not work cannot show that a new ID does. */
export function requireActive({ state, integrationId }: Integration): void {
  if (state === "active") return;
  throw new CrossAccountError(
    "integration_not_active",
    `the integration is ${state}, so its external ID cannot be rotated`,
    {
      hint: state === "revoked" ? "create a new integration" : `verify integration ${integrationId} first`,
    },
  );
}

async function describeRotation(options: CheckedOptions, integration: Integration): Promise<RotationSteps> {
  const { rotation, externalId } = integration;
  if (rotation === null) throw new TypeError("a rotation was written and is not there");
  const next = rotation.phase === "offered" ? rotation.externalId : externalId;
  const parameters: Readonly<Record<string, string>> =
    rotation.phase === "offered" ? { NextExternalId: next } : { ExternalId: next, NextExternalId: "" };
  const frame = { integration, phase: rotation.phase, externalIdFingerprint: fingerprint(next), parameters };
  if (integration.role !== null && isWithoutStack(integration)) {
    const both = rotation.phase === "offered" ? [externalId, next] : [next];
    return { ...frame, ...withoutStack(options, integration.role.roleArn, both) };
  }
  const { region, stackId, stackName } = stackOf(options, integration);
  const { partition, endpoint } = options;
  const settings = Object.entries(parameters).map(
    ([name, value]) => `set ${name} to ${value === "" ? "nothing" : value}`,
  );
  return {
    ...frame,
    steps: [
      `open the stack ${stackName} in the CloudFormation console, region ${region}`,
      "choose Update, then Use existing template",
      `${settings.join(" and ")}, and leave every other parameter as it is`,
      "acknowledge that IAM resources change, and submit",
    ],
    url: stackId === null ? null : stackLink({ partition, region, endpoint }, stackId),
    script: await rotationScript(options, integration, parameters),
  };
}

function withoutStack(options: CheckedOptions, roleArn: string, externalIds: readonly string[]) {
  const { roleName } = parseRoleArn(roleArn);
  const wanted = externalIds.map((id) => JSON.stringify(id)).join(" and ");
  const steps = [
    `open the trust relationships of the role ${roleName} in the IAM console`,
    `let sts:ExternalId be ${wanted}, and leave everything else as it is`,
  ];
  return { steps, url: null, script: updateTrustScript(options, roleArn, externalIds) };
}

async function rotationScript(
  options: CheckedOptions,
  integration: Integration,
  changed: Readonly<Record<string, string>>,
): Promise<string | null> {
  const version = runningVersion(integration);
  if (version === null) return null;
  const kept = Object.keys(createRoleTemplate(await readDescription(options, version)).Parameters);
  const { region, stackName } = stackOf(options, integration);
  return updateStackScript(
    { region, stackName, accountId: accountOf(integration) },
    { templateUrl: null, changed, kept },
  );
}
