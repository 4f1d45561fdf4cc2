// From the template that an integration runs to the one that is offered: what changes in words, and how to get there.
import { diffPermissions, templateVersion, type PermissionDifference, type RoleDescription } from "@daypass/templates";
import { readIntegration } from "../change-integration.js";
import type { CheckedOptions } from "../cross-account-options.js";
import { CrossAccountError } from "../errors.js";
import { parseRoleArn } from "../role-arn.js";
import type { StoredTemplate } from "../store-types.js";
import type { Integration } from "../types.js";
import { updateLink } from "./console-links.js";
import { updateStackScript } from "./stack-commands.js";
import { stackNameOf } from "./stack-parameters.js";
import { offeredTemplate, templatePlace } from "./template-place.js";

export interface IntegrationUpdate {
  readonly integrationId: string;
  /** What the role said when it was last read, else what was offered at the launch; `null` when neither is known. */
  readonly from: string | null;
  readonly to: string;
  readonly upToDate: boolean;
  /** What the customer gains and loses; `null` when it is not known what they have. */
  readonly difference: PermissionDifference | null;
  /** Opens the update in the console; `null` until the role was read and named its stack. */
  readonly url: string | null;
  /** Does the same with the AWS CLI, keeping every other parameter; `null` for a role that was made without a stack. */
  readonly script: string | null;
}

/**
 * Compares. Nothing is written, and nothing of AWS's is asked. Throws `CrossAccountError`: `integration_not_found`,
 * `template_not_described`, `template_not_found` when the version that runs was never kept, `store_corrupt`.
 */
export async function describeUpdate(options: CheckedOptions, integrationId: string): Promise<IntegrationUpdate> {
  const integration = await readIntegration(options.store, integrationId);
  const { description, template, version } = offeredTemplate(options);
  const { templateUrl } = templatePlace(options);
  const from = runningVersion(integration);
  const before = from === null ? null : await readDescription(options, from);
  const { region, stackId, stackName } = stackOf(options, integration);
  const { partition, endpoint } = options;
  const kept = Object.keys(template.Parameters).filter((name) => before === null || isKept(before, description, name));
  return {
    integrationId,
    from,
    to: version,
    upToDate: from === version,
    difference: before === null ? null : diffPermissions(before, description),
    url: stackId === null ? null : updateLink({ partition, region, endpoint }, stackId, templateUrl),
    script: isWithoutStack(integration)
      ? null
      : updateStackScript({ region, stackName, accountId: accountOf(integration) }, { templateUrl, changed: {}, kept }),
  };
}

/** Returns the version that an integration runs, as far as anybody knows. */
export function runningVersion({ inspection, launch }: Integration): string | null {
  return inspection?.templateVersion ?? launch?.templateVersion ?? null;
}

/** Returns the description of a version that was offered once. Throws `template_not_found` or `store_corrupt`. */
export async function readDescription({ store }: CheckedOptions, version: string): Promise<RoleDescription> {
  const kept = await store.getTemplate(version);
  if (kept === undefined) {
    throw new CrossAccountError("template_not_found", `no template of version ${version} was ever kept`, {
      hint: "it was offered through another store; restore that, or let the customer update to the offered version",
    });
  }
  return parseDescription(kept);
}

/** The version is the hash of the description: what does not match it was changed in the store. */
function parseDescription({ version, description }: StoredTemplate): RoleDescription {
  try {
    const parsed = JSON.parse(description) as RoleDescription;
    if (templateVersion(parsed) === version) return parsed;
  } catch {
    // Falls through: unreadable is as bad as changed.
  }
  throw new CrossAccountError("store_corrupt", `what is kept as template ${version} is something else`, {
    hint: "restore the store from a backup",
  });
}

/** Parameters that the running template does not have yet get their defaults. */
function isKept(before: RoleDescription, after: RoleDescription, name: string): boolean {
  if (name === "PermissionsBoundaryArn") return before.permissionsBoundary === after.permissionsBoundary;
  if (name === "SetupPhase" || name === "SetupUntil") return before.setup.length > 0;
  return true;
}

/** Where a customer's stack is, as far as anybody knows. */
export interface KnownStack {
  /** `null` until the role was read and named it. */
  readonly stackId: string | null;
  readonly region: string;
  readonly stackName: string;
}

/** Returns where the stack is: as the role says, else as it was offered. */
export function stackOf(options: CheckedOptions, integration: Integration): KnownStack {
  const { inspection, launch } = integration;
  const stackId = inspection?.stackId ?? null;
  const [, , , region, , resource = ""] = stackId?.split(":") ?? [];
  const [, named] = resource.split("/");
  return {
    stackId,
    region: region ?? launch?.region ?? options.region,
    stackName: named ?? launch?.stackName ?? stackNameOf(options.serviceName, integration),
  };
}

/** Says whether the role was made by commands: then there is no stack to update or to delete. */
export function isWithoutStack({ inspection, launch }: Integration): boolean {
  return inspection === null ? launch?.by === "commands" : inspection.stackId === null;
}

/** Returns the account that a script for an integration may run in. */
export function accountOf({ role, declaredAccountId }: Integration): string | null {
  return role === null ? declaredAccountId : parseRoleArn(role.roleArn).accountId;
}
