// Integrations for tests of the SQLite store, with values that are easy to search for in a file.
import { fingerprint } from "@daypass/credentials";
import type { Integration, IntegrationEvent } from "@daypass/cross-account";

const time = new Date("2026-11-20T12:00:00.000Z");

export function externalIdOf(name: string): string {
  return `PlantedExternalIdOf0${name}`;
}

export function roleArnOf(name: string): string {
  return `arn:aws:iam::222222222222:role/reader-${name}`;
}

/** What `create` takes. */
export function pendingIntegration(name: string): Integration {
  return {
    integrationId: `id-${name}`,
    customerId: `customer-${name}`,
    label: "default",
    externalId: externalIdOf(name),
    state: "pending",
    declaredAccountId: "222222222222",
    role: null,
    verification: null,
    launch: null,
    setup: null,
    inspection: null,
    rotation: null,
    legacyKey: null,
    reason: null,
    created: time,
    updated: time,
    version: 1,
  };
}

/** The same integration, one version on, active. */
export function activeIntegration(name: string): Integration {
  const roleArn = roleArnOf(name);
  return {
    ...pendingIntegration(name),
    state: "active",
    role: { roleArn, accountId: "222222222222", roleUniqueId: `AROA${name}`, proven: time },
    verification: {
      outcome: "proven",
      roleArn,
      causes: [],
      nextStep: null,
      probes: [],
      capabilities: [],
      started: time,
      finished: time,
    },
    version: 2,
  };
}

/** The event that a store keeps beside this integration. */
export function eventOf(integration: Integration): IntegrationEvent {
  const { integrationId, customerId, state, role, reason } = integration;
  return {
    type: integration.version === 1 ? "integration.created" : "integration.verified",
    time,
    integrationId,
    customerId,
    state,
    externalIdFingerprint: fingerprint(integration.externalId),
    roleArn: role?.roleArn ?? null,
    reason,
  };
}
