import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clientsOf, CUSTOMER, policy, refusalLine, statements, trust, VENDOR } from "./iam-clients.js";

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
const unknownKey = (who: string, key: string) =>
  `403 AccessDenied User: ${who} is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key ${key}`;
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

describe("a user without permissions is refused in AWS's words", () => {
  const TAGS = [{ Key: "team", Value: "red" }];
  const own = { UserName: "target" };
  const role = { RoleName: "target" };
  const PolicyArn = BOUNDARY;
  const names = { user: "user target", role: "role target", policy: `policy ${BOUNDARY}` };
  let iam: Awaited<ReturnType<typeof iamAs>>;
  beforeAll(async () => {
    iam = await iamAs("nobody");
  });

  it.each<readonly [action: string, resource: string, call: () => Promise<unknown>]>([
    ["CreateUser", `${ACCOUNT}:user/new/x`, () => iam.createUser({ UserName: "x", Path: "/new/" })],
    ["GetUser", names.user, () => iam.getUser(own)],
    ["GetUser", "user nobody", () => iam.getUser({})],
    ["GetUser", "user ghost", () => iam.getUser({ UserName: "ghost" })],
    ["ListUsers", `${ACCOUNT}:user/`, () => iam.listUsers({})],
    ["DeleteUser", names.user, () => iam.deleteUser(own)],
    ["TagUser", names.user, () => iam.tagUser({ ...own, Tags: TAGS })],
    ["UntagUser", names.user, () => iam.untagUser({ ...own, TagKeys: ["team"] })],
    ["ListUserTags", names.user, () => iam.listUserTags(own)],
    ["CreateAccessKey", names.user, () => iam.createAccessKey(own)],
    ["CreateAccessKey", "user nobody", () => iam.createAccessKey({})],
    ["ListAccessKeys", names.user, () => iam.listAccessKeys(own)],
    [
      "UpdateAccessKey",
      names.user,
      () => iam.updateAccessKey({ ...own, AccessKeyId: "A".repeat(20), Status: "Active" }),
    ],
    ["DeleteAccessKey", names.user, () => iam.deleteAccessKey({ ...own, AccessKeyId: "A".repeat(20) })],
    ["PutUserPolicy", names.user, () => iam.putUserPolicy({ ...own, PolicyName: "p", PolicyDocument: policy("*") })],
    ["GetUserPolicy", names.user, () => iam.getUserPolicy({ ...own, PolicyName: "p" })],
    ["ListUserPolicies", names.user, () => iam.listUserPolicies(own)],
    ["DeleteUserPolicy", names.user, () => iam.deleteUserPolicy({ ...own, PolicyName: "p" })],
    ["AttachUserPolicy", names.user, () => iam.attachUserPolicy({ ...own, PolicyArn })],
    ["DetachUserPolicy", names.user, () => iam.detachUserPolicy({ ...own, PolicyArn })],
    ["ListAttachedUserPolicies", names.user, () => iam.listAttachedUserPolicies(own)],
    [
      "PutUserPermissionsBoundary",
      names.user,
      () => iam.putUserPermissionsBoundary({ ...own, PermissionsBoundary: PolicyArn }),
    ],
    ["DeleteUserPermissionsBoundary", names.user, () => iam.deleteUserPermissionsBoundary(own)],
    ["CreateRole", `${ACCOUNT}:role/x`, () => iam.createRole({ RoleName: "x", AssumeRolePolicyDocument: trust() })],
    ["GetRole", names.role, () => iam.getRole(role)],
    ["ListRoles", `${ACCOUNT}:role/team/`, () => iam.listRoles({ PathPrefix: "/team/" })],
    ["DeleteRole", names.role, () => iam.deleteRole(role)],
    ["UpdateRole", names.role, () => iam.updateRole({ ...role, MaxSessionDuration: 7200 })],
    ["UpdateAssumeRolePolicy", names.role, () => iam.updateAssumeRolePolicy({ ...role, PolicyDocument: trust() })],
    ["TagRole", names.role, () => iam.tagRole({ ...role, Tags: TAGS })],
    ["UntagRole", names.role, () => iam.untagRole({ ...role, TagKeys: ["team"] })],
    ["ListRoleTags", names.role, () => iam.listRoleTags(role)],
    ["PutRolePolicy", names.role, () => iam.putRolePolicy({ ...role, PolicyName: "p", PolicyDocument: policy("*") })],
    ["GetRolePolicy", names.role, () => iam.getRolePolicy({ ...role, PolicyName: "p" })],
    ["ListRolePolicies", names.role, () => iam.listRolePolicies(role)],
    ["DeleteRolePolicy", names.role, () => iam.deleteRolePolicy({ ...role, PolicyName: "p" })],
    ["AttachRolePolicy", names.role, () => iam.attachRolePolicy({ ...role, PolicyArn })],
    ["DetachRolePolicy", names.role, () => iam.detachRolePolicy({ ...role, PolicyArn })],
    ["ListAttachedRolePolicies", names.role, () => iam.listAttachedRolePolicies(role)],
    [
      "PutRolePermissionsBoundary",
      names.role,
      () => iam.putRolePermissionsBoundary({ ...role, PermissionsBoundary: PolicyArn }),
    ],
    ["DeleteRolePermissionsBoundary", names.role, () => iam.deleteRolePermissionsBoundary(role)],
    ["CreatePolicy", "policy x", () => iam.createPolicy({ PolicyName: "x", PolicyDocument: policy("*") })],
    ["GetPolicy", names.policy, () => iam.getPolicy({ PolicyArn })],
    ["GetPolicy", `policy ${ADMIN_POLICY}`, () => iam.getPolicy({ PolicyArn: ADMIN_POLICY })],
    ["ListPolicies", "policy path /", () => iam.listPolicies({})],
    ["DeletePolicy", names.policy, () => iam.deletePolicy({ PolicyArn })],
    ["CreatePolicyVersion", names.policy, () => iam.createPolicyVersion({ PolicyArn, PolicyDocument: policy("*") })],
    ["GetPolicyVersion", names.policy, () => iam.getPolicyVersion({ PolicyArn, VersionId: "v1" })],
    ["ListPolicyVersions", names.policy, () => iam.listPolicyVersions({ PolicyArn })],
    ["SetDefaultPolicyVersion", names.policy, () => iam.setDefaultPolicyVersion({ PolicyArn, VersionId: "v1" })],
    ["DeletePolicyVersion", names.policy, () => iam.deletePolicyVersion({ PolicyArn, VersionId: "v1" })],
    ["ListEntitiesForPolicy", names.policy, () => iam.listEntitiesForPolicy({ PolicyArn })],
    ["TagPolicy", names.policy, () => iam.tagPolicy({ PolicyArn, Tags: TAGS })],
    ["UntagPolicy", names.policy, () => iam.untagPolicy({ PolicyArn, TagKeys: ["team"] })],
    ["ListPolicyTags", names.policy, () => iam.listPolicyTags({ PolicyArn })],
  ])("%s on %s", async (action, resource, call) => {
    expect(await refusalLine(call())).toBe(denied("nobody", action, resource));
  });

  it("is not told whether a key exists, nor is an administrator of another account", async () => {
    const { accessKeyId } = clients.admin(CUSTOMER);
    const vendor = clients.iam(clients.admin(VENDOR));
    const who = `arn:aws:iam::${VENDOR}:user/admin`;
    expect(await refusalLine(vendor.getAccessKeyLastUsed({ AccessKeyId: accessKeyId }))).toBe(
      unknownKey(who, accessKeyId),
    );
    const ghost = "AKIAIOSFODNN7EXAMPLE";
    expect(await refusalLine(vendor.getAccessKeyLastUsed({ AccessKeyId: ghost }))).toBe(unknownKey(who, ghost));
    expect(await refusalLine(iam.getAccessKeyLastUsed({ AccessKeyId: accessKeyId }))).toBe(
      denied("nobody", "GetAccessKeyLastUsed", "user admin"),
    );
  });
});

describe("permissions are as narrow as the policy", () => {
  it("a policy for one user's ARN, path included, does not reach another", async () => {
    const iam = await iamAs("narrow", policy("iam:*", `${ACCOUNT}:user/team/target`));
    await iam.listUserTags({ UserName: "target" });
    expect(await refusalLine(iam.listUserTags({ UserName: "admin" }))).toBe(
      denied("narrow", "ListUserTags", "user admin"),
    );
    const pathless = await iamAs("pathless", policy("iam:*", `${ACCOUNT}:user/target`));
    expect(await refusalLine(pathless.getUser({ UserName: "target" }))).toContain("AccessDenied");
  });

  it("list operations need a policy for every resource", async () => {
    const iam = await iamAs("lister", policy("iam:List*", `${ACCOUNT}:*`));
    expect(await refusalLine(iam.listUsers({}))).toBe(denied("lister", "ListUsers", `${ACCOUNT}:user/`));
    expect(await refusalLine(iam.listPolicies({ PathPrefix: "/a/" }))).toBe(
      denied("lister", "ListPolicies", "policy path /a/"),
    );
  });

  it("an explicit deny wins over everything and is named", async () => {
    const iam = await iamAs(
      "limited",
      statements(
        { Effect: "Allow", Action: "iam:*", Resource: "*" },
        { Effect: "Deny", Action: "iam:GetRole", Resource: "*" },
      ),
    );
    await iam.listRoles({});
    expect(await refusalLine(iam.getRole({ RoleName: "target" }))).toBe(
      denied("limited", "GetRole", "role target", "with an explicit deny in an identity-based policy"),
    );
  });

  it("managing one's own keys does not reach another user's keys", async () => {
    const iam = await iamAs("self", policy("iam:*AccessKey*", `${ACCOUNT}:user/\${aws:username}`));
    expect((await iam.listAccessKeys({})).AccessKeyMetadata).toHaveLength(1);
    const { accessKeyId } = clients.admin(CUSTOMER);
    expect(await refusalLine(iam.deleteAccessKey({ AccessKeyId: accessKeyId }))).toBe(
      `404 NoSuchEntity The Access Key with id ${accessKeyId} cannot be found.`,
    );
    expect(await refusalLine(iam.deleteAccessKey({ UserName: "admin", AccessKeyId: accessKeyId }))).toBe(
      denied("self", "DeleteAccessKey", "user admin"),
    );
    await clients.iam().getUser({});
  });

  it("an administrator acts in its own account only", async () => {
    const vendor = clients.iam(clients.admin(VENDOR));
    expect(await refusalLine(vendor.getUser({ UserName: "target" }))).toContain("404 NoSuchEntity");
    for (const call of [
      vendor.getPolicy({ PolicyArn: BOUNDARY }),
      vendor.createPolicyVersion({ PolicyArn: BOUNDARY, PolicyDocument: policy("*"), SetAsDefault: true }),
      vendor.deletePolicy({ PolicyArn: BOUNDARY }),
    ]) {
      expect(await refusalLine(call)).toMatch(/^403 AccessDenied /);
    }
    expect(await refusalLine(vendor.createUser({ UserName: "u", PermissionsBoundary: BOUNDARY }))).toContain(
      "does not exist or is not attachable",
    );
  });

  it("nobody changes AWS's own policies", async () => {
    const admin = clients.iam();
    const PolicyArn = ADMIN_POLICY;
    for (const [action, call] of [
      ["DeletePolicy", admin.deletePolicy({ PolicyArn })],
      ["CreatePolicyVersion", admin.createPolicyVersion({ PolicyArn, PolicyDocument: policy("s3:*") })],
      ["SetDefaultPolicyVersion", admin.setDefaultPolicyVersion({ PolicyArn, VersionId: "v1" })],
      ["TagPolicy", admin.tagPolicy({ PolicyArn, Tags: [{ Key: "mine", Value: "" }] })],
    ] as const) {
      expect(await refusalLine(call)).toBe(
        `403 AccessDenied User: ${ACCOUNT}:user/admin is not authorized to perform: iam:${action} on resource: policy ${ADMIN_POLICY}`,
      );
    }
  });
});
