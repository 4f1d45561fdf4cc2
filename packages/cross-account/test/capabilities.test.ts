// What the role can do, tried with real calls: reported with the proof, and never part of it.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CreateBucketCommand, GetObjectCommand, ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import type { CapabilityAccess, CapabilityCheck } from "@daypass/cross-account";
import { CUSTOMER, document, openVendorWorld, region, type VendorWorld } from "./vendor-world.js";

const s3 = (access: CapabilityAccess) => new S3Client({ ...access, forcePathStyle: true, maxAttempts: 1 });
const list: CapabilityCheck = {
  name: "lists buckets",
  expect: "allowed",
  run: (access) => s3(access).send(new ListBucketsCommand({})),
};
const read: CapabilityCheck = {
  name: "cannot read secrets",
  expect: "denied",
  run: (access) => s3(access).send(new GetObjectCommand({ Bucket: "secrets", Key: "all" })),
};

let world: VendorWorld;
let integrationId = "";
let RoleName = "";
beforeEach(async () => {
  world = await openVendorWorld();
  ({ integrationId } = await world.crossAccount.createIntegration({ customerId: "acme", declaredAccountId: CUSTOMER }));
  const roleArn = await world.createRole(integrationId);
  const s3 = new S3Client({
    endpoint: world.sandbox.endpoint,
    region,
    credentials: world.sandbox.account(CUSTOMER).admin,
    forcePathStyle: true,
  });
  await s3.send(
    new CreateBucketCommand({ Bucket: "secrets", CreateBucketConfiguration: { LocationConstraint: region } }),
  );
  RoleName = roleArn.slice(roleArn.lastIndexOf("/") + 1);
});
afterEach(() => world.sandbox.stop());

const verifyWith = (...capabilityChecks: readonly CapabilityCheck[]) =>
  world.another({ capabilityChecks }).verifyIntegration({ integrationId });

const grant = () =>
  world.iam().putRolePolicy({
    RoleName,
    PolicyName: "work",
    PolicyDocument: JSON.stringify(document({ Effect: "Allow", Action: "s3:ListAllMyBuckets", Resource: "*" })),
  });

describe("capability checks", () => {
  it("report calls that work and calls that are denied, in their order", async () => {
    await grant();
    const { integration, verification } = await verifyWith(list, read);
    expect(integration.state).toBe("active");
    expect(verification.capabilities).toMatchObject([
      { name: "lists buckets", expected: "allowed", answer: "allowed", code: null },
      { name: "cannot read secrets", expected: "denied", answer: "denied", code: "AccessDenied" },
    ]);
    expect((await world.crossAccount.getIntegration(integrationId)).verification?.capabilities).toHaveLength(2);
  });

  it("that come out otherwise are reported, and keep nobody from being active: trust is another question", async () => {
    const { integration, verification } = await verifyWith(list);
    expect(integration.state).toBe("active");
    expect(verification.capabilities).toMatchObject([{ expected: "allowed", answer: "denied" }]);
  });

  it("are made once more after the propagation time when new rights may not have spread", async () => {
    // Two waits: one of the probes, one of the checks.
    world.meanwhile.push(async () => undefined, grant);
    const { verification } = await verifyWith(list);
    expect(verification.capabilities).toMatchObject([{ answer: "allowed" }]);
  });

  it("never say denied for an outage, a broken check or one that hangs on", async () => {
    world.sandbox.fault({
      service: "s3",
      action: "ListBuckets",
      status: 503,
      code: "SlowDown",
      message: "later",
      times: 5,
    });
    const broken: CapabilityCheck = {
      name: "broken",
      expect: "denied",
      run: async () => {
        throw new TypeError("planted secret in a message");
      },
    };
    const { verification } = await verifyWith(list, broken);
    expect(verification.capabilities).toMatchObject([
      { answer: "unknown", code: "SlowDown" },
      { answer: "unknown", code: "TypeError" },
    ]);
    expect(JSON.stringify(await world.store.get(integrationId))).not.toContain("planted");
  });

  it("are not run for a role that was not proven", async () => {
    let ran = 0;
    const counted = { ...list, run: async () => ran++ };
    await world.iam().updateAssumeRolePolicy({
      RoleName,
      PolicyDocument: JSON.stringify(
        document({ Effect: "Allow", Principal: { AWS: "arn:aws:iam::111111111111:root" }, Action: "sts:AssumeRole" }),
      ),
    });
    const { verification } = await verifyWith(counted);
    expect(verification).toMatchObject({ outcome: "refused", capabilities: [] });
    expect(ran).toBe(0);
  });

  it("have names of their own", () => {
    expect(() => world.another({ capabilityChecks: [list, list] })).toThrow(
      expect.objectContaining({ code: "invalid_option" }),
    );
  });
});
