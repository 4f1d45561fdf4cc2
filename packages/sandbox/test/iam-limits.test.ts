import type { IAM } from "@aws-sdk/client-iam";
import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clientsOf, CUSTOMER, policy, refusalLine, statements, trust } from "./iam-clients.js";

const ALLOW = policy("s3:GetObject");
const PolicyName = "p";
const arnOf = (name: string) => `arn:aws:iam::${CUSTOMER}:policy/${name}`;
/** A valid document whose counted characters are exactly `characters`. */
const documentOf = (characters: number) => {
  const empty = policy("s3:GetObject", "arn:aws:s3:::");
  return policy("s3:GetObject", `arn:aws:s3:::${"x".repeat(characters - empty.length)}`);
};
const trustNamed = (sid: string) =>
  statements({ Sid: sid, Effect: "Allow", Principal: { AWS: CUSTOMER }, Action: "sts:AssumeRole" });
const trustOf = (characters: number) => trustNamed("x".repeat(characters - trustNamed("").length));
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
  await iam.createUser({ UserName: "keyed" });
  await iam.createAccessKey({ UserName: "keyed" });
  await iam.createAccessKey({ UserName: "keyed" });
  await iam.createPolicy({ PolicyName: "versioned", PolicyDocument: ALLOW });
  for (let version = 2; version <= 5; version += 1) {
    await iam.createPolicyVersion({ PolicyArn: arnOf("versioned"), PolicyDocument: ALLOW });
  }
  await iam.createUser({ UserName: "full" });
  await iam.createRole({ RoleName: "full", AssumeRolePolicyDocument: trust() });
  for (let index = 1; index <= 11; index += 1) {
    await iam.createPolicy({ PolicyName: `many${index}`, PolicyDocument: ALLOW });
    if (index === 11) continue;
    await iam.attachUserPolicy({ UserName: "full", PolicyArn: arnOf(`many${index}`) });
    await iam.attachRolePolicy({ RoleName: "full", PolicyArn: arnOf(`many${index}`) });
  }
  await iam.tagUser({ UserName: "full", Tags: manyTags(50) });
});
afterAll(() => sandbox.stop());

type Row = readonly [fact: string, call: () => Promise<unknown>, line: string];

function refuses(rows: readonly Row[]): void {
  it.each(rows)("%s", async (_, call, line) => {
    expect(await refusalLine(call())).toBe(line);
  });
}

describe("quotas hold", () => {
  refuses([
    [
      "two access keys for a user",
      () => iam.createAccessKey({ UserName: "keyed" }),
      "409 LimitExceeded Cannot exceed quota for AccessKeysPerUser: 2",
    ],
    [
      "ten managed policies on a user",
      () => iam.attachUserPolicy({ UserName: "full", PolicyArn: arnOf("many11") }),
      "409 LimitExceeded Cannot exceed quota for PoliciesPerUser: 10",
    ],
    [
      "ten managed policies on a role",
      () => iam.attachRolePolicy({ RoleName: "full", PolicyArn: arnOf("many11") }),
      "409 LimitExceeded Cannot exceed quota for PoliciesPerRole: 10",
    ],
    [
      "five versions of a policy",
      () => iam.createPolicyVersion({ PolicyArn: arnOf("versioned"), PolicyDocument: ALLOW }),
      "409 LimitExceeded A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.",
    ],
    [
      "6,144 characters in a managed policy",
      () => iam.createPolicy({ PolicyName: "long", PolicyDocument: documentOf(6145) }),
      "409 LimitExceeded Cannot exceed quota for PolicySize: 6144",
    ],
    [
      "6,144 characters in a version",
      () => iam.createPolicyVersion({ PolicyArn: arnOf("taken"), PolicyDocument: documentOf(6145) }),
      "409 LimitExceeded Cannot exceed quota for PolicySize: 6144",
    ],
    [
      "2,048 characters in a user's inline policies",
      () => iam.putUserPolicy({ UserName: "taken", PolicyName, PolicyDocument: documentOf(2049) }),
      "409 LimitExceeded Maximum policy size of 2048 bytes exceeded for user taken",
    ],
    [
      "10,240 characters in a role's inline policies",
      () => iam.putRolePolicy({ RoleName: "taken", PolicyName, PolicyDocument: documentOf(10_241) }),
      "409 LimitExceeded Maximum policy size of 10240 bytes exceeded for role taken",
    ],
    [
      "2,048 characters in a new trust policy",
      () => iam.createRole({ RoleName: "long", AssumeRolePolicyDocument: trustOf(2049) }),
      "409 LimitExceeded Cannot exceed quota for ACLSizePerRole: 2048",
    ],
    [
      "2,048 characters in an updated trust policy",
      () => iam.updateAssumeRolePolicy({ RoleName: "taken", PolicyDocument: trustOf(2049) }),
      "409 LimitExceeded Cannot exceed quota for ACLSizePerRole: 2048",
    ],
    [
      "fifty tags, those already there included",
      () => iam.tagUser({ UserName: "full", Tags: manyTags(1, 50) }),
      "409 LimitExceeded Cannot exceed quota for TagsPerUser: 50",
    ],
  ]);

  it("counts no white space", async () => {
    const spread = `${documentOf(6144)}${" \n\t".repeat(500)}`;
    await iam.createPolicy({ PolicyName: "spread", PolicyDocument: spread });
    await iam.putRolePolicy({ RoleName: "full", PolicyName, PolicyDocument: `${documentOf(10_240)}${" ".repeat(99)}` });
    const { Role } = await iam.createRole({
      RoleName: "spread",
      AssumeRolePolicyDocument: `${trustOf(2048)}${" ".repeat(99)}`,
    });
    expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "")).toHaveLength(2147);
  });

  it("counts a role's inline policies together, and a replaced one once", async () => {
    await iam.createRole({ RoleName: "sum", AssumeRolePolicyDocument: trust() });
    const put = (name: string, characters: number) =>
      iam.putRolePolicy({ RoleName: "sum", PolicyName: name, PolicyDocument: documentOf(characters) });
    await put("one", 6000);
    await put("one", 6000);
    await put("two", 4240);
    expect(await refusalLine(put("three", 120))).toContain("Maximum policy size of 10240 bytes exceeded for role sum");
    expect((await iam.listRolePolicies({ RoleName: "sum" })).PolicyNames).toEqual(["one", "two"]);
  });

  it("lets a tag be overwritten when all fifty are used, and attaches the same policy twice", async () => {
    await iam.tagUser({ UserName: "full", Tags: [{ Key: "KEY0", Value: "again" }] });
    await iam.attachUserPolicy({ UserName: "full", PolicyArn: arnOf("many1") });
    expect((await iam.listUserTags({ UserName: "full" })).Tags).toHaveLength(50);
  });
});
