// The rules of `IntegrationStore` that do not depend on where things are kept. Every store calls them.
import { CrossAccountError } from "./errors.js";
import type { Integration } from "./types.js";

/** Throws `CrossAccountError` `invalid_option` unless the integration is one that has never been written. */
export function checkNewIntegration(integration: Integration): void {
  if (integration.version === 1 && integration.role === null && integration.state === "pending") return;
  throw new CrossAccountError("invalid_option", "an integration starts pending, without a role, at version 1", {
    hint: "create it first, then update it",
  });
}

/** Throws `CrossAccountError` `invalid_option` when a write would change whose integration it is. */
export function checkSameIdentity(kept: Integration, next: Integration): void {
  const same =
    kept.integrationId === next.integrationId &&
    kept.customerId === next.customerId &&
    kept.label === next.label &&
    kept.externalId === next.externalId &&
    kept.created.getTime() === next.created.getTime();
  if (same) return;
  throw new CrossAccountError("invalid_option", "customer, label and external ID of an integration cannot change", {
    hint: "revoke this integration and create another",
  });
}

/** What `create` rejects with when an integration id or an external ID was used before. It never happens by chance. */
export function reusedIdentifier(cause?: unknown): CrossAccountError {
  return new CrossAccountError("conflict", "an integration id or external ID was minted a second time", {
    hint: "check the source of randomness",
    cause,
  });
}
