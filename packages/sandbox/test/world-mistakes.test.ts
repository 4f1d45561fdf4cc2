// Mistakes in world files, and how they are told.
import { startSandbox } from "@daypass/sandbox/testing";
import type { WorldFile } from "@daypass/sandbox/testing";
import { describe, expect, it } from "vitest";
import { allowing, CUSTOMER, document, trusting, VENDOR } from "./sts-clients.js";

const trust = document(trusting({ AWS: VENDOR }));
const role = (more: object) => ({
  accounts: [
    {
      id: CUSTOMER,
      roles: [
        { name: "first", trustPolicy: trust },
        { name: "r", trustPolicy: trust, ...more },
      ],
    },
  ],
});
const user = (more: object) => ({ accounts: [{ id: CUSTOMER, users: [{ name: "u", ...more }] }] });
const bucket = (more: object) => ({ buckets: [{ name: "bucket", account: CUSTOMER, ...more }] });
const organization = (more: object) => ({ organization: { id: "o-abcdefghij", accounts: [CUSTOMER], ...more } });

describe("a mistake in a world file is told by file, place and kind:", () => {
  const table: readonly (readonly [string, unknown, string])[] = [
    ["a list at the top", [], "world.json: must be an object, not a list"],
    ["text at the top", "x", 'world.json: must be an object, is "x"'],
    ["an unknown member", { account: [] }, "world.json: account: is not a member that a world file knows"],
    ["an account without an id", { accounts: [{ name: "x" }] }, "world.json: accounts[0].id: is missing"],
    [
      "an id of numbers",
      { accounts: [{ id: 222222222222 }] },
      "world.json: accounts[0].id: must be a string, is 222222222222",
    ],
    [
      "an id of eleven digits",
      { accounts: [{ id: "22222222222", name: "x" }] },
      "world.json: accounts[0].id: must be 12 digits, as text",
    ],
    [
      "a new account without a name",
      { accounts: [{ id: "777777777777" }] },
      "world.json: accounts[0]: name is missing",
    ],
    [
      "another name for an account",
      { accounts: [{ id: CUSTOMER, name: "acme" }] },
      `world.json: accounts[0].name: the account ${CUSTOMER} is called customer`,
    ],
    [
      "a name that another account has",
      { accounts: [{ id: "777777777777", name: "vendor" }] },
      `world.json: accounts[0].name: the account ${VENDOR} has this name`,
    ],
    [
      "a user twice",
      { accounts: [{ id: CUSTOMER, users: [{ name: "a" }, { name: "A" }] }] },
      "world.json: accounts[0].users[1]: A already exists",
    ],
    ["a role twice", role({ name: "FIRST" }), "world.json: accounts[0].roles[1]: FIRST already exists"],
    [
      "a group that the account does not have",
      user({ groups: ["staff"] }),
      `world.json: accounts[0].users[0].groups[0]: the group staff does not exist in account ${CUSTOMER}`,
    ],
    [
      "a group twice",
      { accounts: [{ id: CUSTOMER, groups: [{ name: "a" }, { name: "A" }] }] },
      "world.json: accounts[0].groups[1]: A already exists",
    ],
    [
      "a boundary of a group",
      { accounts: [{ id: CUSTOMER, groups: [{ name: "a", permissionsBoundaryArn: "arn:aws:iam::aws:policy/x" }] }] },
      "world.json: accounts[0].groups[0].permissionsBoundaryArn: is not a member that a world file knows",
    ],
    [
      "an MFA device whose secret is no base 32",
      user({ mfaDevices: [{ name: "u", secret: "jbswy3dpehpk3pxp" }] }),
      "world.json: accounts[0].users[0].mfaDevices[0].secret: must be base 32",
    ],
    [
      "an MFA device whose secret is no whole bytes",
      user({ mfaDevices: [{ name: "u", secret: "JBSWY3DPEHPK3PXPJ" }] }),
      "world.json: accounts[0].users[0].mfaDevices[0].secret: must be base 32",
    ],
    [
      "an MFA device twice",
      user({ mfaDevices: ["u", "U"].map((name) => ({ name, secret: "JBSWY3DPEHPK3PXP" })) }),
      "world.json: accounts[0].users[0].mfaDevices[1]: U already exists",
    ],
    [
      "nine MFA devices",
      user({ mfaDevices: [..."123456789"].map((name) => ({ name, secret: "JBSWY3DPEHPK3PXP" })) }),
      "world.json: accounts[0].users[0].mfaDevices: must be at most 8",
    ],
    ["the administrator again", user({ name: "admin" }), "world.json: accounts[0].users[0]: admin already exists"],
    [
      "a misspelt boundary",
      user({ permissionBoundaryArn: "x" }),
      "world.json: accounts[0].users[0].permissionBoundaryArn: is not a member that a world file knows",
    ],
    [
      "a boundary that does not exist",
      user({ permissionsBoundaryArn: `arn:aws:iam::${CUSTOMER}:policy/none` }),
      `world.json: accounts[0].users[0].permissionsBoundaryArn: the policy arn:aws:iam::${CUSTOMER}:policy/none does not exist for account ${CUSTOMER}`,
    ],
    [
      "a policy of AWS's that the sandbox lacks",
      user({ attachedPolicyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"] }),
      "world.json: accounts[0].users[0].attachedPolicyArns[0]: the policy arn:aws:iam::aws:policy/ReadOnlyAccess does not exist",
    ],
    [
      "tag keys that differ in case",
      user({ tags: { a: "1", A: "2" } }),
      "world.json: accounts[0].users[0].tags: must not have tag keys that differ only in case",
    ],
    [
      "a path without its slash",
      user({ path: "/x" }),
      "world.json: accounts[0].users[0].path: must begin and end with a slash",
    ],
    [
      "an inline policy with a principal",
      user({ policies: { "my-policy": trust } }),
      'world.json: accounts[0].users[0].policies["my-policy"].Statement[0].',
    ],
    [
      "a role without a trust policy",
      { accounts: [{ id: CUSTOMER, roles: [{ name: "r" }] }] },
      "world.json: accounts[0].roles[0].trustPolicy: is missing",
    ],
    [
      "a trust policy with an unknown effect",
      role({ trustPolicy: document({ ...trusting({ AWS: VENDOR }), Effect: "Alow" }) }),
      "world.json: accounts[0].roles[1].trustPolicy.Statement[0].Effect: unknown effect",
    ],
    [
      "a trust policy with an unknown operator",
      role({ trustPolicy: document(trusting({ AWS: VENDOR }, { StringEqualz: { "sts:ExternalId": "x" } })) }),
      "world.json: accounts[0].roles[1].trustPolicy.Statement[0].Condition.StringEqualz",
    ],
    [
      "a trust policy with a resource",
      role({ trustPolicy: document({ ...trusting({ AWS: VENDOR }), Resource: "*" }) }),
      "world.json: accounts[0].roles[1].trustPolicy.Statement[0].Resource",
    ],
    [
      "a trust policy for somebody who does not exist",
      role({ trustPolicy: document(trusting({ AWS: `arn:aws:iam::${VENDOR}:user/ghost` })) }),
      `world.json: accounts[0].roles[1].trustPolicy: Invalid principal in policy: "AWS":"arn:aws:iam::${VENDOR}:user/ghost"`,
    ],
    [
      "a trust policy for an account that does not exist",
      role({ trustPolicy: document(trusting({ AWS: "999999999999" })) }),
      'world.json: accounts[0].roles[1].trustPolicy: Invalid principal in policy: "AWS":"999999999999"',
    ],
    [
      "a trust policy that allows another service's actions",
      role({ trustPolicy: document({ ...trusting({ AWS: VENDOR }), Action: "s3:GetObject" }) }),
      "world.json: accounts[0].roles[1].trustPolicy: AssumeRole policy may only specify STS AssumeRole actions.",
    ],
    [
      "a session of eleven minutes",
      role({ maxSessionDuration: 660 }),
      "world.json: accounts[0].roles[1].maxSessionDuration: must be at least 3600 seconds",
    ],
    [
      "a bucket of an unknown account",
      bucket({ account: "999999999999" }),
      "world.json: buckets[0].account: the account 999999999999 does not exist",
    ],
    ["a bucket name in capitals", bucket({ name: "Bucket" }), "world.json: buckets[0].name: must be a bucket name"],
    [
      "a bucket name like an address",
      bucket({ name: "127.0.0.1" }),
      "world.json: buckets[0].name: must be a bucket name",
    ],
    [
      "a bucket twice",
      {
        buckets: [
          { name: "bucket", account: CUSTOMER },
          { name: "bucket", account: VENDOR },
        ],
      },
      "world.json: buckets[1]: the bucket bucket already exists",
    ],
    [
      "a public bucket policy where Block Public Access forbids it",
      bucket({
        policy: document({
          Effect: "Allow",
          Principal: "*",
          Action: "s3:GetObject",
          Resource: "arn:aws:s3:::bucket/*",
        }),
      }),
      'world.json: buckets[0].policy: User: arn:aws:iam::222222222222:root is not authorized to perform: s3:PutBucketPolicy on resource: "arn:aws:s3:::bucket" because public policies are prevented',
    ],
    [
      "a bucket policy for another bucket",
      bucket({
        policy: document({
          Effect: "Allow",
          Principal: { AWS: VENDOR },
          Action: "s3:*",
          Resource: "arn:aws:s3:::bucket2/*",
        }),
      }),
      "world.json: buckets[0].policy: Policy has invalid resource",
    ],
    [
      "a bucket policy without a principal",
      bucket({ policy: allowing("s3:*") }),
      "world.json: buckets[0].policy.Statement[0].Principal: missing element",
    ],
    [
      "half a Block Public Access",
      bucket({ blockPublicAccess: { blockPublicAcls: true } }),
      "world.json: buckets[0].blockPublicAccess.ignorePublicAcls: is missing",
    ],
    [
      "an object without a body",
      bucket({ objects: [{ key: "k" }] }),
      "world.json: buckets[0].objects[0]: must have either body or bodyBase64",
    ],
    [
      "an object with bytes that are no base 64",
      bucket({ objects: [{ key: "k", bodyBase64: "x" }] }),
      "world.json: buckets[0].objects[0].bodyBase64: must be base 64",
    ],
    [
      "an organisation's policy for a stranger",
      organization({ serviceControlPolicies: { accounts: { [VENDOR]: {} } } }),
      `world.json: organization.serviceControlPolicies.accounts.${VENDOR}: the account ${VENDOR} is not in the organisation`,
    ],
    [
      "an organisation of an unknown account",
      organization({ accounts: ["999999999999"] }),
      "world.json: organization.accounts[0]: the account 999999999999 does not exist",
    ],
    [
      "service control policies as a list",
      organization({ serviceControlPolicies: [] }),
      "world.json: organization.serviceControlPolicies: must be an object, not a list",
    ],
    [
      "a service control policy with a principal",
      organization({ serviceControlPolicies: { root: { Mine: trust } } }),
      "world.json: organization.serviceControlPolicies.root.Mine.Statement[0]",
    ],
  ];
  it.each(table)("%s", async (_what, file, expected) => {
    const error = await startSandbox({ world: file as WorldFile, worldSource: "world.json" }).then(
      () => undefined,
      (thrown: unknown) => thrown as { code: string; hint: string; message: string },
    );
    expect(error?.message.slice(0, expected.length)).toBe(expected);
    expect(error?.code).toBe("invalid_world");
    expect(error?.hint).toMatch(/\S{3,}/);
  });
});
