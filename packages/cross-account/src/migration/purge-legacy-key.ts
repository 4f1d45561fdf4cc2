// Forgets a key. What the customer has to do with it in their account, the review of migrations says.
import { changeIntegration } from "../change-integration.js";
import type { CheckedOptions } from "../cross-account-options.js";
import type { Integration } from "../types.js";

/** Purges the key of an integration, if it has one. Throws `CrossAccountError`: `integration_not_found`, `conflict`. */
export async function purgeLegacyKey(options: CheckedOptions, integrationId: string): Promise<Integration> {
  return changeIntegration(options.store, integrationId, new Date(options.now()), (kept) =>
    kept.legacyKey === null
      ? undefined
      : { next: { ...kept, legacyKey: null }, events: ["integration.legacy_key_purged"] },
  );
}
