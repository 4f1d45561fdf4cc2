import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clientsOf, CUSTOMER, policy, refusalLine, statements, trust } from "./iam-clients.js";

const ACCOUNT = `arn:aws:iam::${CUSTOMER}`;
const ADMIN_POLICY = "arn:aws:iam::aws:policy/AdministratorAccess";
const BOUNDARY = `${ACCOUNT}:policy/developer-boundary`;
const denied = (
  user: string,
  action: string,
  resource: string,
  because = "because no identity-based policy allows the",
) =>
  `403 AccessDenied User: ${ACCOUNT}:user/${user} is not authorized to perform: iam:${action} on resource: ${resource} ${because}${because.endsWith(" the") ? ` iam:${action} action` : ""}`;

let sandbox: Sandbox;
let clients: ReturnType<typeof clientsOf>;
const iamAs = async (name: string, document?: string, extra: { PermissionsBoundary?: string } = {}) =>
  clients.iam(await clients.userWith(name, document, extra));

beforeAll(async () => {
  sandbox = await startSandbox();
  clients = clientsOf(sandbox);
  const admin = clients.iam();
  await admin.createPolicy({
    PolicyName: "developer-boundary",
    PolicyDocument: statements({ Effect: "Allow", Action: ["s3:*", "iam:*"], Resource: "*" }),
  });
  await admin.createUser({ UserName: "target", Path: "/team/" });
  await admin.createRole({ RoleName: "target", Path: "/team/", AssumeRolePolicyDocument: trust() });
});
afterAll(() => sandbox.stop());

describe("permissions boundaries", () => {
  it("a boundary keeps an administrator policy within its limits", async () => {
    const iam = await iamAs("bounded", policy("*"), { PermissionsBoundary: BOUNDARY });
    await iam.getUser({});
    await clients.iam().putUserPermissionsBoundary({
      UserName: "bounded",
      PermissionsBoundary: (await clients.iam().createPolicy({ PolicyName: "s3-only", PolicyDocument: policy("s3:*") }))
        .Policy?.Arn,
    });
    expect(await refusalLine(iam.getUser({}))).toBe(
      denied("bounded", "GetUser", "user bounded", "because no permissions boundary allows the"),
    );
  });

  it("a delegated administrator can make users with the boundary only, and cannot take it off", async () => {
    const withBoundary = { StringEquals: { "iam:PermissionsBoundary": BOUNDARY } };
    const delegated = await iamAs(
      "delegated",
      statements(
        {
          Effect: "Allow",
          Action: [
            "iam:CreateUser",
            "iam:CreateRole",
            "iam:PutUserPermissionsBoundary",
            "iam:AttachUserPolicy",
            "iam:DetachUserPolicy",
            "iam:PutUserPolicy",
            "iam:DeleteUserPolicy",
            "iam:PutRolePolicy",
            "iam:AttachRolePolicy",
            "iam:UpdateAssumeRolePolicy",
          ],
          Resource: "*",
          Condition: withBoundary,
        },
        { Effect: "Allow", Action: ["iam:CreateAccessKey", "iam:DeleteUserPermissionsBoundary"], Resource: "*" },
        { Effect: "Deny", Action: "iam:DeleteUserPermissionsBoundary", Resource: "*", Condition: withBoundary },
      ),
    );
    const refused = async (action: string, resource: string, call: Promise<unknown>) =>
      expect(await refusalLine(call)).toBe(denied("delegated", action, resource));

    await refused("CreateUser", `${ACCOUNT}:user/free`, delegated.createUser({ UserName: "free" }));
    await refused(
      "CreateUser",
      `${ACCOUNT}:user/free`,
      delegated.createUser({ UserName: "free", PermissionsBoundary: ADMIN_POLICY }),
    );
    await refused(
      "CreateRole",
      `${ACCOUNT}:role/free`,
      delegated.createRole({ RoleName: "free", AssumeRolePolicyDocument: trust() }),
    );
    await delegated.createUser({ UserName: "made", PermissionsBoundary: BOUNDARY });
    await delegated.attachUserPolicy({ UserName: "made", PolicyArn: ADMIN_POLICY });
    await delegated.putUserPolicy({ UserName: "made", PolicyName: "p", PolicyDocument: policy("*") });
    await delegated.createRole({ RoleName: "made", AssumeRolePolicyDocument: trust(), PermissionsBoundary: BOUNDARY });
    await delegated.putRolePolicy({ RoleName: "made", PolicyName: "p", PolicyDocument: policy("*") });

    await refused(
      "PutUserPermissionsBoundary",
      "user made",
      delegated.putUserPermissionsBoundary({ UserName: "made", PermissionsBoundary: ADMIN_POLICY }),
    );
    expect(await refusalLine(delegated.deleteUserPermissionsBoundary({ UserName: "made" }))).toBe(
      denied(
        "delegated",
        "DeleteUserPermissionsBoundary",
        "user made",
        "with an explicit deny in an identity-based policy",
      ),
    );
    // Users and roles without the boundary are out of reach, the delegated administrator itself included.
    for (const UserName of ["target", "delegated"]) {
      await refused(
        "AttachUserPolicy",
        `user ${UserName}`,
        delegated.attachUserPolicy({ UserName, PolicyArn: ADMIN_POLICY }),
      );
      await refused(
        "PutUserPolicy",
        `user ${UserName}`,
        delegated.putUserPolicy({ UserName, PolicyName: "p", PolicyDocument: policy("*") }),
      );
    }
    await refused(
      "UpdateAssumeRolePolicy",
      "role target",
      delegated.updateAssumeRolePolicy({ RoleName: "target", PolicyDocument: trust() }),
    );
    await delegated.updateAssumeRolePolicy({ RoleName: "made", PolicyDocument: trust() });
    await delegated.putUserPermissionsBoundary({ UserName: "target", PermissionsBoundary: BOUNDARY });
    expect((await clients.iam().getUser({ UserName: "target" })).User?.PermissionsBoundary).toEqual({
      PermissionsBoundaryArn: BOUNDARY,
      PermissionsBoundaryType: "Policy",
    });
  });
});

describe("conditions on what is attached", () => {
  it("iam:PolicyARN decides which policies may be attached and detached", async () => {
    const allowed = `${ACCOUNT}:policy/developer-boundary`;
    const iam = await iamAs(
      "attacher",
      policy(["iam:AttachRolePolicy", "iam:DetachRolePolicy"], "*", { ArnEquals: { "iam:PolicyARN": allowed } }),
    );
    await iam.attachRolePolicy({ RoleName: "target", PolicyArn: allowed });
    await iam.detachRolePolicy({ RoleName: "target", PolicyArn: allowed });
    expect(await refusalLine(iam.attachRolePolicy({ RoleName: "target", PolicyArn: ADMIN_POLICY }))).toBe(
      denied("attacher", "AttachRolePolicy", "role target"),
    );
    expect((await clients.iam().listAttachedRolePolicies({ RoleName: "target" })).AttachedPolicies).toEqual([]);
  });
});

describe("conditions on tags", () => {
  it.each(["aws:ResourceTag/team", "iam:ResourceTag/team"])(
    "%s opens what carries the tag, and nothing else",
    async (key) => {
      const admin = clients.iam();
      const name = key.replace(/\W/g, "-");
      const iam = await iamAs(
        `by-${name}`,
        policy(["iam:*Role*", "iam:*User*"], "*", { StringEquals: { [key]: "red" } }),
      );
      const Tags = [{ Key: "team", Value: "red" }];
      await admin.createRole({ RoleName: `red-${name}`, AssumeRolePolicyDocument: trust(), Tags });
      await admin.createUser({ UserName: `red-${name}`, Tags });
      await admin.createRole({
        RoleName: `blue-${name}`,
        AssumeRolePolicyDocument: trust(),
        Tags: [{ Key: "team", Value: "blue" }],
      });
      await iam.updateRole({ RoleName: `red-${name}`, Description: "seen" });
      await iam.getUser({ UserName: `red-${name}` });
      for (const RoleName of [`blue-${name}`, "target"]) {
        expect(await refusalLine(iam.updateRole({ RoleName, Description: "seen" }))).toBe(
          denied(`by-${name}`, "UpdateRole", `role ${RoleName}`),
        );
      }
      // What is only about to be created carries no tag yet, whatever the request says.
      expect(
        await refusalLine(iam.createRole({ RoleName: `new-${name}`, AssumeRolePolicyDocument: trust(), Tags })),
      ).toContain("AccessDenied");
    },
  );

  it("aws:ResourceTag opens managed policies by their tags", async () => {
    const admin = clients.iam();
    const PolicyDocument = policy("s3:GetObject");
    const { Policy } = await admin.createPolicy({
      PolicyName: "tagged",
      PolicyDocument,
      Tags: [{ Key: "team", Value: "red" }],
    });
    const iam = await iamAs(
      "policy-reader",
      policy("iam:GetPolicy", "*", { StringEquals: { "aws:ResourceTag/team": "red" } }),
    );
    await iam.getPolicy({ PolicyArn: Policy?.Arn });
    expect(await refusalLine(iam.getPolicy({ PolicyArn: BOUNDARY }))).toBe(
      denied("policy-reader", "GetPolicy", `policy ${BOUNDARY}`),
    );
  });

  it("aws:RequestTag and aws:TagKeys decide which tags may be given", async () => {
    const iam = await iamAs(
      "tagger",
      policy(["iam:TagRole", "iam:UntagRole"], "*", {
        "ForAllValues:StringEquals": { "aws:TagKeys": ["stage"] },
        StringEqualsIfExists: { "aws:RequestTag/stage": ["dev", "test"] },
      }),
    );
    await iam.tagRole({ RoleName: "target", Tags: [{ Key: "stage", Value: "dev" }] });
    const refused = denied("tagger", "TagRole", "role target");
    expect(await refusalLine(iam.tagRole({ RoleName: "target", Tags: [{ Key: "stage", Value: "prod" }] }))).toBe(
      refused,
    );
    expect(await refusalLine(iam.tagRole({ RoleName: "target", Tags: [{ Key: "team", Value: "dev" }] }))).toBe(refused);
    expect(await refusalLine(iam.untagRole({ RoleName: "target", TagKeys: ["team"] }))).toBe(
      denied("tagger", "UntagRole", "role target"),
    );
    await iam.untagRole({ RoleName: "target", TagKeys: ["stage"] });
  });

  it("creating with tags takes the permission to tag as well", async () => {
    const iam = await iamAs("creator", policy(["iam:CreateUser", "iam:CreateRole", "iam:CreatePolicy"]));
    const Tags = [{ Key: "team", Value: "red" }];
    await iam.createUser({ UserName: "plain" });
    expect(await refusalLine(iam.createUser({ UserName: "fancy", Tags }))).toBe(
      denied("creator", "TagUser", `${ACCOUNT}:user/fancy`),
    );
    expect(await refusalLine(iam.createRole({ RoleName: "fancy", AssumeRolePolicyDocument: trust(), Tags }))).toBe(
      denied("creator", "TagRole", `${ACCOUNT}:role/fancy`),
    );
    expect(await refusalLine(iam.createPolicy({ PolicyName: "fancy", PolicyDocument: policy("s3:*"), Tags }))).toBe(
      denied("creator", "TagPolicy", "policy fancy"),
    );
  });

  it("a principal's own tags can open what carries the same tag", async () => {
    const admin = clients.iam();
    const keys = await clients.userWith(
      "matcher",
      policy("iam:GetRole", "*", { StringEquals: { "iam:ResourceTag/cost": "${aws:PrincipalTag/cost}" } }),
    );
    await admin.createRole({
      RoleName: "costed",
      AssumeRolePolicyDocument: trust(),
      Tags: [{ Key: "cost", Value: "42" }],
    });
    const iam = clients.iam(keys);
    expect(await refusalLine(iam.getRole({ RoleName: "costed" }))).toContain("AccessDenied");
    await admin.tagUser({ UserName: "matcher", Tags: [{ Key: "cost", Value: "42" }] });
    await iam.getRole({ RoleName: "costed" });
    await admin.tagUser({ UserName: "matcher", Tags: [{ Key: "COST", Value: "43" }] });
    expect(await refusalLine(iam.getRole({ RoleName: "costed" }))).toContain("AccessDenied");
  });
});
