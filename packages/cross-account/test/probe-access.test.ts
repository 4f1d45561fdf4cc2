// Whether access is still possible: said truthfully, also when the answer is that nobody knows.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CUSTOMER, openVendorWorld, VENDOR, type VendorWorld } from "./vendor-world.js";

let world: VendorWorld;
beforeEach(async () => {
  world = await openVendorWorld();
});
afterEach(() => world.sandbox.stop());

const nameOf = (roleArn: string) => roleArn.slice(roleArn.lastIndexOf("/") + 1);

describe("after an integration was revoked", () => {
  it("access is possible while the role stands, and gone when it was deleted", async () => {
    const { integrationId, roleArn } = await world.activeIntegration();
    const { customerScript } = await world.crossAccount.revoke({ integrationId, reason: "over" });
    expect(customerScript).toContain(nameOf(roleArn));
    expect(await world.crossAccount.probeAccess(integrationId)).toMatchObject({ access: "possible", roleArn });
    await world.iam().deleteRole({ RoleName: nameOf(roleArn) });
    world.waits.length = 0;
    expect(await world.crossAccount.probeAccess(integrationId)).toMatchObject({ access: "gone" });
    expect(world.waits).toEqual([60_000]);
  });

  it("every answer is in the audit", async () => {
    const { integrationId } = await world.activeIntegration();
    await world.crossAccount.revoke({ integrationId, reason: "over" });
    await world.crossAccount.probeAccess(integrationId);
    const events = await world.store.listEvents({ limit: 1000 });
    const probed = events.map(({ event }) => event).filter(({ type }) => type === "integration.access_probed");
    expect(probed).toMatchObject([{ integrationId, reason: expect.stringContaining("possible:") }]);
  });

  it("nothing is said to be gone while our own side is denied", async () => {
    const { integrationId, roleArn } = await world.activeIntegration();
    await world.crossAccount.revoke({ integrationId, reason: "over" });
    await world.iam().deleteRole({ RoleName: nameOf(roleArn) });
    await world.iam(VENDOR).deleteUserPolicy({ UserName: "service", PolicyName: "assume" });
    expect(await world.crossAccount.probeAccess(integrationId)).toMatchObject({ access: "unknown" });
  });

  it("nothing is said to be gone after one refusal, or without a canary, or during an outage", async () => {
    const { integrationId, roleArn } = await world.activeIntegration();
    await world.crossAccount.revoke({ integrationId, reason: "over" });
    const noCanary = world.another({ canaryRoleArn: null });
    const { Role } = await world.iam().getRole({ RoleName: nameOf(roleArn) });
    await world.iam().deleteRole({ RoleName: nameOf(roleArn) });
    expect(await noCanary.probeAccess(integrationId)).toMatchObject({ access: "unknown" });
    world.meanwhile.push(() =>
      world.iam().createRole({
        RoleName: nameOf(roleArn),
        Path: Role?.Path ?? "/",
        AssumeRolePolicyDocument: decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ""),
      }),
    );
    expect(await world.crossAccount.probeAccess(integrationId)).toMatchObject({ access: "possible" });
    world.sandbox.fault({
      service: "sts",
      action: "AssumeRole",
      status: 503,
      code: "ServiceUnavailable",
      message: "try later",
      times: 2,
    });
    expect(await world.crossAccount.probeAccess(integrationId)).toMatchObject({ access: "unknown" });
  });

  it("nothing is known of a role that was never named", async () => {
    const { integrationId } = await world.crossAccount.createIntegration({
      customerId: "new",
      declaredAccountId: CUSTOMER,
    });
    await world.crossAccount.revoke({ integrationId, reason: "never came" });
    expect(await world.crossAccount.probeAccess(integrationId)).toMatchObject({ access: "unknown", roleArn: null });
  });
});
