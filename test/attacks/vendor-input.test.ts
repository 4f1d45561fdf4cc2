// The doors of the vendor's side under attack by input: keys, names, accounts, ARNs, regions, options. Nothing is stored,
// nobody is asked.
import { generateKeyPairSync } from "node:crypto";
import {
  createCrossAccount,
  createMemoryStore,
  type CrossAccount,
  type CrossAccountOptions,
} from "@daypass/cross-account";
import { expect } from "vitest";
import { template } from "../../packages/cross-account/test/template-world.js";
import { refuses } from "./attack-table.js";
import {
  chosenBesideIds,
  chosenExternalIds,
  factoryKeyRows,
  inheritedRows,
  inputKeyRows,
  nestedKeyRows,
} from "./tables/caller-external-ids.js";
import { goodInputs, type IdDoor, type InputDoor, type NestedOption } from "./tables/cross-account-doors.js";
import { hostileAccounts, hostileNames, legacyKeys, type NamePlace } from "./tables/customer-input.js";
import { endpoints, regions, type RegionDoor } from "./tables/regions.js";
import { pastedRoleArns } from "./tables/role-arns.js";
import { withOwn } from "./tables/spellings.js";
import { hostileServiceNames, vendorOptions } from "./tables/vendor-options.js";

const START = Date.UTC(2030, 0, 1);
const nested: Readonly<Record<NestedOption, object>> = {
  template,
  publishing: { bucket: "acme-templates", region: "eu-west-1" },
  certificateKey: { keyId: "key", privateKey: generateKeyPairSync("ed25519").privateKey },
  capabilityChecks: { name: "reads", expect: "allowed", run: async () => undefined },
};

const options: CrossAccountOptions = {
  serviceName: "Acme",
  vendorAccountId: "111111111111",
  region: "eu-west-1",
  vendorPrincipals: ["arn:aws:iam::111111111111:role/service"],
  canaryRoleArn: "arn:aws:iam::111111111111:role/canary",
  store: createMemoryStore(),
  template,
  credentials: { accessKeyId: "never", secretAccessKey: "used" },
  now: () => START,
};

const open = (change: object = {}): CrossAccount => createCrossAccount({ ...options, ...change });

/** A vendor whose store fails the test when anybody asks it for an integration. */
function openUnasked(): CrossAccount {
  const ask = () => expect.fail("the store was asked");
  const memory = createMemoryStore();
  return open({
    store: { ...memory, create: ask, get: ask, list: ask, listByCustomer: ask, update: ask, record: ask },
  });
}

/** Calls a door; what is thrown at once and what is rejected count alike. */
async function call(vendor: CrossAccount, door: InputDoor | IdDoor, input: unknown): Promise<unknown> {
  if (door === "assumeCustomerRole") return vendor.assumeCustomerRole("acme", input as never);
  return (vendor[door] as (input: unknown) => Promise<unknown>)(input);
}

function expectNoPollution(): void {
  expect(Reflect.get({}, "externalId")).toBeUndefined();
  expect(Reflect.get({}, "state")).toBeUndefined();
}

for (const [title, rows] of [
  ["an external ID chosen by the caller", chosenExternalIds],
  ["a key in another spelling", inputKeyRows],
  ["a key that every object inherits", inheritedRows],
] as const) {
  refuses(title, rows, async ({ door, key, value }) => {
    try {
      await call(openUnasked(), door, withOwn(goodInputs[door], key, value));
    } finally {
      expectNoPollution();
    }
  });
}
refuses("more than an id where an id belongs", chosenBesideIds, ({ door, value }) => call(openUnasked(), door, value));

refuses("an option that is none", factoryKeyRows, ({ key }) => {
  createCrossAccount(withOwn(options, key, { externalId: "mine" }) as CrossAccountOptions);
});
refuses("an option inside an option that is none", nestedKeyRows, ({ option, key }) => {
  const changed = withOwn(nested[option], key, "mine");
  try {
    open({ [option]: option === "capabilityChecks" ? [changed] : changed });
  } finally {
    expectNoPollution();
  }
});
refuses("a vendor that opens more than it says", vendorOptions, ({ change }) => open(change));
refuses("a service that is named like a program", hostileServiceNames, ({ change }) => open(change));

const regionDoors: Readonly<
  Record<Exclude<RegionDoor, "of an AssumeRole" | "of a rendered role">, (region: string) => unknown>
> = {
  "of createCrossAccount": (region) => open({ region }),
  "of the bucket for templates": (region) => open({ publishing: { bucket: "acme", region } }),
  "of assumeCustomerRole": (region) => openUnasked().assumeCustomerRole("acme", { region }),
  "of a launch link": (region) => openUnasked().generateIntegrationUrl({ integrationId: "some-id", region }),
  "of role commands": (region) => openUnasked().generateRoleCommands({ integrationId: "some-id", region }),
};
refuses(
  "a region from which a foreign host could be made",
  regions.filter(({ door }) => door in regionDoors),
  ({ door, region }) => (regionDoors as Readonly<Record<string, (region: string) => unknown>>)[door]?.(region),
);
refuses(
  "an endpoint that would see the answer",
  endpoints.filter(({ door }) => door === "createCrossAccount"),
  ({ endpoint }) => open({ endpoint }),
);

refuses("a pasted ARN of no role that a customer has", pastedRoleArns, async ({ roleArn }) => {
  const vendor = open({ store: createMemoryStore() });
  const { integrationId } = await vendor.createIntegration({ customerId: "acme", declaredAccountId: null });
  try {
    await vendor.verifyIntegration({ integrationId, roleArn });
  } finally {
    expect((await vendor.getIntegration(integrationId)).state).toBe("pending");
  }
});

const places: Readonly<Record<NamePlace, (text: string) => unknown>> = {
  "customerId of createIntegration": (customerId) =>
    openUnasked().createIntegration({ customerId, declaredAccountId: null }),
  "label of createIntegration": (label) =>
    openUnasked().createIntegration({ customerId: "acme", label, declaredAccountId: null }),
  "customerId of assumeCustomerRole": (customerId) => openUnasked().assumeCustomerRole(customerId),
  "customerId of listIntegrations": (customerId) => openUnasked().listIntegrations({ customerId }),
  "reason of revoke": (reason) => openUnasked().revoke({ integrationId: "some-id", reason }),
  "part of a session name": (part) => openUnasked().assumeCustomerRole("acme", { sessionName: [part] }),
  "key of an audit subject": (key) => openUnasked().assumeCustomerRole("acme", { subject: { [key]: "x" } }),
  "value of an audit subject": (value) => openUnasked().assumeCustomerRole("acme", { subject: { why: value } }),
  "name of a capability check": (name) =>
    open({ capabilityChecks: [{ name, expect: "allowed", run: async () => undefined }] }),
  "keyId of a certificate key": (keyId) =>
    open({ certificateKey: { keyId, privateKey: generateKeyPairSync("ed25519").privateKey } }),
};
refuses("a name that deceives", hostileNames, ({ place, text }) => places[place](text as string));

refuses("an account that is none", hostileAccounts, ({ place, account }) =>
  place === "vendorAccountId"
    ? open({ vendorAccountId: account, vendorPrincipals: null })
    : openUnasked().createIntegration({ customerId: "acme", declaredAccountId: account as string }),
);

refuses("an old key that is none, or stays for ever", legacyKeys, async ({ change }) => {
  const { cutOff } = change;
  const day = 86_400_000;
  const words: Readonly<Record<string, Date>> = { now: new Date(START), far: new Date(START + 181 * day) };
  const input = {
    ...goodInputs.attachLegacyKey,
    cutOff: new Date(START + day),
    ...change,
    ...(typeof cutOff === "string" && cutOff in words && { cutOff: words[cutOff] }),
  };
  const vendor = open({ store: createMemoryStore() });
  const { integrationId } = await vendor.createIntegration({ customerId: "acme", declaredAccountId: null });
  await vendor.attachLegacyKey({ ...input, integrationId });
});
