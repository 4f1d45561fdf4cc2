import { afterEach, describe, expect, it, vi } from "vitest";
import { CredentialsError } from "@daypass/credentials";
import { createMemoryStore, CrossAccountError, type Integration, type IntegrationStore } from "@daypass/cross-account";
import { CUSTOMER, openVendorWorld, servicePrincipal, type VendorWorld } from "./vendor-world.js";

let world: VendorWorld;
afterEach(() => world.sandbox.stop());

/** A memory store, and its methods replaced at any time. */
function replaceable() {
  const store = createMemoryStore();
  const replaced: Partial<IntegrationStore> = {};
  const merged = new Proxy(store, { get: (target, name: keyof IntegrationStore) => replaced[name] ?? target[name] });
  return { store, replaced, merged };
}

function assumeRoleCalls() {
  return world.sandbox.calls().filter(({ action }) => action === "AssumeRole").length;
}

const sealIsBroken = () =>
  Promise.reject(new CrossAccountError("unsealing_failed", "a sealed value does not open", { hint: "look" }));

describe("a store that answers with something else than was asked for", () => {
  it("gives no customer's session to one whose name differs in letter case only", async () => {
    const { store, replaced, merged } = replaceable();
    world = await openVendorWorld({ store: merged });
    await world.activeIntegration("acme");
    const calls = assumeRoleCalls();
    replaced.listByCustomer = (customerId) => store.listByCustomer(customerId.toLowerCase());
    await expect(world.crossAccount.assumeCustomerRole("ACME").credentials()).rejects.toMatchObject({
      code: "store_corrupt",
    });
    await expect(world.crossAccount.listIntegrations({ customerId: "Acme" })).rejects.toMatchObject({
      code: "store_corrupt",
    });
    expect(assumeRoleCalls()).toBe(calls);
  });

  it("shows nobody another customer's external ID", async () => {
    const { store, replaced, merged } = replaceable();
    world = await openVendorWorld({ store: merged });
    const acme = await world.crossAccount.createIntegration({ customerId: "acme", declaredAccountId: null });
    const kept = (await store.get(acme.integrationId)) as Integration;
    replaced.create = async () => ({ outcome: "exists", integration: kept });
    replaced.get = async () => kept;
    const mallory = { customerId: "mallory", declaredAccountId: null };
    await expect(world.crossAccount.createIntegration(mallory)).rejects.toMatchObject({ code: "store_corrupt" });
    await expect(world.crossAccount.roleDocuments("another")).rejects.toMatchObject({ code: "store_corrupt" });
    await expect(world.crossAccount.getIntegration("another")).rejects.toMatchObject({ code: "store_corrupt" });
  });

  it("makes nothing active by a row that is no integration, and says nothing of what is in it", async () => {
    const { store, replaced, merged } = replaceable();
    world = await openVendorWorld({ store: merged });
    const { integrationId } = await world.crossAccount.createIntegration({
      customerId: "acme",
      declaredAccountId: CUSTOMER,
    });
    const kept = (await store.get(integrationId)) as Integration;
    for (const wrong of [
      { ...kept, state: "active" },
      { ...kept, state: "ACTIVE" },
      { ...kept, created: "2026-11-20" },
      { ...kept, extra: true },
      null,
      [],
    ]) {
      replaced.listByCustomer = async () => [wrong as Integration];
      const error: unknown = await world.crossAccount
        .assumeCustomerRole("acme")
        .credentials()
        .catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: "store_corrupt" });
      expect(JSON.stringify(error)).not.toContain(kept.externalId);
      expect(String(error)).not.toContain(kept.externalId);
    }
    expect(assumeRoleCalls()).toBe(0);
  });
});

describe("a store in trouble", () => {
  it("hands out nothing from memory once a row no longer opens, not even when the store is down afterwards", async () => {
    const { replaced, merged } = replaceable();
    world = await openVendorWorld({ store: merged });
    await world.activeIntegration();
    const { credentials } = world.crossAccount.assumeCustomerRole("acme");
    await credentials();
    replaced.listByCustomer = sealIsBroken;
    world.clock.advance(30_001);
    await expect(credentials()).rejects.toMatchObject({ code: "unsealing_failed" });
    replaced.listByCustomer = () => Promise.reject(new Error("down"));
    await expect(credentials()).rejects.toThrow("down");
  });

  it("is asked again after thirty seconds when it lost a question, and not before", async () => {
    const { store, replaced, merged } = replaceable();
    world = await openVendorWorld({ store: merged });
    await world.activeIntegration();
    let asked = 0;
    replaced.listByCustomer = (customerId) =>
      asked++ === 0 ? new Promise(() => undefined) : store.listByCustomer(customerId);
    const { credentials } = world.another().assumeCustomerRole("acme");
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const lost = expect(credentials()).rejects.toMatchObject({ code: "store_unavailable" });
      await vi.advanceTimersByTimeAsync(5_000);
      await lost;
    } finally {
      vi.useRealTimers();
    }
    await expect(credentials()).rejects.toMatchObject({ code: "store_unavailable" });
    expect(asked).toBe(1);
    world.clock.advance(30_001);
    expect((await credentials()).accessKeyId).toMatch(/^ASIA/);
  });

  it("does not turn a wrong external ID that was let in into a denial, whatever its audit rejects with", async () => {
    const { store, replaced, merged } = replaceable();
    world = await openVendorWorld({ store: merged });
    const { integrationId } = await world.crossAccount.createIntegration({
      customerId: "acme",
      declaredAccountId: CUSTOMER,
    });
    await world.createRole(integrationId, { condition: () => undefined, principal: servicePrincipal });
    // A store in AWS may ask with credentials of ours, and be denied with our own error.
    const denied = new CredentialsError("access_denied", "AWS does not let us assume the role", { hint: "look" });
    replaced.record = async (event) => {
      const isWrongId = "subject" in event && event.subject["probe"]?.includes("right") === false;
      const isCanary = "subject" in event && event.subject["probe"]?.startsWith("canary") === true;
      if (event.type === "assume_role.granted" && isWrongId && !isCanary) throw denied;
      await store.record(event);
    };
    await expect(world.crossAccount.verifyIntegration({ integrationId })).rejects.toBe(denied);
    expect((await world.crossAccount.getIntegration(integrationId)).state).toBe("pending");
  });
});
