// Every change of an integration: read, decide, write under the version that was read, and begin again when somebody was faster.
import { fingerprint } from "@daypass/credentials";
import { CrossAccountError } from "./errors.js";
import type { IntegrationStore } from "./store-types.js";
import type { Integration, IntegrationEvent } from "./types.js";

/** What to write: the next aggregate without its version, and its events. */
export interface Change {
  readonly next: Integration;
  readonly events: readonly IntegrationEvent["type"][];
}

/** Times that a change is tried while others keep writing. */
const attempts = 12;

/** Reads an integration. Throws `CrossAccountError` `integration_not_found`. */
export async function readIntegration(store: IntegrationStore, integrationId: string): Promise<Integration> {
  const integration = await store.get(integrationId);
  if (integration !== undefined) return integration;
  throw new CrossAccountError("integration_not_found", `there is no integration ${JSON.stringify(integrationId)}`, {
    hint: "list the customer's integrations",
  });
}

/**
 * Applies `decide` to what is stored and writes the result with its events; `undefined` from it means that nothing is to
 * be done. Returns what is stored afterwards. Throws `CrossAccountError`: `integration_not_found`, `role_taken`, `conflict`.
 */
export async function changeIntegration(
  store: IntegrationStore,
  integrationId: string,
  time: Date,
  decide: (kept: Integration) => Change | undefined,
): Promise<Integration> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const kept = await readIntegration(store, integrationId);
    const change = decide(kept);
    if (change === undefined) return kept;
    const next = { ...change.next, updated: time, version: kept.version + 1 };
    const { outcome } = await store.update(
      next,
      change.events.map((type) => eventOf(type, next, time)),
    );
    if (outcome === "updated") return next;
    if (outcome === "role_taken") {
      throw new CrossAccountError("role_taken", "another integration holds this role", {
        hint: "create a role of its own for this integration, or revoke the other one",
      });
    }
  }
  throw new CrossAccountError("conflict", "others keep changing this integration", { hint: "try again in a moment" });
}

/** Returns the event of one change: allow-listed fields, the external ID as its fingerprint. */
export function eventOf(type: IntegrationEvent["type"], integration: Integration, time: Date): IntegrationEvent {
  return {
    type,
    time,
    integrationId: integration.integrationId,
    customerId: integration.customerId,
    state: integration.state,
    externalIdFingerprint: fingerprint(integration.externalId),
    roleArn: integration.role?.roleArn ?? integration.verification?.roleArn ?? null,
    reason: integration.reason,
  };
}
