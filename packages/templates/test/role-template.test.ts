// The role's template, deployed: who gets in, what the role may do, and what a forged link cannot change.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { evaluate, parsePolicy, type RequestPrincipal } from "@daypass/policy";
import {
  createRoleTemplate,
  createVendorPolicy,
  renderJson,
  renderPolicyDocuments,
  renderYaml,
} from "@daypass/templates";
import { CUSTOMER, externalId, openDeployWorld, parameters, serviceRole, suffix, VENDOR } from "./deploy-world.js";
import type { DeployWorld } from "./deploy-world.js";
import { describeRole, readReports } from "./describe-role.js";

let world: DeployWorld;
beforeAll(async () => {
  world = await openDeployWorld();
});
afterAll(() => world.sandbox.stop());

const body = renderJson(createRoleTemplate(describeRole()));

describe("the role's template", () => {
  it("makes what renderPolicyDocuments says, from JSON and from YAML alike", async () => {
    const description = describeRole();
    const rendered = renderPolicyDocuments(description, {
      accountId: CUSTOMER,
      region: "eu-west-1",
      integrationSuffix: suffix,
      externalId,
      setupPhase: true,
      setupUntil: parameters.SetupUntil,
    });
    for (const text of [body, renderYaml(createRoleTemplate(description))]) {
      expect(await world.deploy("alike", text, parameters)).toBe("CREATE_COMPLETE");
      const role = await world.readRole(rendered.roleName);
      expect(JSON.parse(role.trust)).toEqual(rendered.trustPolicy);
      const documents: unknown[] = role.policies.map((policy) => JSON.parse(policy) as unknown);
      expect(documents).toEqual(expect.arrayContaining(rendered.policies.map(({ document }) => document)));
      expect(documents).toHaveLength(rendered.policies.length);
      const { Role } = await world.iam.getRole({ RoleName: rendered.roleName });
      expect(Role).toMatchObject({
        Arn: rendered.roleArn,
        Description: rendered.description,
        MaxSessionDuration: 3600,
      });
      expect(Role?.Tags).toEqual(
        expect.arrayContaining(Object.entries(rendered.tags).map(([Key, Value]) => ({ Key, Value }))),
      );
      expect((await world.outputs("alike"))["RoleArn"]).toBe(rendered.roleArn);
      await world.remove("alike");
    }
  });

  it("says the same in YAML as in JSON", () => {
    const template = createRoleTemplate(describeRole());
    expect(parse(renderYaml(template), { version: "1.1" })).toEqual(JSON.parse(renderJson(template)));
  });

  it("lets in the vendor's principal with the external ID, and nobody else", () => {
    const { trustPolicy, roleArn } = rendered();
    const enter = (principal: RequestPrincipal, id: string | undefined, action = "sts:AssumeRole") =>
      evaluate(
        {
          principal,
          action,
          resource: roleArn,
          resourceAccount: CUSTOMER,
          context: id === undefined ? {} : { "sts:ExternalId": id },
        },
        {
          identity: [
            { name: "vendor", policy: parsePolicy(JSON.stringify(createVendorPolicy(describeRole())), "identity") },
          ],
          resource: { name: "trust", policy: parsePolicy(JSON.stringify(trustPolicy), "trust") },
        },
      ).allowed;
    const service = session(serviceRole);
    expect(enter(service, externalId)).toBe(true);
    expect(enter(service, undefined)).toBe(false);
    expect(enter(service, `${externalId}0`)).toBe(false);
    expect(enter(session(`arn:aws:iam::${VENDOR}:role/another`), externalId)).toBe(false);
    expect(enter(session("arn:aws:iam::999999999999:role/acme-service"), externalId)).toBe(false);
    expect(enter(service, undefined, "sts:TagSession")).toBe(true);
    expect(enter(session(`arn:aws:iam::${VENDOR}:role/another`), undefined, "sts:TagSession")).toBe(false);
  });

  it("accepts two external IDs while one replaces the other, and one afterwards", async () => {
    const next = "NextExternalIdOfThirtyTwo0123456";
    await world.deploy("rotating", body, parameters);
    await world.update("rotating", body, { ...parameters, NextExternalId: next });
    expect((await world.readRole(`Acme-${suffix}`)).trust).toContain(`["${externalId}","${next}"]`);
    await world.update("rotating", body, { ...parameters, ExternalId: next });
    const { trust } = await world.readRole(`Acme-${suffix}`);
    expect(trust).toContain(`"sts:ExternalId":"${next}"`);
    expect(trust).not.toContain(externalId);
    await world.remove("rotating");
  });

  it("takes the setup policy away with SetupPhase=false, and lets it end by itself at SetupUntil", async () => {
    await world.deploy("phases", body, parameters);
    const setup =
      (await world.readRole(`Acme-${suffix}`)).policies.find((policy) => policy.includes("MakeBucket")) ?? "";
    const mayMake = (policy: string, time: string) =>
      evaluate(
        {
          principal: session(rendered().roleArn),
          action: "s3:CreateBucket",
          resource: `arn:aws:s3:::reports-${CUSTOMER}`,
          resourceAccount: CUSTOMER,
          context: { "aws:CurrentTime": time },
        },
        { identity: [{ name: "setup", policy: parsePolicy(policy, "identity") }] },
      ).allowed;
    expect(mayMake(setup, "2031-01-31T11:59:59Z")).toBe(true);
    expect(mayMake(setup, "2031-01-31T12:00:00Z")).toBe(false);
    await world.update("phases", body, { ...parameters, SetupPhase: "false" });
    expect((await world.readRole(`Acme-${suffix}`)).policies.join("")).not.toContain("MakeBucket");
    await world.remove("phases");
  });

  it("cannot be turned to another vendor or to more rights by any parameter", async () => {
    const { Parameters } = createRoleTemplate(describeRole());
    expect(Object.keys(Parameters).sort()).toEqual(
      ["ExpectedAccount", "ExternalId", "IntegrationSuffix", "NextExternalId", "SetupPhase", "SetupUntil"].sort(),
    );
    for (const forged of [
      { ExternalId: "*" },
      { ExternalId: "short" },
      { ExternalId: "" },
      { NextExternalId: "*" },
      { NextExternalId: "a*" },
      { IntegrationSuffix: "../../admin" },
      { IntegrationSuffix: "ABCDEF012345" },
      { SetupPhase: "forever" },
      { SetupUntil: "9999-12-31T23:59:59Z" },
      { SetupUntil: "" },
      { ExpectedAccount: "everybody" },
    ]) {
      const made = world.deploy("forged", body, { ...parameters, ...forged });
      await expect(made, JSON.stringify(forged)).rejects.toMatchObject({ name: "ValidationError" });
    }
  });

  it("is refused in another account than the customer declared", async () => {
    const elsewhere = world.deploy("elsewhere", body, { ...parameters, ExpectedAccount: "333333333333" });
    await expect(elsewhere).rejects.toMatchObject({ name: "ValidationError" });
    expect(await world.deploy("here", body, { ...parameters, ExpectedAccount: CUSTOMER })).toBe("CREATE_COMPLETE");
    await world.remove("here");
  });

  it("fits several times into one account", async () => {
    const other = { ...parameters, IntegrationSuffix: "zzzzzz999999", ExternalId: externalId.replace("P", "Q") };
    expect(await world.deploy("first", body, parameters)).toBe("CREATE_COMPLETE");
    expect(await world.deploy("second", body, other)).toBe("CREATE_COMPLETE");
    await world.remove("first");
    await world.remove("second");
  });

  it("offers a permissions boundary when the vendor does, and applies the customer's", async () => {
    const bounded = renderJson(createRoleTemplate(describeRole({ permissionsBoundary: "parameter" })));
    const limit = { Version: "2012-10-17", Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }] };
    const made = await world.iam.createPolicy({ PolicyName: "limit", PolicyDocument: JSON.stringify(limit) });
    const PermissionsBoundaryArn = made.Policy?.Arn ?? "";
    expect(await world.deploy("bounded", bounded, { ...parameters, PermissionsBoundaryArn })).toBe("CREATE_COMPLETE");
    const { Role } = await world.iam.getRole({ RoleName: `Acme-${suffix}` });
    expect(Role?.PermissionsBoundary?.PermissionsBoundaryArn).toBe(PermissionsBoundaryArn);
    await world.remove("bounded");
  });

  it("keeps IAM's own variables beside placeholders of the template", async () => {
    const mixed = "arn:${AWS::Partition}:s3:::reports-${AWS::AccountId}/${aws:PrincipalTag/team}/${*}";
    const template = createRoleTemplate(describeRole({ ongoing: [{ ...readReports, resources: [mixed] }], setup: [] }));
    expect(await world.deploy("mixed", renderJson(template), parameters)).toBe("CREATE_COMPLETE");
    const { policies } = await world.readRole(`Acme-${suffix}`);
    expect(policies.join("")).toContain(`"arn:aws:s3:::reports-${CUSTOMER}/\${aws:PrincipalTag/team}/\${*}"`);
    await world.remove("mixed");
  });

  it("hides no parameter, as a quick-create link could not fill it in", () => {
    expect(body).not.toContain("NoEcho");
  });

  it("has no setup parameters and no setup policy without setup rights", () => {
    const { Parameters, Resources, Conditions } = createRoleTemplate(describeRole({ setup: [] }));
    expect(Object.keys(Parameters)).not.toContain("SetupPhase");
    expect(Object.keys(Resources)).toEqual(["Role", "OngoingPolicy"]);
    expect(Object.keys(Conditions ?? {})).toEqual(["AcceptsNextExternalId"]);
  });
});

describe("what the role may never do", () => {
  it.each([
    ["iam:AttachRolePolicy", "role"],
    ["iam:PutRolePolicy", "role"],
    ["iam:UpdateAssumeRolePolicy", "role"],
    ["iam:DeleteRolePermissionsBoundary", "role"],
    ["iam:PassRole", "role"],
    ["iam:CreatePolicyVersion", "policy"],
    ["iam:SetDefaultPolicyVersion", "policy"],
  ] as const)("give itself more by %s, even if a statement of the vendor's allowed it", (action, kind) => {
    const wild = { ...readReports, sid: "Wild", actions: ["iam:*"], resources: ["*"], conditions: undefined };
    const accept = [
      "wildcard_action",
      "wildcard_resource",
      "self_escalation",
      "escalation_path",
      "setup_rights_ongoing",
      "canary_granted",
    ];
    const { conditions, ...statement } = wild;
    expect(conditions).toBeUndefined();
    const description = describeRole({
      ongoing: [statement],
      accept: accept.map((code) => ({
        code: code as "wildcard_action",
        sid: "Wild",
        reason: "to show that it is denied",
      })),
    });
    const role = renderPolicyDocuments(description, renderedParameters);
    const resource = kind === "role" ? role.roleArn : `arn:aws:iam::${CUSTOMER}:policy/acme/stack-OngoingPolicy-1234`;
    const identity = role.policies.map(({ name, document }) => ({
      name,
      policy: parsePolicy(JSON.stringify(document), "identity"),
    }));
    const ask = { principal: session(role.roleArn), action, resource, resourceAccount: CUSTOMER };
    expect(evaluate(ask, { identity })).toMatchObject({ allowed: false, outcome: "explicit-deny" });
  });
});

const renderedParameters = {
  accountId: CUSTOMER,
  region: "eu-west-1",
  integrationSuffix: suffix,
  externalId,
  setupPhase: true,
  setupUntil: parameters.SetupUntil,
} as const;

function rendered() {
  return renderPolicyDocuments(describeRole(), renderedParameters);
}

function session(roleArn: string): RequestPrincipal {
  const accountId = roleArn.split(":")[4] ?? "";
  const name = roleArn.slice(roleArn.lastIndexOf("/") + 1);
  return {
    type: "role-session",
    roleArn,
    roleUniqueId: "AROAEXAMPLE",
    accountId,
    sessionArn: `arn:aws:sts::${accountId}:assumed-role/${name}/test`,
    sessionName: "test",
  };
}
