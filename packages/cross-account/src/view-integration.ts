// What the outside may see of an integration: everything but the external ID, which appears as its fingerprint.
import { fingerprint } from "@daypass/credentials";
import type { Integration, IntegrationView } from "./types.js";

/** Returns an integration as callers see it. */
export function viewIntegration(integration: Integration): IntegrationView {
  const { externalId, ...shown } = integration;
  return { ...shown, externalIdFingerprint: fingerprint(externalId) };
}
