import type { IAM } from "@aws-sdk/client-iam";
import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clientsOf, CUSTOMER, policy, refusalLine, statements, trust } from "./iam-clients.js";

const ALLOW = policy("s3:GetObject");
const arnOf = (name: string) => `arn:aws:iam::${CUSTOMER}:policy/${name}`;
const ADMIN_POLICY = "arn:aws:iam::aws:policy/AdministratorAccess";
const manyTags = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => ({ Key: `key${from + index}`, Value: "v" }));

let sandbox: Sandbox;
let iam: IAM;

beforeAll(async () => {
  sandbox = await startSandbox();
  iam = clientsOf(sandbox).iam();
  await iam.createUser({ UserName: "taken" });
  await iam.createRole({ RoleName: "taken", AssumeRolePolicyDocument: trust() });
  await iam.createPolicy({ PolicyName: "taken", PolicyDocument: ALLOW });
  await iam.createUser({ UserName: "attached" });
  await iam.attachUserPolicy({ UserName: "attached", PolicyArn: ADMIN_POLICY });
  await iam.createUser({ UserName: "inlined" });
  await iam.putUserPolicy({ UserName: "inlined", PolicyName: "own", PolicyDocument: ALLOW });
  await iam.createUser({ UserName: "keyed" });
  await iam.createAccessKey({ UserName: "keyed" });
  await iam.createAccessKey({ UserName: "keyed" });
  await iam.createRole({ RoleName: "attached", AssumeRolePolicyDocument: trust() });
  await iam.attachRolePolicy({ RoleName: "attached", PolicyArn: ADMIN_POLICY });
  await iam.createRole({ RoleName: "inlined", AssumeRolePolicyDocument: trust() });
  await iam.putRolePolicy({ RoleName: "inlined", PolicyName: "own", PolicyDocument: ALLOW });
  await iam.createPolicy({ PolicyName: "in-use", PolicyDocument: ALLOW });
  await iam.attachRolePolicy({ RoleName: "attached", PolicyArn: arnOf("in-use") });
  await iam.createPolicy({ PolicyName: "boundary", PolicyDocument: ALLOW });
  await iam.createUser({ UserName: "bounded", PermissionsBoundary: arnOf("boundary") });
  await iam.createPolicy({ PolicyName: "versioned", PolicyDocument: ALLOW });
  for (let version = 2; version <= 5; version += 1) {
    await iam.createPolicyVersion({ PolicyArn: arnOf("versioned"), PolicyDocument: ALLOW });
  }
});
afterAll(() => sandbox.stop());

type Row = readonly [fact: string, call: () => Promise<unknown>, line: string];

function refuses(rows: readonly Row[]): void {
  it.each(rows)("%s", async (_, call, line) => {
    expect(await refusalLine(call())).toBe(line);
  });
}

const noUser = "404 NoSuchEntity The user with name ghost cannot be found.";
const noRole = "404 NoSuchEntity The role with name ghost cannot be found.";
const UserName = "ghost";
const RoleName = "ghost";
const PolicyName = "p";
const AccessKeyId = "AKIAIOSFODNN7EXAMPLE";

describe("what does not exist is NoSuchEntity", () => {
  refuses([
    ["getUser", () => iam.getUser({ UserName }), noUser],
    ["deleteUser", () => iam.deleteUser({ UserName }), noUser],
    ["tagUser", () => iam.tagUser({ UserName, Tags: [] }), noUser],
    ["untagUser", () => iam.untagUser({ UserName, TagKeys: [] }), noUser],
    ["listUserTags", () => iam.listUserTags({ UserName }), noUser],
    ["createAccessKey", () => iam.createAccessKey({ UserName }), noUser],
    ["listAccessKeys", () => iam.listAccessKeys({ UserName }), noUser],
    ["updateAccessKey", () => iam.updateAccessKey({ UserName, AccessKeyId, Status: "Inactive" }), noUser],
    ["deleteAccessKey", () => iam.deleteAccessKey({ UserName, AccessKeyId }), noUser],
    ["putUserPolicy", () => iam.putUserPolicy({ UserName, PolicyName, PolicyDocument: ALLOW }), noUser],
    ["getUserPolicy", () => iam.getUserPolicy({ UserName, PolicyName }), noUser],
    ["listUserPolicies", () => iam.listUserPolicies({ UserName }), noUser],
    ["deleteUserPolicy", () => iam.deleteUserPolicy({ UserName, PolicyName }), noUser],
    ["attachUserPolicy", () => iam.attachUserPolicy({ UserName, PolicyArn: ADMIN_POLICY }), noUser],
    ["detachUserPolicy", () => iam.detachUserPolicy({ UserName, PolicyArn: ADMIN_POLICY }), noUser],
    ["listAttachedUserPolicies", () => iam.listAttachedUserPolicies({ UserName }), noUser],
    [
      "putUserPermissionsBoundary",
      () => iam.putUserPermissionsBoundary({ UserName, PermissionsBoundary: ADMIN_POLICY }),
      noUser,
    ],
    ["deleteUserPermissionsBoundary", () => iam.deleteUserPermissionsBoundary({ UserName }), noUser],
    ["getRole", () => iam.getRole({ RoleName }), noRole],
    ["deleteRole", () => iam.deleteRole({ RoleName }), noRole],
    ["updateRole", () => iam.updateRole({ RoleName }), noRole],
    ["updateAssumeRolePolicy", () => iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: trust() }), noRole],
    ["tagRole", () => iam.tagRole({ RoleName, Tags: [] }), noRole],
    ["untagRole", () => iam.untagRole({ RoleName, TagKeys: [] }), noRole],
    ["listRoleTags", () => iam.listRoleTags({ RoleName }), noRole],
    ["putRolePolicy", () => iam.putRolePolicy({ RoleName, PolicyName, PolicyDocument: ALLOW }), noRole],
    ["getRolePolicy", () => iam.getRolePolicy({ RoleName, PolicyName }), noRole],
    ["listRolePolicies", () => iam.listRolePolicies({ RoleName }), noRole],
    ["deleteRolePolicy", () => iam.deleteRolePolicy({ RoleName, PolicyName }), noRole],
    ["attachRolePolicy", () => iam.attachRolePolicy({ RoleName, PolicyArn: ADMIN_POLICY }), noRole],
    ["detachRolePolicy", () => iam.detachRolePolicy({ RoleName, PolicyArn: ADMIN_POLICY }), noRole],
    ["listAttachedRolePolicies", () => iam.listAttachedRolePolicies({ RoleName }), noRole],
    [
      "putRolePermissionsBoundary",
      () => iam.putRolePermissionsBoundary({ RoleName, PermissionsBoundary: ADMIN_POLICY }),
      noRole,
    ],
    ["deleteRolePermissionsBoundary", () => iam.deleteRolePermissionsBoundary({ RoleName }), noRole],
  ]);

  const missing = `404 NoSuchEntity Policy ${arnOf("ghost")} was not found.`;
  const missingVersion = `404 NoSuchEntity Policy ${arnOf("ghost")} version v1 does not exist or is not attachable.`;
  const PolicyArn = arnOf("ghost");
  refuses([
    ["getPolicy", () => iam.getPolicy({ PolicyArn }), missing],
    ["deletePolicy", () => iam.deletePolicy({ PolicyArn }), missing],
    ["createPolicyVersion", () => iam.createPolicyVersion({ PolicyArn, PolicyDocument: ALLOW }), missing],
    ["listPolicyVersions", () => iam.listPolicyVersions({ PolicyArn }), missing],
    ["listEntitiesForPolicy", () => iam.listEntitiesForPolicy({ PolicyArn }), missing],
    ["tagPolicy", () => iam.tagPolicy({ PolicyArn, Tags: [] }), missing],
    ["untagPolicy", () => iam.untagPolicy({ PolicyArn, TagKeys: [] }), missing],
    ["listPolicyTags", () => iam.listPolicyTags({ PolicyArn }), missing],
    ["getPolicyVersion", () => iam.getPolicyVersion({ PolicyArn, VersionId: "v1" }), missingVersion],
    ["setDefaultPolicyVersion", () => iam.setDefaultPolicyVersion({ PolicyArn, VersionId: "v1" }), missingVersion],
    ["deletePolicyVersion", () => iam.deletePolicyVersion({ PolicyArn, VersionId: "v1" }), missingVersion],
    [
      "a version that never was",
      () => iam.getPolicyVersion({ PolicyArn: arnOf("taken"), VersionId: "v9" }),
      `404 NoSuchEntity Policy ${arnOf("taken")} version v9 does not exist or is not attachable.`,
    ],
    [
      "a policy's ARN in other letters",
      () => iam.getPolicy({ PolicyArn: arnOf("TAKEN") }),
      `404 NoSuchEntity Policy ${arnOf("TAKEN")} was not found.`,
    ],
    [
      "attaching what is not there to a user",
      () => iam.attachUserPolicy({ UserName: "taken", PolicyArn }),
      `404 NoSuchEntity Policy ${arnOf("ghost")} does not exist or is not attachable.`,
    ],
    [
      "attaching another account's policy to a role",
      () => iam.attachRolePolicy({ RoleName: "taken", PolicyArn: "arn:aws:iam::111111111111:policy/theirs" }),
      "404 NoSuchEntity Policy arn:aws:iam::111111111111:policy/theirs does not exist or is not attachable.",
    ],
    [
      "detaching what is not attached",
      () => iam.detachRolePolicy({ RoleName: "taken", PolicyArn: arnOf("taken") }),
      `404 NoSuchEntity Policy ${arnOf("taken")} was not found.`,
    ],
    [
      "a boundary that is not there",
      () => iam.putRolePermissionsBoundary({ RoleName: "taken", PermissionsBoundary: PolicyArn }),
      `404 NoSuchEntity Scope ARN: ${arnOf("ghost")} does not exist or is not attachable.`,
    ],
    [
      "an inline policy of a user",
      () => iam.getUserPolicy({ UserName: "taken", PolicyName }),
      "404 NoSuchEntity The user policy with name p cannot be found.",
    ],
    [
      "deleting an inline policy of a role",
      () => iam.deleteRolePolicy({ RoleName: "taken", PolicyName }),
      "404 NoSuchEntity The role policy with name p cannot be found.",
    ],
    [
      "an access key",
      () => iam.updateAccessKey({ UserName: "taken", AccessKeyId, Status: "Inactive" }),
      `404 NoSuchEntity The Access Key with id ${AccessKeyId} cannot be found.`,
    ],
  ]);
});

describe("names are taken without regard to case", () => {
  refuses([
    [
      "users",
      () => iam.createUser({ UserName: "TAKEN" }),
      "409 EntityAlreadyExists User with name TAKEN already exists.",
    ],
    [
      "roles",
      () => iam.createRole({ RoleName: "Taken", AssumeRolePolicyDocument: trust() }),
      "409 EntityAlreadyExists Role with name Taken already exists.",
    ],
    [
      "policies, whatever their path",
      () => iam.createPolicy({ PolicyName: "tAKEN", Path: "/elsewhere/", PolicyDocument: ALLOW }),
      "409 EntityAlreadyExists A policy called tAKEN already exists. Duplicate names are not allowed.",
    ],
  ]);
});

describe("what something hangs on is not deleted", () => {
  const detach = "409 DeleteConflict Cannot delete entity, must detach all policies first.";
  const remove = "409 DeleteConflict Cannot delete entity, must delete policies first.";
  const attached = "409 DeleteConflict Cannot delete a policy attached to entities.";
  refuses([
    ["a user with an attached policy", () => iam.deleteUser({ UserName: "attached" }), detach],
    ["a user with an inline policy", () => iam.deleteUser({ UserName: "inlined" }), remove],
    [
      "a user with access keys",
      () => iam.deleteUser({ UserName: "keyed" }),
      "409 DeleteConflict Cannot delete entity, must delete access keys first.",
    ],
    ["a role with an attached policy", () => iam.deleteRole({ RoleName: "attached" }), detach],
    ["a role with an inline policy", () => iam.deleteRole({ RoleName: "inlined" }), remove],
    ["a policy that is attached", () => iam.deletePolicy({ PolicyArn: arnOf("in-use") }), attached],
    ["a policy that is somebody's boundary", () => iam.deletePolicy({ PolicyArn: arnOf("boundary") }), attached],
    [
      "a policy with versions",
      () => iam.deletePolicy({ PolicyArn: arnOf("versioned") }),
      "409 DeleteConflict This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
    ],
    [
      "the version in force",
      () => iam.deletePolicyVersion({ PolicyArn: arnOf("versioned"), VersionId: "v1" }),
      "409 DeleteConflict Cannot delete the default version of a policy.",
    ],
  ]);
});

const create = (document: string) => iam.createRole({ RoleName: "bad", AssumeRolePolicyDocument: document });

describe("documents and parameters that IAM does not take", () => {
  const twice = "400 InvalidInput Duplicate tag keys found. Please note that Tag keys are case insensitive.";
  const Tags = [
    { Key: "team", Value: "a" },
    { Key: "Team", Value: "b" },
  ];
  const statement = { Effect: "Allow", Principal: { AWS: CUSTOMER }, Action: "sts:AssumeRole" };
  refuses([
    ["a tag key twice on a new user", () => iam.createUser({ UserName: "bad", Tags }), twice],
    ["a tag key twice on a role", () => iam.tagRole({ RoleName: "taken", Tags }), twice],
    [
      "a tag key twice on a policy",
      () => iam.tagPolicy({ PolicyArn: arnOf("taken"), Tags: [...Tags, { Key: "team", Value: "c" }] }),
      "400 InvalidInput Duplicate tag keys found.",
    ],
    ["no JSON", () => create("{not json"), "400 MalformedPolicyDocument This policy contains invalid Json"],
    [
      "everyone as a bare star",
      () => create(statements({ ...statement, Principal: "*" })),
      '400 MalformedPolicyDocument AssumeRolepolicy contained an invalid principal: "STAR":"*".',
    ],
    [
      "a principal that does not exist",
      () => create(trust(`arn:aws:iam::${CUSTOMER}:role/ghost`)),
      `400 MalformedPolicyDocument Invalid principal in policy: "AWS":"arn:aws:iam::${CUSTOMER}:role/ghost"`,
    ],
    [
      "a resource in a trust policy",
      () => create(statements({ ...statement, Resource: "*" })),
      "400 MalformedPolicyDocument Has prohibited field Resource",
    ],
    [
      "another service's action in a trust policy",
      () => create(statements({ ...statement, Action: ["sts:AssumeRole", "s3:GetObject"] })),
      "400 MalformedPolicyDocument AssumeRole policy may only specify STS AssumeRole actions.",
    ],
    [
      "NotAction in a trust policy",
      () => create(statements({ Effect: "Allow", Principal: { AWS: CUSTOMER }, NotAction: "sts:GetCallerIdentity" })),
      "400 MalformedPolicyDocument AssumeRole policy may only specify STS AssumeRole actions.",
    ],
    [
      "every action in a trust policy",
      () =>
        iam.updateAssumeRolePolicy({ RoleName: "taken", PolicyDocument: statements({ ...statement, Action: "*" }) }),
      "400 MalformedPolicyDocument AssumeRole policy may only specify STS AssumeRole actions.",
    ],
    [
      "a principal in a permissions policy",
      () => iam.createPolicy({ PolicyName: "bad", PolicyDocument: trust() }),
      "400 MalformedPolicyDocument Policy document should not specify a principal.",
    ],
    [
      "a name where an ARN belongs",
      () => iam.attachRolePolicy({ RoleName: "taken", PolicyArn: "longpolicynamebutnoarn" }),
      "400 ValidationError ARN longpolicynamebutnoarn is not valid.",
    ],
    [
      "the ARN of something that is no policy",
      () =>
        iam.putRolePermissionsBoundary({
          RoleName: "taken",
          PermissionsBoundary: `arn:aws:iam::${CUSTOMER}:user/taken`,
        }),
      `400 InvalidInput ARN arn:aws:iam::${CUSTOMER}:user/taken is not valid.`,
    ],
    ["a marker that no list gave", () => iam.listUsers({ Marker: "made-up" }), "400 ValidationError Invalid Marker."],
  ]);

  it.each<readonly [string, () => Promise<unknown>]>([
    ["a user name of 65 characters", () => iam.createUser({ UserName: "u".repeat(65) })],
    ["a role name with a slash", () => iam.createRole({ RoleName: "a/b", AssumeRolePolicyDocument: trust() })],
    ["a policy name of 129 characters", () => iam.createPolicy({ PolicyName: "p".repeat(129), PolicyDocument: ALLOW })],
    ["a path without a slash at its end", () => iam.createUser({ UserName: "bad", Path: "/team" })],
    ["a session of less than an hour", () => iam.updateRole({ RoleName: "taken", MaxSessionDuration: 3599 })],
    ["a session of more than twelve hours", () => iam.updateRole({ RoleName: "taken", MaxSessionDuration: 43_201 })],
    ["a description of 1,001 characters", () => iam.updateRole({ RoleName: "taken", Description: "d".repeat(1001) })],
    ["51 tags", () => iam.tagRole({ RoleName: "taken", Tags: manyTags(51) })],
    [
      "a tag key of 129 characters",
      () => iam.tagRole({ RoleName: "taken", Tags: [{ Key: "k".repeat(129), Value: "" }] }),
    ],
    ["a tag key with a star", () => iam.tagRole({ RoleName: "taken", Tags: [{ Key: "*", Value: "" }] })],
    [
      "a tag value of 257 characters",
      () => iam.tagRole({ RoleName: "taken", Tags: [{ Key: "k", Value: "v".repeat(257) }] }),
    ],
    ["MaxItems of 1,001", () => iam.listUsers({ MaxItems: 1001 })],
    ["a status that nobody sets", () => iam.updateAccessKey({ UserName: "taken", AccessKeyId, Status: "Expired" })],
    ["a version without v", () => iam.getPolicyVersion({ PolicyArn: arnOf("taken"), VersionId: "1" })],
  ])("%s is a ValidationError", async (_, call) => {
    expect(await refusalLine(call())).toMatch(/^400 ValidationError 1 validation error detected: /);
  });

  it("leaves nothing behind", async () => {
    for (const RoleName of ["bad", "long"]) {
      expect(await refusalLine(iam.getRole({ RoleName }))).toContain("NoSuchEntity");
    }
    expect(await refusalLine(iam.getUser({ UserName: "bad" }))).toContain("NoSuchEntity");
  });

  it("does not know console passwords, SMS devices and other operations, and says so", async () => {
    const call = iam.createLoginProfile({ UserName: "taken", Password: "secret" });
    expect(await refusalLine(call)).toMatch(/^400 InvalidAction /);
    expect(await refusalLine(iam.tagMFADevice({ SerialNumber: "serial-number", Tags: [] }))).toMatch(
      /^400 InvalidAction /,
    );
  });
});
