// A store that lies to the vendor's side: what it says is checked against what it was asked.
import { createCrossAccount, createMemoryStore, type Integration, type IntegrationStore } from "@daypass/cross-account";
import { expect, test } from "vitest";
import { activeIntegration, pendingIntegration } from "../../packages/stores/test/sample-integrations.js";
import { refuses } from "./attack-table.js";
import { lyingStores, type StoreDoor } from "./tables/lying-stores.js";

async function openStore(): Promise<IntegrationStore> {
  const store = createMemoryStore();
  for (const name of ["a", "b"]) {
    await store.create(pendingIntegration(name), []);
    await store.update(activeIntegration(name), []);
  }
  return store;
}

const open = (store: IntegrationStore) =>
  createCrossAccount({
    serviceName: "Acme",
    vendorAccountId: "111111111111",
    region: "eu-west-1",
    vendorPrincipals: null,
    canaryRoleArn: null,
    store,
    credentials: () => expect.fail("AWS was asked"),
  });

const ask: Readonly<Record<StoreDoor, (vendor: ReturnType<typeof open>) => Promise<unknown>>> = {
  getIntegration: (vendor) => vendor.getIntegration("id-a"),
  assumeCustomerRole: (vendor) => vendor.assumeCustomerRole("customer-a").credentials(),
  "listIntegrations of a customer": (vendor) => vendor.listIntegrations({ customerId: "customer-a" }),
  verifyIntegration: (vendor) => vendor.verifyIntegration({ integrationId: "id-a" }),
};

test("a store that does not lie is believed", async () => {
  const vendor = open(await openStore());
  expect((await vendor.getIntegration("id-a")).state).toBe("active");
  expect(await vendor.listIntegrations({ customerId: "customer-a" })).toHaveLength(1);
});

refuses("a store that lies", lyingStores, async ({ door, lie }) => {
  const honest = await openStore();
  const other = (await honest.get("id-b")) as Integration;
  const twist = (kept: Integration | undefined) => (kept === undefined ? kept : (lie(kept, other) as Integration));
  const store: IntegrationStore = {
    ...honest,
    get: async (id) => twist(await honest.get(id)),
    listByCustomer: async (customerId) =>
      (await honest.listByCustomer(customerId)).map((kept) => twist(kept) as Integration),
    update: () => expect.fail("something was written"),
  };
  await ask[door](open(store));
});
