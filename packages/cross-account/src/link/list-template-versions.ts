// Which integration runs which template: the vendor's fleet at a glance.
import { allIntegrations } from "../all-integrations.js";
import type { CheckedOptions } from "../cross-account-options.js";
import type { IntegrationState } from "../types.js";
import { runningVersion } from "./describe-update.js";

export interface TemplateVersionUse {
  /** `null`: nobody knows, as no template was offered and none was read. */
  readonly templateVersion: string | null;
  /** Whether it is the one that is offered now. */
  readonly offered: boolean;
  readonly integrations: readonly {
    readonly integrationId: string;
    readonly customerId: string;
    readonly state: IntegrationState;
    /** Whether the role said so itself, or it is only what was offered. */
    readonly inspected: boolean;
  }[];
}

/** Returns the versions in use, the one of most integrations first. Revoked integrations are left out. */
export async function listTemplateVersions(options: CheckedOptions): Promise<readonly TemplateVersionUse[]> {
  const uses = new Map<string | null, TemplateVersionUse["integrations"][number][]>();
  for await (const integration of allIntegrations(options.store)) {
    const { integrationId, customerId, state, inspection } = integration;
    if (state === "revoked") continue;
    const version = runningVersion(integration);
    const users = uses.get(version) ?? [];
    users.push({ integrationId, customerId, state, inspected: (inspection?.templateVersion ?? null) !== null });
    uses.set(version, users);
  }
  return [...uses]
    .map(([templateVersion, integrations]) => ({
      templateVersion,
      offered: templateVersion !== null && templateVersion === options.template?.version,
      integrations,
    }))
    .sort((one, other) => other.integrations.length - one.integrations.length);
}
