import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createMemoryStore, type CrossAccount, type IntegrationStore } from "@daypass/cross-account";
import { CUSTOMER, VENDOR, openVendorWorld, region, type VendorWorld } from "./vendor-world.js";

let world: VendorWorld;
afterEach(() => world.sandbox.stop());

/** Who AWS thinks that the client is. */
async function callerArn(crossAccount: CrossAccount, ...asked: Parameters<CrossAccount["assumeCustomerRole"]>) {
  const client = new STSClient({ ...crossAccount.assumeCustomerRole(...asked), endpoint: world.sandbox.endpoint });
  const { Arn } = await client.send(new GetCallerIdentityCommand({}));
  return Arn;
}

function assumeRoleCalls() {
  return world.sandbox.calls().filter(({ action }) => action === "AssumeRole").length;
}

async function eventsSince(sequence: number) {
  return (await world.store.listEvents({ after: sequence, limit: 1000 })).map(({ event }) => event);
}

async function lastSequence() {
  return (await world.store.listEvents({ limit: 100_000 })).at(-1)?.sequence ?? 0;
}

const minutes = (count: number) => count * 60_000;

describe("assuming a customer's role", () => {
  it("returns at once and asks nobody until the client does", async () => {
    world = await openVendorWorld();
    await world.activeIntegration();
    const before = assumeRoleCalls();
    const { credentials, region: ofClient } = world.crossAccount.assumeCustomerRole("acme");
    expect(credentials.memoized).toBe(true);
    expect(await ofClient()).toBe(region);
    expect(assumeRoleCalls()).toBe(before);
  });

  it("lets an SDK client in as the customer's role, under a name that tells service and integration", async () => {
    world = await openVendorWorld();
    const { integrationId, roleArn } = await world.activeIntegration();
    const roleName = roleArn.split("/").at(-1) ?? "";
    const session = `Acme.${integrationId.slice(0, 12)}`;
    const arn = `arn:aws:sts::${CUSTOMER}:assumed-role/${roleName}/${session}`;
    expect(await callerArn(world.crossAccount, "acme")).toBe(arn);
    expect(await callerArn(world.crossAccount, "acme", { sessionName: ["nightly-report"] })).toBe(
      `${arn}.nightly-report`,
    );
  });

  it("asks STS once for many clients at once, and records that once", async () => {
    world = await openVendorWorld();
    const { integrationId } = await world.activeIntegration();
    const [calls, sequence] = [assumeRoleCalls(), await lastSequence()];
    const asked = Array.from({ length: 20 }, () => world.crossAccount.assumeCustomerRole("acme").credentials());
    const keys = (await Promise.all(asked)).map(({ accessKeyId }) => accessKeyId);
    expect(new Set(keys).size).toBe(1);
    expect(assumeRoleCalls()).toBe(calls + 1);
    const events = await eventsSince(sequence);
    expect(events.map(({ type }) => type)).toEqual(["assume_role.intent", "assume_role.granted"]);
    expect(events[1]).toMatchObject({ subject: { customerId: "acme", integrationId }, accessKeyId: keys[0] });
  });

  it("never mixes customers up, nor a customer's integrations", async () => {
    world = await openVendorWorld();
    const acme = await world.activeIntegration("acme");
    const second = await world.activeIntegration("acme", "second");
    const other = await world.activeIntegration("other");
    const names = new Map<string, string>();
    for (const { integrationId, roleArn } of [acme, second, other])
      names.set(integrationId, roleArn.split("/").at(-1) ?? "");
    const seen = await Promise.all([
      callerArn(world.crossAccount, "acme", { label: "default" }),
      callerArn(world.crossAccount, "acme", { integrationId: second.integrationId }),
      callerArn(world.crossAccount, "other"),
    ]);
    expect(seen.map((arn) => arn?.split("/")[1])).toEqual([...names.values()]);
    await expect(callerArn(world.crossAccount, "other", { integrationId: acme.integrationId })).rejects.toMatchObject({
      code: "integration_not_found",
    });
    await expect(callerArn(world.crossAccount, "acme")).rejects.toMatchObject({ code: "ambiguous_integration" });
  });

  it("hands out nothing for an integration that is not active, and asks STS nothing", async () => {
    world = await openVendorWorld();
    await world.crossAccount.createIntegration({ customerId: "acme", declaredAccountId: CUSTOMER });
    await expect(callerArn(world.crossAccount, "acme")).rejects.toMatchObject({ code: "integration_not_active" });
    await expect(callerArn(world.crossAccount, "nobody")).rejects.toMatchObject({ code: "integration_not_found" });
    expect(assumeRoleCalls()).toBe(0);
  });

  it("starts working by itself when the integration becomes active", async () => {
    world = await openVendorWorld();
    const { integrationId } = await world.crossAccount.createIntegration({
      customerId: "acme",
      declaredAccountId: CUSTOMER,
    });
    const { credentials } = world.crossAccount.assumeCustomerRole("acme");
    await expect(credentials()).rejects.toMatchObject({ code: "integration_not_active" });
    await world.createRole(integrationId);
    await world.crossAccount.verifyIntegration({ integrationId });
    expect((await credentials()).accessKeyId).toMatch(/^ASIA/);
  });

  it("refuses options that it does not know, and sessions longer than the vendor's", async () => {
    world = await openVendorWorld();
    const { crossAccount } = world;
    const careless: object[] = [{ externalId: "x" }, { ExternalId: "x" }, { roleArn: "x" }, { durationSeconds: 3601 }];
    for (const options of [
      ...careless,
      { region: "eu-west-1.evil.example" },
      { policy: "{}" },
      { policy: "not json" },
    ]) {
      expect(() => crossAccount.assumeCustomerRole("acme", options)).toThrow(
        expect.objectContaining({ code: "invalid_option" }),
      );
    }
    expect(() => crossAccount.assumeCustomerRole("acme\n")).toThrow(
      expect.objectContaining({ code: "invalid_option" }),
    );
  });

  it("narrows the session by the session policy, and keeps it apart from the wide one", async () => {
    world = await openVendorWorld();
    await world.activeIntegration();
    const policy = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "s3:GetObject", Resource: "*" }],
    });
    const wide = await world.crossAccount.assumeCustomerRole("acme").credentials();
    const narrow = await world.crossAccount.assumeCustomerRole("acme", { policy }).credentials();
    expect(narrow.accessKeyId).not.toBe(wide.accessKeyId);
  });
});

describe("the store and the audit", () => {
  function failing(store: IntegrationStore, broken: () => readonly (keyof IntegrationStore)[]): IntegrationStore {
    return new Proxy(store, {
      get: (target, name: keyof IntegrationStore) =>
        broken().includes(name) ? () => Promise.reject(new Error("the store is down")) : target[name],
    });
  }

  it("hands out nothing and asks STS nothing when the intent cannot be recorded", async () => {
    let broken: readonly (keyof IntegrationStore)[] = [];
    world = await openVendorWorld({ store: failing(createMemoryStore(), () => broken) });
    await world.activeIntegration();
    const calls = assumeRoleCalls();
    broken = ["record"];
    await expect(callerArn(world.crossAccount, "acme")).rejects.toMatchObject({ code: "audit_unavailable" });
    expect(assumeRoleCalls()).toBe(calls);
  });

  it("keeps a working session through an outage of the store, and begins no new one", async () => {
    let broken: readonly (keyof IntegrationStore)[] = [];
    world = await openVendorWorld({ store: failing(createMemoryStore(), () => broken) });
    await world.activeIntegration();
    const warm = await world.crossAccount.assumeCustomerRole("acme").credentials();
    broken = ["get", "list", "listByCustomer", "record", "update"];
    world.clock.advance(minutes(20));
    const again = await world.crossAccount.assumeCustomerRole("acme").credentials();
    expect(again.accessKeyId).toBe(warm.accessKeyId);
    await expect(
      world.crossAccount.assumeCustomerRole("acme", { sessionName: ["new"] }).credentials(),
    ).rejects.toMatchObject({ code: "audit_unavailable" });
    await expect(world.another().assumeCustomerRole("acme").credentials()).rejects.toThrow("the store is down");
  });

  it("serves a session that works while the store hangs, and refuses a cold ask instead of hanging with it", async () => {
    const store = createMemoryStore();
    let hangs = false;
    const hanging: IntegrationStore = {
      ...store,
      listByCustomer: (customerId) => (hangs ? new Promise(() => undefined) : store.listByCustomer(customerId)),
    };
    world = await openVendorWorld({ store: hanging });
    await world.activeIntegration();
    const { credentials } = world.crossAccount.assumeCustomerRole("acme");
    const warm = await credentials();
    hangs = true;
    world.clock.advance(minutes(1));
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const answers: unknown[] = [];
      const keep = (answer: unknown) => void answers.push(answer);
      void credentials().then(keep, keep);
      void world.another().assumeCustomerRole("acme").credentials().then(keep, keep);
      await vi.advanceTimersByTimeAsync(5_000);
      expect(answers).toEqual([warm, expect.objectContaining({ code: "store_unavailable" })]);
      // Once late, always late: the next ask does not wait again.
      expect(await credentials()).toEqual(warm);
    } finally {
      vi.useRealTimers();
    }
  });

  it("asks the store again after thirty seconds", async () => {
    let reads = 0;
    const store = createMemoryStore();
    world = await openVendorWorld({
      store: {
        ...store,
        listByCustomer(customerId) {
          reads += 1;
          return store.listByCustomer(customerId);
        },
      },
    });
    await world.activeIntegration();
    const { credentials } = world.crossAccount.assumeCustomerRole("acme");
    for (let asked = 0; asked < 5; asked++) await credentials();
    expect(reads).toBe(1);
    world.clock.advance(30_001);
    await credentials();
    expect(reads).toBe(2);
  });
});

describe("a customer who shuts us out", () => {
  async function shutOut(roleArn: string) {
    const RoleName = roleArn.split("/").at(-1) ?? "";
    const PolicyDocument = JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { AWS: CUSTOMER }, Action: "sts:AssumeRole" }],
    });
    await world.iam().updateAssumeRolePolicy({ RoleName, PolicyDocument });
  }

  const PATIENCE = { timeout: 60_000 };

  async function refusals(count: number, after: number) {
    await vi.waitFor(async () => {
      const refused = (await eventsSince(after)).filter(({ type }) => type === "assume_role.refused");
      expect(refused.length).toBeGreaterThanOrEqual(count);
    }, PATIENCE);
  }

  it("keeps the session that works, asks again after the propagation time, and then is suspended", async () => {
    world = await openVendorWorld();
    const { integrationId, roleArn } = await world.activeIntegration();
    const { credentials } = world.crossAccount.assumeCustomerRole("acme");
    const warm = await credentials();
    const sequence = await lastSequence();
    await shutOut(roleArn);

    // Past half life: the session is still handed out, and the renewal behind it is denied.
    world.clock.advance(minutes(35));
    expect((await credentials()).accessKeyId).toBe(warm.accessKeyId);
    await refusals(1, sequence);
    for (let asked = 0; asked < 5; asked++) expect((await credentials()).accessKeyId).toBe(warm.accessKeyId);
    expect((await world.crossAccount.getIntegration(integrationId)).state).toBe("active");
    expect((await eventsSince(sequence)).filter(({ type }) => type === "assume_role.refused").length).toBe(1);

    await vi.waitFor(async () => {
      world.clock.advance(minutes(1) + 1);
      await expect(credentials()).rejects.toMatchObject({ code: "integration_not_active" });
    }, PATIENCE);
    expect((await world.crossAccount.getIntegration(integrationId)).state).toBe("suspended");
    const suspended = (await eventsSince(sequence)).at(-1);
    expect(suspended).toMatchObject({ type: "integration.suspended", integrationId });
  });

  it("is not suspended when the vendor's own side is denied", async () => {
    world = await openVendorWorld();
    const { integrationId } = await world.activeIntegration();
    const sequence = await lastSequence();
    await world.iam(VENDOR).deleteUserPolicy({ UserName: "service", PolicyName: "assume" });
    const cold = world.another().assumeCustomerRole("acme").credentials;
    await expect(cold()).rejects.toMatchObject({ code: "access_denied" });
    world.clock.advance(minutes(1) + 1);
    await expect(cold()).rejects.toMatchObject({ code: "access_denied" });
    await refusals(3, sequence);
    const events = await eventsSince(sequence);
    expect(events.filter((event) => "subject" in event && event.subject["purpose"] === "canary").length).toBe(2);
    expect((await world.crossAccount.getIntegration(integrationId)).state).toBe("active");
  });

  it("comes back with a new session when the trust is mended and verified", async () => {
    world = await openVendorWorld();
    const { integrationId, roleArn } = await world.activeIntegration();
    const { trustPolicy } = await world.crossAccount.roleDocuments(integrationId);
    const { credentials } = world.crossAccount.assumeCustomerRole("acme");
    const old = await credentials();
    await shutOut(roleArn);
    await world.crossAccount.verifyIntegration({ integrationId });
    await expect(credentials()).rejects.toMatchObject({ code: "integration_not_active" });
    const RoleName = roleArn.split("/").at(-1) ?? "";
    await world.iam().updateAssumeRolePolicy({ RoleName, PolicyDocument: JSON.stringify(trustPolicy) });
    await world.crossAccount.verifyIntegration({ integrationId });
    expect((await credentials()).accessKeyId).not.toBe(old.accessKeyId);
  });

  it("gets no session of a role that was deleted and created again", async () => {
    world = await openVendorWorld();
    const { integrationId, roleArn } = await world.activeIntegration();
    await world.iam().deleteRole({ RoleName: roleArn.split("/").at(-1) });
    await world.createRole(integrationId);
    const { credentials } = world.crossAccount.assumeCustomerRole("acme");
    await expect(credentials()).rejects.toMatchObject({ code: "integration_not_active" });
    expect(await world.crossAccount.getIntegration(integrationId)).toMatchObject({
      state: "suspended",
      reason: "the role was deleted and created again since it was proven",
    });
    await expect(credentials()).rejects.toMatchObject({ code: "integration_not_active" });
  });

  it("drops its session of the old role when another process has proven the new one", async () => {
    world = await openVendorWorld();
    const { integrationId, roleArn } = await world.activeIntegration();
    const { credentials } = world.crossAccount.assumeCustomerRole("acme");
    const old = await credentials();
    await world.iam().deleteRole({ RoleName: roleArn.split("/").at(-1) });
    await world.createRole(integrationId);
    const elsewhere = world.another();
    expect((await elsewhere.verifyIntegration({ integrationId })).integration.state).toBe("suspended");
    expect((await elsewhere.verifyIntegration({ integrationId })).integration.state).toBe("active");
    world.clock.advance(minutes(1));
    const [fresh, same] = [await credentials(), await credentials()];
    expect(fresh.accessKeyId).not.toBe(old.accessKeyId);
    expect(same.accessKeyId).toBe(fresh.accessKeyId);
  });
});
