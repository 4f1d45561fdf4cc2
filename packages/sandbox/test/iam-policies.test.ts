import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clientsOf, CUSTOMER, policy, refusalLine, trust } from "./iam-clients.js";

const ADMIN_POLICY = "arn:aws:iam::aws:policy/AdministratorAccess";
const arnOf = (name: string) => `arn:aws:iam::${CUSTOMER}:policy/${name}`;

let sandbox: Sandbox;
let clients: ReturnType<typeof clientsOf>;
let iam: ReturnType<ReturnType<typeof clientsOf>["iam"]>;
beforeEach(async () => {
  sandbox = await startSandbox();
  clients = clientsOf(sandbox);
  iam = clients.iam();
});
afterEach(() => sandbox.stop());

describe("managed policies", () => {
  it("are created, read and listed, each answer with its own fields", async () => {
    const Tags = [
      { Key: "b", Value: "1" },
      { Key: "B", Value: "2" },
    ];
    const { Policy } = await iam.createPolicy({
      PolicyName: "Reader",
      Path: "/team/",
      PolicyDocument: policy("s3:GetObject"),
      Description: "reads",
      Tags,
    });
    const listed = {
      PolicyName: "Reader",
      Path: "/team/",
      Arn: arnOf("team/Reader"),
      PolicyId: expect.stringMatching(/^ANPA[A-Z2-7]{17}$/) as string,
      DefaultVersionId: "v1",
      AttachmentCount: 0,
      PermissionsBoundaryUsageCount: 0,
      IsAttachable: true,
      CreateDate: expect.any(Date) as Date,
      UpdateDate: expect.any(Date) as Date,
    };
    expect(Policy).toEqual({ ...listed, Tags });
    expect((await iam.getPolicy({ PolicyArn: arnOf("team/Reader") })).Policy).toEqual({
      ...listed,
      Description: "reads",
      Tags,
    });
    expect((await iam.listPolicies({ Scope: "Local" })).Policies).toEqual([listed]);
    expect((await iam.listPolicies({ Scope: "Local", PathPrefix: "/other/" })).Policies).toEqual([]);
    // Tag keys of policies are told apart by case.
    await iam.untagPolicy({ PolicyArn: arnOf("team/Reader"), TagKeys: ["b"] });
    await iam.tagPolicy({ PolicyArn: arnOf("team/Reader"), Tags: [{ Key: "a", Value: "" }] });
    expect((await iam.listPolicyTags({ PolicyArn: arnOf("team/Reader") })).Tags).toEqual([
      { Key: "B", Value: "2" },
      { Key: "a", Value: "" },
    ]);
  });

  it("of AWS are listed, read and counted per account", async () => {
    expect((await iam.listPolicies({ Scope: "AWS" })).Policies?.map(({ Arn }) => Arn)).toEqual([ADMIN_POLICY]);
    await iam.createRole({ RoleName: "r", AssumeRolePolicyDocument: trust() });
    await iam.attachRolePolicy({ RoleName: "r", PolicyArn: ADMIN_POLICY });
    const count = async (accountId: string) =>
      (await clients.iam(clients.admin(accountId)).getPolicy({ PolicyArn: ADMIN_POLICY })).Policy?.AttachmentCount ?? 0;
    expect((await count(CUSTOMER)) - (await count("333333333333"))).toBe(1);
    const { PolicyVersion } = await iam.getPolicyVersion({ PolicyArn: ADMIN_POLICY, VersionId: "v1" });
    expect(JSON.parse(decodeURIComponent(PolicyVersion?.Document ?? ""))).toMatchObject({
      Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
    });
  });

  it("are filtered by use", async () => {
    for (const PolicyName of ["attached", "boundary", "idle"]) {
      await iam.createPolicy({ PolicyName, PolicyDocument: policy("s3:*") });
    }
    await iam.createUser({ UserName: "u", PermissionsBoundary: arnOf("boundary") });
    await iam.attachUserPolicy({ UserName: "u", PolicyArn: arnOf("attached") });
    const names = async (filter: Parameters<typeof iam.listPolicies>[0]) =>
      (await iam.listPolicies({ Scope: "Local", ...filter })).Policies?.map(({ PolicyName }) => PolicyName);
    expect(await names({})).toEqual(["attached", "boundary", "idle"]);
    expect(await names({ OnlyAttached: true })).toEqual(["attached", "boundary"]);
    expect(await names({ PolicyUsageFilter: "PermissionsPolicy" })).toEqual(["attached"]);
    expect(await names({ PolicyUsageFilter: "PermissionsBoundary" })).toEqual(["boundary"]);
  });

  it("name the users and roles that have them", async () => {
    await iam.createPolicy({ PolicyName: "p", PolicyDocument: policy("s3:*") });
    const PolicyArn = arnOf("p");
    await iam.createUser({ UserName: "u", Path: "/team/" });
    await iam.attachUserPolicy({ UserName: "u", PolicyArn });
    const { Role } = await iam.createRole({ RoleName: "r", AssumeRolePolicyDocument: trust() });
    await iam.attachRolePolicy({ RoleName: "r", PolicyArn });
    await iam.createRole({ RoleName: "bounded", AssumeRolePolicyDocument: trust(), PermissionsBoundary: PolicyArn });
    const entities = async (filter: Omit<Parameters<typeof iam.listEntitiesForPolicy>[0], "PolicyArn">) => {
      const { PolicyUsers, PolicyRoles, PolicyGroups } = await iam.listEntitiesForPolicy({ PolicyArn, ...filter });
      expect(PolicyGroups).toEqual([]);
      return [PolicyUsers?.map(({ UserName }) => UserName), PolicyRoles?.map(({ RoleName }) => RoleName)];
    };
    expect(await entities({})).toEqual([["u"], ["bounded", "r"]]);
    expect(await entities({ EntityFilter: "Role" })).toEqual([[], ["bounded", "r"]]);
    expect(await entities({ EntityFilter: "Group" })).toEqual([[], []]);
    expect(await entities({ PolicyUsageFilter: "PermissionsPolicy" })).toEqual([["u"], ["r"]]);
    expect(await entities({ PolicyUsageFilter: "PermissionsBoundary" })).toEqual([[], ["bounded"]]);
    expect(await entities({ PathPrefix: "/team/" })).toEqual([["u"], []]);
    const { PolicyRoles } = await iam.listEntitiesForPolicy({ PolicyArn, PolicyUsageFilter: "PermissionsPolicy" });
    expect(PolicyRoles).toEqual([{ RoleName: "r", RoleId: Role?.RoleId }]);
  });
});

describe("versions of managed policies", () => {
  it("decide from the moment they are made the default", async () => {
    const PolicyArn = arnOf("p");
    await iam.createPolicy({ PolicyName: "p", PolicyDocument: policy("s3:*") });
    const keys = await clients.userWith("u");
    const own = clients.iam(keys);
    await iam.attachUserPolicy({ UserName: "u", PolicyArn });
    const allowed = () =>
      own.listUsers({}).then(
        () => true,
        () => false,
      );
    expect(await allowed()).toBe(false);
    const { PolicyVersion } = await iam.createPolicyVersion({ PolicyArn, PolicyDocument: policy("iam:*") });
    expect(PolicyVersion).toEqual({ VersionId: "v2", IsDefaultVersion: false, CreateDate: expect.any(Date) });
    expect(await allowed()).toBe(false);
    await iam.setDefaultPolicyVersion({ PolicyArn, VersionId: "v2" });
    expect(await allowed()).toBe(true);
    expect((await iam.getPolicy({ PolicyArn })).Policy?.DefaultVersionId).toBe("v2");
    await iam.createPolicyVersion({ PolicyArn, PolicyDocument: policy("s3:*"), SetAsDefault: true });
    expect(await allowed()).toBe(false);
  });

  it("have numbers that are never given again, and are listed from the newest", async () => {
    const PolicyArn = arnOf("p");
    await iam.createPolicy({ PolicyName: "p", PolicyDocument: policy("s3:*") });
    const add = async () =>
      (await iam.createPolicyVersion({ PolicyArn, PolicyDocument: policy("s3:*") })).PolicyVersion?.VersionId;
    for (const expected of ["v2", "v3", "v4", "v5"]) expect(await add()).toBe(expected);
    await iam.deletePolicyVersion({ PolicyArn, VersionId: "v5" });
    expect(await add()).toBe("v6");
    for (const VersionId of ["v2", "v3"]) await iam.deletePolicyVersion({ PolicyArn, VersionId });
    for (const _ of [7, 8]) await add();
    await iam.deletePolicyVersion({ PolicyArn, VersionId: "v4" });
    for (const _ of [9]) await add();
    await iam.deletePolicyVersion({ PolicyArn, VersionId: "v6" });
    await add();
    const { Versions } = await iam.listPolicyVersions({ PolicyArn });
    expect(Versions?.map(({ VersionId }) => VersionId)).toEqual(["v10", "v9", "v8", "v7", "v1"]);
    expect(Versions?.at(-1)).toEqual({ VersionId: "v1", IsDefaultVersion: true, CreateDate: expect.any(Date) });
    expect(await refusalLine(iam.getPolicyVersion({ PolicyArn, VersionId: "v2" }))).toContain("404 NoSuchEntity");
  });

  it("carry the document as it was written, encoded after RFC 3986", async () => {
    const document = `{ "Version": "2012-10-17",\n  "Statement": { "Sid": "A", "Effect": "Allow", "Action": "s3:*", "Resource": "arn:aws:s3:::a!'()b/ü+ *" } }`;
    await iam.createPolicy({ PolicyName: "p", PolicyDocument: document });
    const { PolicyVersion } = await iam.getPolicyVersion({ PolicyArn: arnOf("p"), VersionId: "v1" });
    expect(PolicyVersion?.Document).toMatch(/^(?:[A-Za-z0-9\-_.~]|%[0-9A-F]{2})+$/);
    expect(decodeURIComponent(PolicyVersion?.Document ?? "")).toBe(document);
  });
});

describe("inline policies", () => {
  it("of users and roles are put, read, replaced, listed and deleted", async () => {
    await iam.createUser({ UserName: "User" });
    await iam.createRole({ RoleName: "Role", AssumeRolePolicyDocument: trust() });
    for (const PolicyName of ["b", "a"]) {
      await iam.putUserPolicy({ UserName: "user", PolicyName, PolicyDocument: policy("s3:*") });
      await iam.putRolePolicy({ RoleName: "role", PolicyName, PolicyDocument: policy("s3:*") });
    }
    await iam.putRolePolicy({ RoleName: "role", PolicyName: "a", PolicyDocument: policy("iam:*") });
    const ofRole = await iam.getRolePolicy({ RoleName: "role", PolicyName: "a" });
    expect([ofRole.RoleName, ofRole.PolicyName]).toEqual(["Role", "a"]);
    expect(decodeURIComponent(ofRole.PolicyDocument ?? "")).toBe(policy("iam:*"));
    const ofUser = await iam.getUserPolicy({ UserName: "user", PolicyName: "a" });
    expect([ofUser.UserName, decodeURIComponent(ofUser.PolicyDocument ?? "")]).toEqual(["User", policy("s3:*")]);
    await iam.deleteUserPolicy({ UserName: "user", PolicyName: "a" });
    await iam.deleteRolePolicy({ RoleName: "role", PolicyName: "b" });
    expect((await iam.listUserPolicies({ UserName: "user" })).PolicyNames).toEqual(["b"]);
    expect((await iam.listRolePolicies({ RoleName: "role" })).PolicyNames).toEqual(["a"]);
  });

  it("decide at once, and not after they are deleted", async () => {
    const own = clients.iam(await clients.userWith("u", policy("iam:GetUser")));
    await own.getUser({});
    await iam.deleteUserPolicy({ UserName: "u", PolicyName: "own" });
    expect(await refusalLine(own.getUser({}))).toMatch(/^403 AccessDenied /);
  });
});

describe("attached policies", () => {
  it("are listed by path and lose their effect when detached", async () => {
    await iam.createPolicy({ PolicyName: "p", Path: "/team/", PolicyDocument: policy("iam:GetUser") });
    const PolicyArn = arnOf("team/p");
    const own = clients.iam(await clients.userWith("u"));
    await iam.attachUserPolicy({ UserName: "u", PolicyArn });
    await own.getUser({});
    const listed = async (PathPrefix?: string) =>
      (await iam.listAttachedUserPolicies({ UserName: "u", ...(PathPrefix && { PathPrefix }) })).AttachedPolicies;
    expect(await listed()).toEqual([{ PolicyName: "p", PolicyArn }]);
    expect(await listed("/team/")).toHaveLength(1);
    expect(await listed("/other/")).toEqual([]);
    await iam.detachUserPolicy({ UserName: "u", PolicyArn });
    expect(await listed()).toEqual([]);
    expect(await refusalLine(own.getUser({}))).toMatch(/^403 AccessDenied /);
    await iam.deletePolicy({ PolicyArn });
    expect(await refusalLine(iam.attachUserPolicy({ UserName: "u", PolicyArn }))).toContain("404 NoSuchEntity");
  });
});
