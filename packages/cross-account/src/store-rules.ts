// The rules of `IntegrationStore` that do not depend on where things are kept. Every store calls them.
import { CrossAccountError } from "./errors.js";
import type { StoredTemplate } from "./store-types.js";
import type { Integration } from "./types.js";

/** Throws `CrossAccountError` `invalid_option` unless the integration is one that has never been written. */
export function checkNewIntegration(integration: Integration): void {
  if (integration.version === 1 && integration.role === null && integration.state === "pending") return;
  throw new CrossAccountError("invalid_option", "an integration starts pending, without a role, at version 1", {
    hint: "create it first, then update it",
  });
}

/**
 * Throws `CrossAccountError` `invalid_option` when a write would change whose integration it is, or take an external ID
 * that was not offered before.
 */
export function checkSameIdentity(kept: Integration, next: Integration): void {
  const same =
    kept.integrationId === next.integrationId &&
    kept.customerId === next.customerId &&
    kept.label === next.label &&
    keepsExternalId(kept, next) &&
    kept.created.getTime() === next.created.getTime();
  if (same) return;
  throw new CrossAccountError("invalid_option", "customer, label and external ID of an integration cannot change", {
    hint: "revoke this integration and create another",
  });
}

/** It becomes only what was offered before, and the old one then stays in sight until it is retired. */
function keepsExternalId(kept: Integration, next: Integration): boolean {
  if (kept.externalId === next.externalId) return true;
  const offered = kept.rotation?.phase === "offered" && kept.rotation.externalId === next.externalId;
  return offered && next.rotation?.phase === "retiring" && next.rotation.externalId === kept.externalId;
}

/** Returns every external ID that an integration holds. A store keeps them taken for ever, also after they are gone from it. */
export function externalIdsOf({ externalId, rotation }: Integration): readonly string[] {
  return rotation === null ? [externalId] : [externalId, rotation.externalId];
}

/** What `create` rejects with when an integration id or an external ID was used before. It never happens by chance. */
export function reusedIdentifier(cause?: unknown): CrossAccountError {
  return new CrossAccountError("conflict", "an integration id or external ID was minted a second time", {
    hint: "check the source of randomness",
    cause,
  });
}

/** Throws `CrossAccountError` `conflict` when a template of this version was kept with another description. */
export function checkSameTemplate(kept: StoredTemplate, next: StoredTemplate): void {
  if (kept.description === next.description) return;
  throw new CrossAccountError("conflict", "another template is kept under this version", {
    hint: "a version is the hash of its description; look for what changed one of them",
  });
}
