// Setup rights: they end, and that they ended is proven or not claimed.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { document } from "./vendor-world.js";
import { openTemplateWorld, reading, template, type TemplateWorld } from "./template-world.js";

let world: TemplateWorld;
let integrationId = "";
let RoleName = "";
beforeEach(async () => {
  world = await openTemplateWorld();
  await world.makeBucket();
  await world.crossAccount.publishTemplate();
  const linked = await world.linkedIntegration();
  integrationId = linked.integrationId;
  RoleName = linked.launch.stackName;
});
afterEach(() => world.sandbox.stop());

const prove = () => world.crossAccount.verifySetupRemoved(integrationId);
const removed = async () => (await world.crossAccount.getIntegration(integrationId)).setup?.removed;
const endSetup = () => world.updateStack(RoleName, { SetupPhase: "false" });

describe("removing setup rights", () => {
  it("comes with steps and a script that keep every other parameter", async () => {
    const { script, steps, until } = await world.crossAccount.removeSetupPermissions(integrationId);
    expect(script).toContain("--use-previous-template");
    expect(script).toContain("--capabilities CAPABILITY_NAMED_IAM");
    const { Stacks: [stack] = [] } = await world.cloudFormation().describeStacks({ StackName: RoleName });
    const others = (stack?.Parameters ?? [])
      .map(({ ParameterKey }) => ParameterKey)
      .filter((name) => name !== "SetupPhase");
    expect(others.length).toBeGreaterThan(3);
    for (const name of others) expect(script).toContain(`ParameterKey=${name},UsePreviousValue=true`);
    expect(script).toContain("ParameterKey=SetupPhase,ParameterValue=false");
    expect(steps.join(" ")).toContain(RoleName);
    expect(until.getTime()).toBeGreaterThan(world.clock.now());
  });

  it("links to the stack once the role has named it", async () => {
    expect((await world.crossAccount.removeSetupPermissions(integrationId)).url).toBeNull();
    await world.crossAccount.inspectRole(integrationId);
    expect((await world.crossAccount.removeSetupPermissions(integrationId)).url).toContain(
      "#/stacks/stackinfo?stackId=arn%3A",
    );
  });

  it("is not asked of an integration that has none, and not of a revoked one", async () => {
    const pending = await world.crossAccount.createIntegration({ customerId: "none", declaredAccountId: null });
    const call = world.crossAccount.removeSetupPermissions(pending.integrationId);
    await expect(call).rejects.toMatchObject({ code: "invalid_option" });
    await world.crossAccount.revoke({ integrationId, reason: "over" });
    await expect(prove()).rejects.toMatchObject({ code: "integration_not_active" });
  });
});

describe("the proof", () => {
  it("is made of the role's own policies and of a call denied twice, the second time after the propagation time", async () => {
    await endSetup();
    world.waits.length = 0;
    const proof = await prove();
    expect(proof).toMatchObject({ outcome: "removed", reasons: [], canary: ["denied", "denied"] });
    expect(world.waits).toEqual([60_000]);
    expect(await removed()).toEqual(proof.checked);
  });

  it("is not made while the policy is attached, and names the right", async () => {
    const proof = await prove();
    expect(proof.outcome).toBe("present");
    expect(proof.reasons).toContain("s3:CreateBucket is still allowed (MakeBucket)");
    expect(proof.canary).toEqual(["allowed"]);
    expect(await removed()).toBeNull();
  });

  it("is not made when the rights only ran out: the policy is still there", async () => {
    world.clock.advance(8 * 86_400_000);
    const proof = await prove();
    expect(proof).toMatchObject({ outcome: "present", canary: ["denied"] });
    expect(await removed()).toBeNull();
  });

  it("is not made when another policy grants the same", async () => {
    await endSetup();
    const PolicyDocument = JSON.stringify(document({ Effect: "Allow", Action: "s3:Create*", Resource: "*" }));
    await world.iam().putRolePolicy({ RoleName, PolicyName: "again", PolicyDocument });
    expect(await prove()).toMatchObject({ outcome: "present" });
  });

  it("is not made when a policy is attached that cannot be read", async () => {
    await endSetup();
    await world.iam().attachRolePolicy({ RoleName, PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" });
    const proof = await prove();
    // AdministratorAccess lets the canary through; a policy that does not is still unknown.
    expect(["present", "undecided"]).toContain(proof.outcome);
    await world.iam().detachRolePolicy({ RoleName, PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" });
    const PolicyDocument = JSON.stringify(document({ Effect: "Allow", Action: "s3:CreateBucket", Resource: "*" }));
    const { Policy } = await world.iam().createPolicy({ PolicyName: "foreign", PolicyDocument });
    await world.iam().attachRolePolicy({ RoleName, PolicyArn: Policy?.Arn ?? "" });
    expect(await prove()).toMatchObject({ outcome: "undecided", canary: ["denied"] });
    expect(await removed()).toBeNull();
  });

  it("is not made when the rights come back before the second look", async () => {
    await endSetup();
    world.meanwhile.push(() => world.updateStack(RoleName, { SetupPhase: "true" }));
    expect(await prove()).toMatchObject({ outcome: "present", canary: ["denied", "allowed"] });
    expect(await removed()).toBeNull();
  });

  it("is not made by a role that says it was made from a template without setup rights", async () => {
    const { setup, ...rest } = template;
    expect(setup).toHaveLength(1);
    const older = world.another({ template: { ...rest, setup: [] } });
    const { templateVersion } = await older.publishTemplate();
    await endSetup();
    const PolicyDocument = JSON.stringify(document({ Effect: "Allow", Action: "s3:CreateBucket", Resource: "*" }));
    const { Policy } = await world.iam().createPolicy({ PolicyName: "left", Path: "/Acme/", PolicyDocument });
    await world.iam().attachRolePolicy({ RoleName, PolicyArn: Policy?.Arn ?? "" });
    await world.iam().tagRole({ RoleName, Tags: [{ Key: "daypass:template-version", Value: templateVersion }] });
    expect(await prove()).toMatchObject({ outcome: "present" });
  });

  it("is not made while a policy is there that no template made, whatever it seems to grant", async () => {
    await endSetup();
    const PolicyDocument = JSON.stringify(document({ Effect: "Allow", NotAction: ["s3:*", "iam:*"], Resource: "*" }));
    await world.iam().putRolePolicy({ RoleName, PolicyName: "odd", PolicyDocument });
    const proof = await prove();
    expect(proof).toMatchObject({ outcome: "undecided", canary: ["denied"] });
    expect(await removed()).toBeNull();
  });

  it("does not count rights that the ongoing policies grant as well", async () => {
    const same = { ...template, setup: [...template.setup, { ...reading, sid: "ReadToo" }] };
    const world2 = await openTemplateWorld({ template: same });
    try {
      await world2.makeBucket();
      await world2.crossAccount.publishTemplate();
      const linked = await world2.linkedIntegration();
      await world2.updateStack(linked.launch.stackName, { SetupPhase: "false" });
      expect(await world2.crossAccount.verifySetupRemoved(linked.integrationId)).toMatchObject({ outcome: "removed" });
    } finally {
      await world2.sandbox.stop();
    }
  });
});

describe("setup rights whose time is over", () => {
  it("are reported until their removal is proven", async () => {
    expect(await world.crossAccount.listOverdueSetups()).toEqual([]);
    world.clock.advance(7 * 86_400_000 + 60_000);
    const [overdue, ...others] = await world.crossAccount.listOverdueSetups();
    expect(others).toEqual([]);
    expect(overdue).toMatchObject({ integrationId, customerId: "acme", state: "active" });
    expect(overdue?.overdueSeconds).toBeGreaterThanOrEqual(59);
    await endSetup();
    await prove();
    expect(await world.crossAccount.listOverdueSetups()).toEqual([]);
  });
});
