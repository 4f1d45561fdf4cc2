// The store for tests, demos and single processes that may forget: everything in this closure, gone with it.
import { copyIntegration, copyTemplate } from "./copy-integration.js";
import { CrossAccountError } from "./errors.js";
import { roleClaims } from "./role-arn.js";
import {
  checkNewIntegration,
  checkSameIdentity,
  checkSameTemplate,
  externalIdsOf,
  reusedIdentifier,
} from "./store-rules.js";
import type { IntegrationStore, StoredEvent, StoredTemplate } from "./store-types.js";
import type { AuditEvent, Integration } from "./types.js";

/** Returns an empty `IntegrationStore` that lives in this process. It keeps external IDs unsealed in memory. */
export function createMemoryStore(): IntegrationStore {
  const integrations = new Map<string, Integration>();
  const externalIds = new Set<string>();
  const holders = new Map<string, string>();
  const templates = new Map<string, StoredTemplate>();
  const events: StoredEvent[] = [];
  let closed = false;

  function open(): void {
    if (!closed) return;
    throw new CrossAccountError("store_unavailable", "the store was closed", { hint: "create a new one" });
  }

  function append(appended: readonly AuditEvent[]): void {
    for (const event of appended) events.push({ sequence: events.length + 1, event: structuredClone(event) });
  }

  function ofCustomer(customerId: string): Integration[] {
    return [...integrations.values()].filter((kept) => kept.customerId === customerId);
  }

  // No method awaits between its check and its write: that is what makes each of them one conditional write.
  return {
    async create(integration, created) {
      open();
      const fresh = copyIntegration(integration);
      const twin = ofCustomer(fresh.customerId).find((kept) => kept.label === fresh.label && kept.state !== "revoked");
      if (twin !== undefined) return { outcome: "exists", integration: copyIntegration(twin) };
      checkNewIntegration(fresh);
      if (integrations.has(fresh.integrationId) || externalIds.has(fresh.externalId)) throw reusedIdentifier();
      integrations.set(fresh.integrationId, fresh);
      externalIds.add(fresh.externalId);
      append(created);
      return { outcome: "created" };
    },

    async get(integrationId) {
      open();
      const kept = integrations.get(integrationId);
      return kept === undefined ? undefined : copyIntegration(kept);
    },

    async listByCustomer(customerId) {
      open();
      return ofCustomer(customerId).map(copyIntegration);
    },

    async list({ after, limit }) {
      open();
      const ids = [...integrations.keys()].filter((id) => after === undefined || id > after).sort();
      return ids.slice(0, limit).flatMap((id) => copyIntegration(integrations.get(id)));
    },

    async update(next, updated) {
      open();
      const fresh = copyIntegration(next);
      const kept = integrations.get(fresh.integrationId);
      if (kept === undefined || kept.version !== fresh.version - 1 || kept.state === "revoked") {
        return { outcome: "conflict" };
      }
      checkSameIdentity(kept, fresh);
      const held = externalIdsOf(kept);
      const brought = externalIdsOf(fresh).filter((id) => !held.includes(id));
      if (brought.some((id) => externalIds.has(id))) throw reusedIdentifier();
      const claims = fresh.role === null || fresh.state === "revoked" ? [] : roleClaims(fresh.role);
      const taken = claims.some((claim) => (holders.get(claim) ?? fresh.integrationId) !== fresh.integrationId);
      if (taken) return { outcome: "role_taken" };
      for (const [claim, holder] of holders) if (holder === fresh.integrationId) holders.delete(claim);
      for (const claim of claims) holders.set(claim, fresh.integrationId);
      for (const id of brought) externalIds.add(id);
      integrations.set(fresh.integrationId, fresh);
      append(updated);
      return { outcome: "updated" };
    },

    async saveTemplate(template) {
      open();
      const fresh = copyTemplate(template);
      const kept = templates.get(fresh.version);
      if (kept === undefined) templates.set(fresh.version, fresh);
      else checkSameTemplate(kept, fresh);
    },

    async getTemplate(version) {
      open();
      const kept = templates.get(version);
      return kept === undefined ? undefined : copyTemplate(kept);
    },

    async record(event) {
      open();
      append([event]);
    },

    async listEvents({ after = 0, limit }) {
      open();
      return structuredClone(events.filter((stored) => stored.sequence > after).slice(0, limit));
    },

    async close() {
      closed = true;
    },
  };
}
