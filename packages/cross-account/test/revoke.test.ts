import { afterEach, describe, expect, it } from "vitest";
import { createMemoryStore } from "@daypass/cross-account";
import { CUSTOMER, openVendorWorld, type VendorWorld } from "./vendor-world.js";

let world: VendorWorld;
afterEach(() => world.sandbox.stop());

describe("revoking an integration", () => {
  it("stops the very next request of this process", async () => {
    world = await openVendorWorld();
    const { integrationId } = await world.activeIntegration();
    const { credentials } = world.crossAccount.assumeCustomerRole("acme");
    await credentials();
    const { integration } = await world.crossAccount.revoke({ integrationId, reason: "contract ended" });
    expect(integration).toMatchObject({ state: "revoked", reason: "contract ended" });
    await expect(credentials()).rejects.toMatchObject({ code: "integration_not_active" });
    const fresh = world.crossAccount.assumeCustomerRole("acme", { sessionName: ["other"] });
    await expect(fresh.credentials()).rejects.toMatchObject({ code: "integration_not_active" });
  });

  it("drops an answer of AWS that is under way", async () => {
    world = await openVendorWorld();
    const { integrationId } = await world.activeIntegration();
    const asked = world.crossAccount.assumeCustomerRole("acme").credentials();
    const outcome = expect(asked).rejects.toMatchObject({
      code: expect.stringMatching(/^(revoked|integration_not_active)$/),
    });
    await world.crossAccount.revoke({ integrationId, reason: "at once" });
    await outcome;
  });

  it("holds in this process even when the store does not take it", async () => {
    const store = createMemoryStore();
    let down = false;
    world = await openVendorWorld({
      store: { ...store, update: (...write) => (down ? Promise.reject(new Error("down")) : store.update(...write)) },
    });
    const { integrationId } = await world.activeIntegration();
    const { credentials } = world.crossAccount.assumeCustomerRole("acme");
    await credentials();
    down = true;
    await expect(world.crossAccount.revoke({ integrationId, reason: "now" })).rejects.toThrow("down");
    await expect(credentials()).rejects.toMatchObject({ code: "integration_not_active" });
    expect((await store.get(integrationId))?.state).toBe("active");
  });

  it("reaches another process within thirty seconds, and its new sessions at once", async () => {
    world = await openVendorWorld();
    const { integrationId } = await world.activeIntegration();
    const other = world.another();
    const warm = other.assumeCustomerRole("acme").credentials;
    await warm();
    await world.crossAccount.revoke({ integrationId, reason: "elsewhere" });
    const cold = other.assumeCustomerRole("acme", { sessionName: ["new"] }).credentials;
    await expect(cold()).rejects.toMatchObject({ code: "integration_not_active" });
    world.clock.advance(30_001);
    await expect(warm()).rejects.toMatchObject({ code: "integration_not_active" });
  });

  it("says truthfully how long sessions may live, and what the customer does", async () => {
    world = await openVendorWorld();
    const { integrationId, roleArn } = await world.activeIntegration();
    const { expiration } = await world.crossAccount.assumeCustomerRole("acme").credentials();
    const { sessionsMayLiveUntil, customerSteps } = await world.crossAccount.revoke({ integrationId, reason: "over" });
    expect(sessionsMayLiveUntil?.getTime()).toBeGreaterThanOrEqual(expiration.getTime());
    expect(sessionsMayLiveUntil?.getTime()).toBeLessThanOrEqual(world.clock.now() + 3_630_000);
    expect(customerSteps.join()).toContain(roleArn.split("/").at(-1));
    world.clock.advance(3_631_000);
    expect(await world.crossAccount.revoke({ integrationId, reason: "again" })).toMatchObject({
      sessionsMayLiveUntil: null,
      integration: { reason: "over", state: "revoked" },
    });
  });

  it("says that nothing lives when nothing was ever proven", async () => {
    world = await openVendorWorld();
    const { integrationId } = await world.crossAccount.createIntegration({
      customerId: "acme",
      declaredAccountId: null,
    });
    const { sessionsMayLiveUntil } = await world.crossAccount.revoke({ integrationId, reason: "typo" });
    expect(sessionsMayLiveUntil).toBe(null);
  });

  it("burns the external ID: the next integration of the customer has another, and the old role stays shut", async () => {
    world = await openVendorWorld();
    const { integrationId, roleArn } = await world.activeIntegration();
    const { externalId } = await world.crossAccount.roleDocuments(integrationId);
    await world.crossAccount.revoke({ integrationId, reason: "over" });
    await expect(world.crossAccount.roleDocuments(integrationId)).rejects.toMatchObject({
      code: "integration_not_active",
    });
    await expect(world.crossAccount.verifyIntegration({ integrationId })).rejects.toMatchObject({
      code: "integration_not_active",
    });
    const next = await world.crossAccount.createIntegration({ customerId: "acme", declaredAccountId: CUSTOMER });
    expect(next.integrationId).not.toBe(integrationId);
    expect((await world.crossAccount.roleDocuments(next.integrationId)).externalId).not.toBe(externalId);
    const { verification } = await world.crossAccount.verifyIntegration({ integrationId: next.integrationId, roleArn });
    expect(verification.probes[0]).toMatchObject({ kind: "right_external_id", answer: "denied" });
  });

  it("bars nobody when the id does not exist, and is refused without a reason", async () => {
    world = await openVendorWorld();
    await expect(world.crossAccount.revoke({ integrationId: "nothing", reason: "x" })).rejects.toMatchObject({
      code: "integration_not_found",
    });
    await expect(world.crossAccount.revoke({ integrationId: "nothing", reason: "" })).rejects.toMatchObject({
      code: "invalid_option",
    });
  });

  it("records one event, however many revoke at once", async () => {
    world = await openVendorWorld();
    const { integrationId } = await world.activeIntegration();
    await Promise.all(
      Array.from({ length: 10 }, (_, index) => world.crossAccount.revoke({ integrationId, reason: `number ${index}` })),
    );
    const events = await world.store.listEvents({ limit: 1000 });
    expect(events.filter(({ event }) => event.type === "integration.revoked").length).toBe(1);
  });
});
