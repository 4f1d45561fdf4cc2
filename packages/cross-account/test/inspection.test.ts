// Drift: what somebody changed about the role behind the template's back is named, whoever did it and however.
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { CUSTOMER, document, region, servicePrincipal, VENDOR } from "./vendor-world.js";
import { CloudFormation } from "@aws-sdk/client-cloudformation";
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

const inspect = () => world.crossAccount.inspectRole(integrationId);
const codes = async () => (await inspect()).findings.map(({ code }) => code);

async function policyArn(part: string): Promise<string> {
  const { AttachedPolicies = [] } = await world.iam().listAttachedRolePolicies({ RoleName });
  return AttachedPolicies.find(({ PolicyArn }) => PolicyArn?.includes(part))?.PolicyArn ?? "";
}

const everything = JSON.stringify(document({ Sid: "All", Effect: "Allow", Action: "*", Resource: "*" }));

describe("a role as its template made it", () => {
  it("is in sync, in both phases, and says which template and stack it is of", async () => {
    const { launch } = await world.crossAccount.getIntegration(integrationId);
    const before = await inspect();
    expect(before).toMatchObject({
      inSync: true,
      findings: [],
      setup: "attached",
      templateVersion: launch?.templateVersion,
    });
    expect(before.integration.inspection).toMatchObject({
      findings: 0,
      stackId: expect.stringContaining(`arn:aws:cloudformation:${region}:${CUSTOMER}:stack/${RoleName}/`),
    });
    await world.updateStack(RoleName, { SetupPhase: "false" });
    expect(await inspect()).toMatchObject({ inSync: true, findings: [], setup: "removed" });
  });

  it("is in sync when its stack was made with a link that was shown before the last one, and not with a later end", async () => {
    const { integrationId: second } = await world.crossAccount.createIntegration({
      customerId: "twice",
      declaredAccountId: CUSTOMER,
    });
    const first = await world.crossAccount.generateIntegrationUrl({ integrationId: second, region });
    world.clock.advance(60_000);
    await world.crossAccount.generateIntegrationUrl({ integrationId: second, region });
    await world.createStack(first);
    await world.crossAccount.verifyIntegration({ integrationId: second });
    expect(await world.crossAccount.inspectRole(second)).toMatchObject({ inSync: true, setup: "attached" });
    await world.updateStack(first.stackName, { SetupUntil: "2099-01-01T00:00:00Z" });
    const later = await world.crossAccount.inspectRole(second);
    expect(later.findings.map(({ code }) => code)).toContain("policy_changed");
  });

  it("is in sync when its stack was made in another region than the link said", async () => {
    const conditions = {
      StringEquals: { "aws:ResourceAccount": "${AWS::AccountId}", "aws:RequestedRegion": "${AWS::Region}" },
    };
    const regional = world.another({ template: { ...template, ongoing: [{ ...reading, conditions }] } });
    await regional.publishTemplate();
    const { integrationId: elsewhere } = await regional.createIntegration({
      customerId: "elsewhere",
      declaredAccountId: CUSTOMER,
    });
    const { url, stackName } = await regional.generateIntegrationUrl({ integrationId: elsewhere, region });
    const query = new URLSearchParams(url.split("?").at(-1));
    const there = new CloudFormation({
      endpoint: world.sandbox.endpoint,
      region: "us-west-2",
      credentials: world.sandbox.account(CUSTOMER).admin,
    });
    await there.createStack({
      StackName: stackName,
      TemplateURL: query.get("templateURL") ?? "",
      Parameters: [...query]
        .filter(([name]) => name.startsWith("param_"))
        .map(([name, ParameterValue]) => ({ ParameterKey: name.slice("param_".length), ParameterValue })),
      Capabilities: ["CAPABILITY_NAMED_IAM"],
    });
    await regional.verifyIntegration({ integrationId: elsewhere });
    expect(await regional.inspectRole(elsewhere)).toMatchObject({ inSync: true });
    expect((await regional.removeSetupPermissions(elsewhere)).script).toContain("--region us-west-2");
  });

  it("is not in sync when a policy of it was put back to the older version of the language", async () => {
    const PolicyArn = await policyArn("OngoingPolicy");
    const { Policy } = await world.iam().getPolicy({ PolicyArn });
    const { PolicyVersion } = await world
      .iam()
      .getPolicyVersion({ PolicyArn, VersionId: Policy?.DefaultVersionId ?? "" });
    const older = decodeURIComponent(PolicyVersion?.Document ?? "").replace("2012-10-17", "2008-10-17");
    await world.iam().createPolicyVersion({ PolicyArn, PolicyDocument: older, SetAsDefault: true });
    expect(await codes()).toEqual(["policy_changed"]);
  });

  it("is read with rights that can do nothing else", async () => {
    const before = world.sandbox.calls().length;
    await inspect();
    const calls = world.sandbox.calls().slice(before);
    expect(new Set(calls.map(({ action }) => action))).toEqual(
      new Set([
        "AssumeRole",
        "GetRole",
        "ListAttachedRolePolicies",
        "ListRolePolicies",
        "GetPolicy",
        "GetPolicyVersion",
      ]),
    );
    expect(calls.every(({ status }) => status === 200)).toBe(true);
    const events = await world.store.listEvents({ limit: 1000 });
    const intents = events.filter(
      ({ event }) => event.type === "assume_role.intent" && event.subject["purpose"] === "inspection",
    );
    expect(intents).toHaveLength(1);
  });
});

describe("a changed role", () => {
  it("with a policy of AWS's attached is named, and the policy with it", async () => {
    await world.iam().attachRolePolicy({ RoleName, PolicyArn: "arn:aws:iam::aws:policy/AdministratorAccess" });
    const { findings, inSync } = await inspect();
    expect(inSync).toBe(false);
    expect(findings).toEqual([
      { code: "foreign_policy_attached", text: "the policy arn:aws:iam::aws:policy/AdministratorAccess is attached" },
    ]);
    expect((await world.crossAccount.getIntegration(integrationId)).inspection?.findings).toBe(1);
  });

  it("with a policy of the customer's own, or one written into it, is named", async () => {
    const { Policy } = await world.iam().createPolicy({ PolicyName: "extra", PolicyDocument: everything });
    await world.iam().attachRolePolicy({ RoleName, PolicyArn: Policy?.Arn ?? "" });
    await world.iam().putRolePolicy({ RoleName, PolicyName: "inline", PolicyDocument: everything });
    expect((await codes()).sort()).toEqual(["foreign_policy_attached", "inline_policy_added"]);
  });

  it("with a policy that hides under the vendor's path is named", async () => {
    const { Policy } = await world
      .iam()
      .createPolicy({ PolicyName: "sneaky", Path: "/Acme/", PolicyDocument: everything });
    await world.iam().attachRolePolicy({ RoleName, PolicyArn: Policy?.Arn ?? "" });
    const { findings } = await inspect();
    expect(findings).toEqual([
      { code: "policy_added", text: expect.stringMatching(/policy\/Acme\/sneaky is attached/) },
    ]);
  });

  it("whose policy got a new version is named with the statement that differs", async () => {
    const PolicyArn = await policyArn("OngoingPolicy");
    const { Policy } = await world.iam().getPolicy({ PolicyArn });
    const VersionId = Policy?.DefaultVersionId ?? "";
    const { PolicyVersion } = await world.iam().getPolicyVersion({ PolicyArn, VersionId });
    const widened = decodeURIComponent(PolicyVersion?.Document ?? "").replace(
      '"s3:GetObject"',
      '"s3:GetObject","s3:PutObject"',
    );
    await world.iam().createPolicyVersion({ PolicyArn, PolicyDocument: widened, SetAsDefault: true });
    const { findings } = await inspect();
    expect(findings).toEqual([{ code: "policy_changed", text: expect.stringMatching(/differs in ReadReports$/) }]);
  });

  it("that lost a policy cannot hide it", async () => {
    // The role reads itself by the policy that was taken away: then it cannot be read, and that is said.
    await world.iam().detachRolePolicy({ RoleName, PolicyArn: await policyArn("OngoingPolicy") });
    await expect(inspect()).rejects.toMatchObject({
      code: "role_unreadable",
      message: expect.stringContaining("AccessDenied"),
    });
  });

  it("whose sessions may last longer is named", async () => {
    await world.iam().updateRole({ RoleName, MaxSessionDuration: 43_200 });
    expect(await codes()).toEqual(["session_duration_changed"]);
  });

  const enter = (more: object) => ({
    Effect: "Allow",
    Principal: { AWS: `arn:aws:iam::${VENDOR}:root` },
    Action: "sts:AssumeRole",
    ...more,
  });
  const narrowed = { ArnEquals: { "aws:PrincipalArn": servicePrincipal } };

  it.each<readonly [string, (externalId: string) => object, string]>([
    ["another account", () => ({ ...enter({}), Principal: { AWS: "333333333333" } }), "the account 333333333333"],
    ["everybody", () => ({ ...enter({}), Principal: { AWS: "*" } }), "other accounts than the vendor's"],
    [
      "any external ID",
      () => enter({ Condition: { ...narrowed, StringLike: { "sts:ExternalId": "*" } } }),
      "the vendor with other external IDs",
    ],
    [
      "an external ID only if there is one",
      (id) => enter({ Condition: { ...narrowed, StringEqualsIfExists: { "sts:ExternalId": id } } }),
      "the vendor without an external ID",
    ],
    [
      "every principal of the vendor's",
      (id) => enter({ Condition: { StringEquals: { "sts:ExternalId": id } } }),
      "other principals of the vendor's",
    ],
    [
      "IDs like the right one",
      (id) =>
        enter({ Condition: { ...narrowed, StringLike: { "sts:ExternalId": `${id.slice(0, 8)}*${id.slice(-8)}` } } }),
      "the vendor with other external IDs",
    ],
  ])("whose trust policy lets in %s as well is named with who gets in", async (_, second, words) => {
    const { trustPolicy, externalId } = await world.crossAccount.roleDocuments(integrationId);
    const changed = { ...trustPolicy, Statement: [...trustPolicy.Statement, second(externalId)] };
    await world.iam().updateAssumeRolePolicy({ RoleName, PolicyDocument: JSON.stringify(changed) });
    const { findings } = await inspect();
    expect(new Set(findings.map(({ code }) => code))).toEqual(new Set(["trust_widened"]));
    expect(findings.map(({ text }) => text)).toContain(`the trust policy lets in ${words}`);
  });

  it("whose trust policy is narrower is named, and not called wider", async () => {
    const { trustPolicy } = await world.crossAccount.roleDocuments(integrationId);
    const [first] = trustPolicy.Statement;
    const narrower = { ...trustPolicy, Statement: [first] };
    await world.iam().updateAssumeRolePolicy({ RoleName, PolicyDocument: JSON.stringify(narrower) });
    expect(await codes()).toEqual(["trust_changed"]);
  });

  it("that says it is of another template is compared with that, and nothing is believed", async () => {
    await world.iam().tagRole({ RoleName, Tags: [{ Key: "daypass:template-version", Value: "0000000000000000" }] });
    await expect(inspect()).rejects.toMatchObject({ code: "template_not_found" });
  });

  it("of the same name, made again, is named", async () => {
    const { Role } = await world.iam().getRole({ RoleName });
    await world.cloudFormation().deleteStack({ StackName: RoleName });
    const launched = await world.store.get(integrationId);
    expect(launched?.role?.roleUniqueId).toBe(Role?.RoleId);
    const later = world.another();
    await later.publishTemplate();
    await later.revoke({
      integrationId: (await later.createIntegration({ customerId: "unused", declaredAccountId: null })).integrationId,
      reason: "unused",
    });
    await expect(inspect()).rejects.toMatchObject({ code: "role_unreadable" });
  });
});

describe("an integration without a role", () => {
  it("has nothing to read, and neither has a revoked one", async () => {
    const pending = await world.crossAccount.createIntegration({ customerId: "pending", declaredAccountId: CUSTOMER });
    await expect(world.crossAccount.inspectRole(pending.integrationId)).rejects.toMatchObject({
      code: "integration_not_active",
    });
    await world.crossAccount.revoke({ integrationId, reason: "over" });
    await expect(inspect()).rejects.toMatchObject({ code: "integration_not_active" });
  });
});
