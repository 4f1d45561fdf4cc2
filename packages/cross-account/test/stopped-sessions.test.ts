import { afterEach, describe, expect, it } from "vitest";
import { createMemoryStore, type Integration, type IntegrationStore } from "@daypass/cross-account";
import { CUSTOMER, openVendorWorld, type VendorWorld } from "./vendor-world.js";

let world: VendorWorld;
afterEach(() => world.sandbox.stop());

const nameOf = (roleArn: string) => roleArn.split("/").at(-1) ?? "";

async function trust(roleArn: string, policy: object) {
  await world.iam().updateAssumeRolePolicy({ RoleName: nameOf(roleArn), PolicyDocument: JSON.stringify(policy) });
}

const nobodyElse = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS: CUSTOMER }, Action: "sts:AssumeRole" }],
};

/** The role is deleted and made again, and another process proves the new one. */
async function proveAgainElsewhere(integrationId: string, roleArn: string) {
  await world.iam().deleteRole({ RoleName: nameOf(roleArn) });
  await world.createRole(integrationId);
  const elsewhere = world.another();
  await elsewhere.verifyIntegration({ integrationId });
  const { integration } = await elsewhere.verifyIntegration({ integrationId });
  expect(integration.state).toBe("active");
}

describe("an integration that was stopped", () => {
  it("works again here when this process stopped it and another one has proven it since", async () => {
    world = await openVendorWorld();
    const { integrationId, roleArn } = await world.activeIntegration();
    const { trustPolicy } = await world.crossAccount.roleDocuments(integrationId);
    const { credentials } = world.crossAccount.assumeCustomerRole("acme");
    const old = await credentials();
    await trust(roleArn, nobodyElse);
    await world.crossAccount.verifyIntegration({ integrationId });
    await expect(credentials()).rejects.toMatchObject({ code: "integration_not_active" });
    await trust(roleArn, trustPolicy);
    const { integration } = await world.another().verifyIntegration({ integrationId });
    expect(integration.state).toBe("active");
    world.clock.advance(30_001);
    expect((await credentials()).accessKeyId).not.toBe(old.accessKeyId);
  });

  it("stays stopped when the store answers late with what was before", async () => {
    const store = createMemoryStore();
    const late: { answer?: readonly Integration[] } = {};
    const lagging: IntegrationStore = {
      ...store,
      listByCustomer: async (customerId) => late.answer ?? store.listByCustomer(customerId),
    };
    world = await openVendorWorld({ store: lagging });
    const { integrationId, roleArn } = await world.activeIntegration();
    const warm = world.crossAccount.assumeCustomerRole("acme").credentials;
    await warm();
    late.answer = await store.listByCustomer("acme");
    await world.iam().deleteRole({ RoleName: nameOf(roleArn) });
    await world.createRole(integrationId);
    const cold = world.crossAccount.assumeCustomerRole("acme", { sessionName: ["second"] }).credentials;
    await expect(cold()).rejects.toMatchObject({ code: "integration_not_active" });
    expect((await store.get(integrationId))?.state).toBe("suspended");
    await expect(warm()).rejects.toMatchObject({ code: "integration_not_active" });
  });

  it("stays revoked when the revocation comes while sessions of an old role are put away", async () => {
    const store = createMemoryStore();
    let down = false;
    world = await openVendorWorld({
      store: { ...store, update: (...write) => (down ? Promise.reject(new Error("down")) : store.update(...write)) },
    });
    const customers = await Promise.all(
      Array.from({ length: 16 }, async (_, turns) => {
        const { integrationId, roleArn } = await world.activeIntegration(`customer-${turns}`);
        const { credentials } = world.crossAccount.assumeCustomerRole(`customer-${turns}`);
        await credentials();
        await proveAgainElsewhere(integrationId, roleArn);
        return { integrationId, credentials, turns };
      }),
    );
    world.clock.advance(30_001);
    down = true;
    for (const { integrationId, credentials, turns } of customers) {
      const asked = expect(credentials(), `after ${turns} turns`).rejects.toMatchObject({
        code: expect.stringMatching(/^(revoked|integration_not_active)$/),
      });
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      await expect(world.crossAccount.revoke({ integrationId, reason: "now" })).rejects.toThrow("down");
      await asked;
    }
  });
});

describe("a role that another process has proven anew", () => {
  it("serves all who ask at once, each with a session of the new role", async () => {
    world = await openVendorWorld();
    const { integrationId, roleArn } = await world.activeIntegration();
    const { credentials } = world.crossAccount.assumeCustomerRole("acme");
    const old = await credentials();
    await proveAgainElsewhere(integrationId, roleArn);
    world.clock.advance(30_001);
    const all = await Promise.all(Array.from({ length: 20 }, () => credentials()));
    const keys = new Set(all.map(({ accessKeyId }) => accessKeyId));
    expect(keys.size).toBe(1);
    expect(keys.has(old.accessKeyId)).toBe(false);
  });
});
