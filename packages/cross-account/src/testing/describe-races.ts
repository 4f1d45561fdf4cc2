// Fifty at once: every conditional write has exactly one winner.
import type { IntegrationStore } from "../store-types.js";
import type { Integration } from "../types.js";
import type { TestFunctions, WithStore } from "./test-functions.js";
import { activated, eventAbout, keptReasons, pendingIntegration, provenRole, revoked } from "./test-functions.js";

const rivals = Array.from({ length: 50 }, (_, index) => String(index).padStart(2, "0"));

export function describeRaces({ describe, it, expect }: TestFunctions, withStore: WithStore): void {
  describe("fifty at once", () => {
    it(
      "create one integration for one customer and label, and all see the winner",
      withStore(async ({ store }) => {
        const outcomes = await Promise.all(
          rivals.map((name) => {
            const integration = pendingIntegration(name, { customerId: "acme" });
            return store.create(integration, [eventAbout(integration, name)]);
          }),
        );
        const kept = await store.listByCustomer("acme");
        expect(kept.length).toBe(1);
        expect(outcomes.filter(({ outcome }) => outcome === "created").length).toBe(1);
        const seen = outcomes.map((answer) => (answer.outcome === "exists" ? answer.integration : kept[0]));
        expect(new Set(seen.map((integration) => integration?.integrationId)).size).toBe(1);
        expect((await keptReasons(store)).length).toBe(1);
      }),
    );

    it(
      "write over one version, and one of them does",
      withStore(async ({ store }) => {
        const pending = pendingIntegration("a");
        await store.create(pending, []);
        const outcomes = await Promise.all(
          rivals.map((name) =>
            store.update({ ...pending, state: "unproven", reason: name, version: 2 }, [eventAbout(pending, name)]),
          ),
        );
        expect(outcomes.filter(({ outcome }) => outcome === "updated").length).toBe(1);
        expect(await keptReasons(store)).toEqual([(await store.get("id-a"))?.reason]);
      }),
    );

    it(
      "claim one role, and one of them holds it",
      withStore(async ({ store }) => {
        const winners = await claimByAll(store, (pending) => activated(pending, provenRole("reader")));
        expect(winners.length).toBe(1);
        const active = (await store.list({ limit: 100 })).filter((kept) => kept.state === "active");
        expect(active.map((kept) => kept.integrationId)).toEqual(winners);
        expect(await keptReasons(store)).toEqual(winners);
      }),
    );

    it(
      "activate and revoke, and revoked is what remains",
      withStore(async ({ store }) => {
        const pending = pendingIntegration("a");
        await store.create(pending, []);
        await Promise.all(
          rivals.map(async (name, index) => {
            const seen = (await store.get("id-a")) ?? pending;
            if (seen.state !== "revoked" && index === 25) await revokeAtLast(store, seen);
            else await store.update(activated(seen, provenRole(name)), []);
          }),
        );
        expect((await store.get("id-a"))?.state).toBe("revoked");
      }),
    );
  });
}

async function claimByAll(store: IntegrationStore, claim: (pending: Integration) => Integration): Promise<string[]> {
  const pending = rivals.map((name) => pendingIntegration(name));
  for (const integration of pending) await store.create(integration, []);
  const outcomes = await Promise.all(
    pending.map((integration) =>
      store.update(claim(integration), [eventAbout(integration, integration.integrationId)]),
    ),
  );
  return pending
    .filter((_, index) => outcomes[index]?.outcome === "updated")
    .map((integration) => integration.integrationId);
}

async function revokeAtLast(store: IntegrationStore, seen: Integration): Promise<void> {
  let integration: Integration | undefined = seen;
  while (integration !== undefined && integration.state !== "revoked") {
    const { outcome } = await store.update(revoked(integration), []);
    integration = outcome === "updated" ? undefined : await store.get(integration.integrationId);
  }
}
