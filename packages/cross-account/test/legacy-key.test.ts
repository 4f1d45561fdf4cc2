// From access keys to roles: both serve meanwhile, the role wins, and every key has an end.
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { CUSTOMER, openVendorWorld, region, type VendorWorld } from "./vendor-world.js";

const day = 86_400_000;
let world: VendorWorld;
let integrationId = "";
let key: { accessKeyId: string; secretAccessKey: string };
beforeEach(async () => {
  world = await openVendorWorld();
  await world.iam().createUser({ UserName: "for-acme" });
  const { accessKeyId, secretAccessKey } = world.sandbox.issueKey(CUSTOMER, "for-acme");
  key = { accessKeyId, secretAccessKey };
  ({ integrationId } = await world.crossAccount.createIntegration({ customerId: "acme", declaredAccountId: CUSTOMER }));
});
afterEach(() => world.sandbox.stop());

const at = (days: number) => new Date(world.clock.now() + days * day);
const attach = (changes: object = {}) =>
  world.crossAccount.attachLegacyKey({ integrationId, ...key, created: at(-100), cutOff: at(30), ...changes });
const access = () => world.crossAccount.assumeCustomerRole("acme");
const whoIs = async () => {
  const { endpoint } = world.sandbox;
  const sts = new STSClient({
    ...access(),
    endpoint,
    systemClockOffset: world.clock.now() - Date.now(),
    maxAttempts: 1,
  });
  return (await sts.send(new GetCallerIdentityCommand({}))).Arn;
};

describe("a customer with an access key", () => {
  it("is served with it until the role is there, and with the role from then on", async () => {
    await expect(access().credentials()).rejects.toMatchObject({ code: "integration_not_active" });
    await attach();
    expect(await whoIs()).toBe(`arn:aws:iam::${CUSTOMER}:user/for-acme`);
    const client = access();
    expect((await client.credentials()).accessKeyId).toBe(key.accessKeyId);
    await world.createRole(integrationId);
    await world.crossAccount.verifyIntegration({ integrationId });
    expect(await whoIs()).toContain(":assumed-role/Acme-");
    expect((await client.credentials()).accessKeyId).toMatch(/^ASIA/);
  });

  it("gets it for a few minutes at a time, each recorded before it is handed out", async () => {
    await attach();
    const client = access();
    const first = await client.credentials();
    expect(first.expiration.getTime() - world.clock.now()).toBeLessThanOrEqual(300_000);
    await Promise.all(Array.from({ length: 20 }, () => client.credentials()));
    world.clock.advance(301_000);
    await client.credentials();
    const used = (await world.store.listEvents({ limit: 1000 })).filter(
      ({ event }) => event.type === "integration.legacy_key_used",
    );
    expect(used).toHaveLength(2);
  });

  it("gets nothing when the use cannot be recorded", async () => {
    await attach();
    const deaf = { ...world.store, record: async () => Promise.reject(new Error("disk full")) };
    await expect(world.another({ store: deaf }).assumeCustomerRole("acme").credentials()).rejects.toThrow("disk full");
  });

  it("gets no more than was asked for: a key knows no session policy", async () => {
    await attach();
    const policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }],
    });
    const narrow = world.crossAccount.assumeCustomerRole("acme", { policy });
    await expect(narrow.credentials()).rejects.toMatchObject({ code: "integration_not_active" });
  });

  it("is not served past the cut-off", async () => {
    await attach({ cutOff: at(1) });
    world.clock.advance(day - 60_000);
    const { expiration } = await access().credentials();
    expect(expiration.getTime()).toBeLessThanOrEqual(world.clock.now() + 60_000);
    world.clock.advance(61_000);
    await expect(access().credentials()).rejects.toMatchObject({ code: "integration_not_active" });
  });

  it("is not served with a key when the role was suspended or the integration revoked", async () => {
    await attach();
    const roleArn = await world.createRole(integrationId);
    await world.crossAccount.verifyIntegration({ integrationId });
    await world.iam().updateAssumeRolePolicy({
      RoleName: roleArn.slice(roleArn.lastIndexOf("/") + 1),
      PolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [
          { Effect: "Allow", Principal: { AWS: "arn:aws:iam::111111111111:root" }, Action: "sts:AssumeRole" },
        ],
      }),
    });
    const { integration } = await world.crossAccount.verifyIntegration({ integrationId });
    expect(integration.state).toBe("suspended");
    await expect(access().credentials()).rejects.toMatchObject({ code: "integration_not_active" });
    await world.crossAccount.revoke({ integrationId, reason: "over" });
    await expect(access().credentials()).rejects.toMatchObject({ code: "integration_not_active" });
    expect((await world.store.get(integrationId))?.legacyKey).toBeNull();
  });

  it("is served no more from the moment the key is purged or the integration revoked", async () => {
    await attach();
    const client = access();
    await client.credentials();
    expect((await world.crossAccount.purgeLegacyKey(integrationId)).legacyKey).toBeNull();
    await expect(client.credentials()).rejects.toMatchObject({ code: "integration_not_active" });
    await attach();
    await client.credentials();
    await world.crossAccount.revoke({ integrationId, reason: "over" });
    await expect(client.credentials()).rejects.toMatchObject({ code: "integration_not_active" });
  });
});

describe("the secret key", () => {
  it("is in no view, event, error or picture of an object", async () => {
    const view = await attach();
    await access().credentials();
    const errors = await Promise.all(
      [
        { cutOff: at(-1) },
        { accessKeyId: "ASIAEXAMPLE" },
        { created: at(1) },
        { secretAccessKey: `${key.secretAccessKey}\n` },
      ].map((changes) => attach(changes).catch((error: unknown) => error)),
    );
    const events = await world.store.listEvents({ limit: 1000 });
    const shown = inspect(
      [view, errors, events, world.crossAccount, access(), await world.crossAccount.reviewMigrations()],
      {
        depth: 10,
      },
    );
    expect(errors.every((error) => error instanceof Error)).toBe(true);
    expect(shown).not.toContain(key.secretAccessKey);
    expect(view.legacyKey).toMatchObject({ accessKeyId: key.accessKeyId });
  });
});

describe("attaching a key", () => {
  it.each([
    ["a cut-off in the past", () => ({ cutOff: at(-1) })],
    ["a cut-off that never comes", () => ({ cutOff: at(3650) })],
    ["a temporary key", () => ({ accessKeyId: "ASIAABCDEFGHIJKLMNOP" })],
    ["a key from the future", () => ({ created: at(2) })],
    ["an external ID along", () => ({ externalId: "mine" })],
  ])("refuses %s", async (_, changes) => {
    await expect(attach(changes())).rejects.toMatchObject({ code: "invalid_option" });
  });

  it("refuses one for an integration whose role has taken over", async () => {
    await world.createRole(integrationId);
    await world.crossAccount.verifyIntegration({ integrationId });
    await expect(attach()).rejects.toMatchObject({ code: "invalid_option" });
  });
});

describe("the review of migrations", () => {
  it("says by age and stage what is to be done, and purges what is cut off", async () => {
    await attach({ created: at(-100), cutOff: at(30) });
    expect(await world.crossAccount.reviewMigrations()).toMatchObject([
      { customerId: "acme", stage: "key_only", urgency: "remind", ageDays: 100 },
    ]);
    world.clock.advance(20 * day);
    expect(await world.crossAccount.reviewMigrations()).toMatchObject([{ stage: "key_only", urgency: "urgent" }]);
    await world.createRole(integrationId);
    await world.another({ region }).verifyIntegration({ integrationId });
    const [migration] = await world.crossAccount.reviewMigrations();
    expect(migration).toMatchObject({ stage: "role_took_over", urgency: "urgent" });
    expect(migration?.customerCommands.join(" ")).toContain(`delete-access-key --access-key-id ${key.accessKeyId}`);
    world.clock.advance(11 * day);
    expect(await world.crossAccount.reviewMigrations()).toMatchObject([{ stage: "cut_off" }]);
    expect(await world.crossAccount.reviewMigrations()).toEqual([]);
    expect((await world.crossAccount.getIntegration(integrationId)).legacyKey).toBeNull();
  });
});
