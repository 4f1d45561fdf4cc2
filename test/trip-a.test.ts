// Trips (a) and (b) whole: a vendor connects a customer, proves the role, reads an object, is refused outside, and ends it.
// Everything is real but AWS: SQLite file, SDK clients, signatures, policies, HTTP.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { randomBytes } from "node:crypto";
import { IAM } from "@aws-sdk/client-iam";
import { S3 } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCrossAccount, type CrossAccount, type IntegrationStore } from "@daypass/cross-account";
import { startSandbox, type Sandbox } from "@daypass/sandbox/testing";
import { createSqliteStore, verifyAudit } from "@daypass/stores";

const [VENDOR, CUSTOMER] = ["111111111111", "222222222222"];
const region = "eu-west-1";
const folder = mkdtempSync(join(tmpdir(), "daypass-trip-"));
const sealingKeys = { current: { id: "trip", key: randomBytes(32) } };
const allow = (Action: string, Resource: string) => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action, Resource }],
});

let sandbox: Sandbox;
let store: IntegrationStore;
let crossAccount: CrossAccount;

function openVendor(): CrossAccount {
  return createCrossAccount({
    serviceName: "Acme",
    vendorAccountId: VENDOR,
    region,
    vendorPrincipals: [`arn:aws:iam::${VENDOR}:user/service`],
    canaryRoleArn: `arn:aws:iam::${VENDOR}:role/daypass-canary`,
    store,
    credentials: sandbox.issueKey(VENDOR, "service"),
    endpoint: sandbox.endpoint,
    propagationMs: 0,
  });
}

const s3As = (customerId: string) =>
  new S3({ ...crossAccount.assumeCustomerRole(customerId), endpoint: sandbox.endpoint, forcePathStyle: true });

beforeAll(async () => {
  const canaryTrust = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Allow", Principal: { AWS: VENDOR }, Action: "sts:AssumeRole" }],
  };
  sandbox = await startSandbox({
    world: {
      accounts: [
        {
          id: VENDOR,
          users: [{ name: "service", policies: { assume: allow("sts:AssumeRole", "*") } }],
          roles: [{ name: "daypass-canary", trustPolicy: canaryTrust }],
        },
      ],
      buckets: [
        { name: "acme-reports", account: CUSTOMER, region, objects: [{ key: "2026/q3.txt", body: "revenue: 42" }] },
        { name: "acme-salaries", account: CUSTOMER, region, objects: [{ key: "all.txt", body: "secret" }] },
      ],
    },
  });
  store = await createSqliteStore({ path: join(folder, "vendor.db"), sealingKeys });
  crossAccount = openVendor();
});

afterAll(async () => {
  await store.close();
  await sandbox.stop();
  rmSync(folder, { recursive: true });
});

describe("a vendor and a customer, from the first contact to the end", () => {
  let integrationId = "";

  it("connects: the customer creates the role that was asked for, and it is proven", async () => {
    ({ integrationId } = await crossAccount.createIntegration({ customerId: "acme", declaredAccountId: CUSTOMER }));
    const role = await crossAccount.roleDocuments(integrationId);
    const customer = new IAM({ endpoint: sandbox.endpoint, region, credentials: sandbox.account(CUSTOMER).admin });
    const { Role } = await customer.createRole({
      RoleName: role.roleName,
      Path: role.path,
      MaxSessionDuration: role.maxSessionDuration,
      AssumeRolePolicyDocument: JSON.stringify(role.trustPolicy),
    });
    expect(Role?.Arn).toBe(role.expectedRoleArn);
    await customer.putRolePolicy({
      RoleName: role.roleName,
      PolicyName: "reports",
      PolicyDocument: JSON.stringify(allow("s3:GetObject", "arn:aws:s3:::acme-reports/*")),
    });
    const { integration, verification } = await crossAccount.verifyIntegration({ integrationId });
    expect([integration.state, verification.outcome]).toEqual(["active", "proven"]);
  });

  it("works: the SDK reads what the customer granted, and is refused everything else", async () => {
    const s3 = s3As("acme");
    const { Body } = await s3.getObject({ Bucket: "acme-reports", Key: "2026/q3.txt" });
    expect(await Body?.transformToString()).toBe("revenue: 42");
    await expect(s3.getObject({ Bucket: "acme-salaries", Key: "all.txt" })).rejects.toMatchObject({
      name: "AccessDenied",
    });
    await expect(s3.putObject({ Bucket: "acme-reports", Key: "x", Body: "x" })).rejects.toMatchObject({
      name: "AccessDenied",
    });
    await expect(s3.listBuckets({})).rejects.toMatchObject({ name: "AccessDenied" });
  });

  it("survives a restart of the vendor, with the same external ID", async () => {
    const { externalId } = await crossAccount.roleDocuments(integrationId);
    await store.close();
    store = await createSqliteStore({ path: join(folder, "vendor.db"), sealingKeys });
    crossAccount = openVendor();
    expect((await crossAccount.roleDocuments(integrationId)).externalId).toBe(externalId);
    const { Body } = await s3As("acme").getObject({ Bucket: "acme-reports", Key: "2026/q3.txt" });
    expect(await Body?.transformToString()).toBe("revenue: 42");
  });

  it("keeps its secrets: none is in the files, the events, the views or the errors", async () => {
    const { externalId } = await crossAccount.roleDocuments(integrationId);
    const session = await crossAccount.assumeCustomerRole("acme").credentials();
    const token = session.sessionToken ?? expect.fail("a role's session has a token");
    const secrets = [externalId, session.secretAccessKey, token];
    const key = Buffer.from(sealingKeys.current.key);
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
    for (const file of files) {
      for (const secret of secrets) expect(file.includes(secret)).toBe(false);
      for (const form of [key, key.toString("hex"), key.toString("base64")]) expect(file.includes(form)).toBe(false);
    }
    const errors = await Promise.all(
      [
        () => crossAccount.verifyIntegration({ integrationId, roleArn: `arn:aws:iam::${CUSTOMER}:role/none` }),
        () => crossAccount.assumeCustomerRole("nobody").credentials(),
        () => s3As("acme").getObject({ Bucket: "acme-salaries", Key: "all.txt" }),
        () =>
          createSqliteStore({
            path: join(folder, "vendor.db"),
            sealingKeys: { current: { id: "x", key: randomBytes(32) } },
          }),
      ].map((failing) => failing().catch((error: unknown) => error)),
    );
    const shown = inspect(
      [await store.listEvents({ limit: 1000 }), await crossAccount.listIntegrations({}), crossAccount, store, errors],
      { depth: 30, showHidden: true, maxArrayLength: null, maxStringLength: null },
    );
    for (const secret of [externalId, session.secretAccessKey, key.toString("hex")])
      expect(shown).not.toContain(secret);
    // The SDK's own error object holds the request that it made; ours never do.
    const ours = inspect([...errors.slice(0, 2), errors[3]], { depth: 30, showHidden: true });
    expect(ours).not.toContain(token);
  });

  it("ends: the next request is refused here, and the audit tells the whole story in order", async () => {
    const s3 = s3As("acme");
    await s3.getObject({ Bucket: "acme-reports", Key: "2026/q3.txt" });
    const { sessionsMayLiveUntil } = await crossAccount.revoke({ integrationId, reason: "contract ended" });
    expect(sessionsMayLiveUntil?.getTime()).toBeGreaterThan(Date.now());
    await expect(s3.getObject({ Bucket: "acme-reports", Key: "2026/q3.txt" })).rejects.toMatchObject({
      code: "integration_not_active",
    });
    const events = (await store.listEvents({ limit: 1000 })).map(({ event }) => event.type);
    expect(events.filter((type) => type.startsWith("integration."))).toEqual([
      "integration.created",
      "integration.verified",
      "integration.revoked",
    ]);
    const intents = events.filter((type) => type === "assume_role.intent").length;
    const outcomes = events.filter((type) => type === "assume_role.granted" || type === "assume_role.refused").length;
    expect(intents).toBe(outcomes);
    const { findings } = await verifyAudit({ path: join(folder, "vendor.db"), sealingKeys });
    expect(findings).toEqual([]);
  });
});
