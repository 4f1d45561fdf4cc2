// Whom a role trusts: the cases that emulators of AWS are known to get wrong, and more of their kind.
import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allowing, assume, CUSTOMER, document, outcome, roleArn, sts, trusting, VENDOR, world } from "./sts-clients.js";
import type { RoleEntry } from "./sts-clients.js";

const bob = `arn:aws:iam::${CUSTOMER}:user/bob`;
const bobby = `arn:aws:iam::${CUSTOMER}:user/bobby`;
const carol = `arn:aws:iam::${CUSTOMER}:user/carol`;
const vendorAdmin = `arn:aws:iam::${VENDOR}:user/admin`;
const id = (value: unknown) => ({ StringEquals: { "sts:ExternalId": value } });
const right = "acme-7f3a";

interface Case {
  readonly title: string;
  readonly statements: readonly object[];
  readonly caller?: "bob" | "vendor";
  readonly externalId?: string;
  readonly allowed: boolean;
}

const vendorRoot = { AWS: `arn:aws:iam::${VENDOR}:root` };
const rotation = [trusting({ AWS: bob }, id("old-id")), trusting({ AWS: bob }, id("new-id"))];
const deny = { ...trusting({ AWS: bob }), Effect: "Deny", Condition: { StringNotEquals: { "sts:ExternalId": right } } };

const cases: readonly Case[] = [
  {
    title: "a named user with the right external ID",
    statements: [trusting({ AWS: bob }, id(right))],
    externalId: right,
    allowed: true,
  },
  {
    title: "a named user with a wrong external ID",
    statements: [trusting({ AWS: bob }, id(right))],
    externalId: "wrong",
    allowed: false,
  },
  { title: "a named user without the external ID", statements: [trusting({ AWS: bob }, id(right))], allowed: false },
  {
    title: "the root of the user's account",
    statements: [trusting({ AWS: `arn:aws:iam::${CUSTOMER}:root` })],
    allowed: true,
  },
  { title: "the user's account by its bare id", statements: [trusting({ AWS: CUSTOMER })], allowed: true },
  { title: "one of several principals", statements: [trusting({ AWS: [carol, bob] })], allowed: true },
  {
    title: "one of several external IDs",
    statements: [trusting({ AWS: bob }, id(["a-1", right]))],
    externalId: right,
    allowed: true,
  },
  { title: "a user that is not trusted", statements: [trusting({ AWS: carol })], allowed: false },
  {
    title: "StringLike without a match",
    statements: [trusting({ AWS: bob }, { StringLike: { "sts:ExternalId": "acme-*" } })],
    externalId: "other-1",
    allowed: false,
  },
  {
    title: "StringNotEquals that names the given ID",
    statements: [trusting({ AWS: bob }, { StringNotEquals: { "sts:ExternalId": right } })],
    externalId: right,
    allowed: false,
  },
  {
    title: "an MFA condition without MFA",
    statements: [trusting({ AWS: bob }, { Bool: { "aws:MultiFactorAuthPresent": "true" } })],
    allowed: false,
  },
  {
    title: "an explicit Deny beside the Allow",
    statements: [trusting({ AWS: bob }), deny],
    externalId: "wrong",
    allowed: false,
  },
  {
    title: "a service as the only principal",
    statements: [trusting({ Service: "ec2.amazonaws.com" })],
    allowed: false,
  },
  { title: "user bob where bobby is trusted", statements: [trusting({ AWS: bobby })], allowed: false },
  { title: "the old ID during a rotation", statements: rotation, externalId: "old-id", allowed: true },
  { title: "the new ID during a rotation", statements: rotation, externalId: "new-id", allowed: true },
  {
    title: "across accounts with the right external ID",
    caller: "vendor",
    statements: [trusting(vendorRoot, id(right))],
    externalId: right,
    allowed: true,
  },
  {
    title: "across accounts with a wrong external ID",
    caller: "vendor",
    statements: [trusting(vendorRoot, id(right))],
    externalId: "wrong",
    allowed: false,
  },
  {
    title: "across accounts without the external ID",
    caller: "vendor",
    statements: [trusting(vendorRoot, id(right))],
    allowed: false,
  },
  {
    title: "across accounts with a wrong ID in other case",
    caller: "vendor",
    statements: [trusting({ AWS: vendorAdmin }, id(right))],
    externalId: right.toUpperCase(),
    allowed: false,
  },
  {
    title: "across accounts where nobody trusts the vendor",
    caller: "vendor",
    statements: [trusting({ AWS: bob })],
    externalId: right,
    allowed: false,
  },
  {
    title: "an external ID with one character more",
    caller: "vendor",
    statements: [trusting(vendorRoot, id(right))],
    externalId: `${right}x`,
    allowed: false,
  },
  { title: "a role that trusts everyone", caller: "vendor", statements: [trusting({ AWS: "*" })], allowed: true },
  {
    title: "a role that trusts everyone with an external ID, without it",
    caller: "vendor",
    statements: [trusting({ AWS: "*" }, id(right))],
    allowed: false,
  },
  {
    title: "ForAllValues on an absent key, which AWS lets pass",
    statements: [trusting({ AWS: bob }, { "ForAllValues:StringEquals": { "aws:TagKeys": ["team"] } })],
    allowed: true,
  },
  {
    title: "ForAnyValue on an absent key",
    statements: [trusting({ AWS: bob }, { "ForAnyValue:StringEquals": { "aws:TagKeys": ["team"] } })],
    allowed: false,
  },
  {
    title: "Null true on an external ID that is given",
    statements: [trusting({ AWS: bob }, { Null: { "sts:ExternalId": "true" } })],
    externalId: right,
    allowed: false,
  },
  {
    title: "StringEqualsIfExists without the key",
    statements: [trusting({ AWS: bob }, { StringEqualsIfExists: { "sts:ExternalId": right } })],
    allowed: true,
  },
  {
    title: "Bool MFA false, which long-term keys do not carry",
    statements: [trusting({ AWS: bob }, { Bool: { "aws:MultiFactorAuthPresent": "false" } })],
    allowed: false,
  },
  {
    title: "a session name that the role asks for",
    statements: [trusting({ AWS: bob }, { StringLike: { "sts:RoleSessionName": "prob?" } })],
    allowed: true,
  },
  {
    title: "a session name that the role does not take",
    statements: [trusting({ AWS: bob }, { StringEquals: { "sts:RoleSessionName": "${aws:username}" } })],
    allowed: false,
  },
  {
    title: "another action than AssumeRole",
    statements: [trusting({ AWS: bob }, undefined, "sts:TagSession")],
    allowed: false,
  },
  {
    title: "aws:PrincipalArn that is another's",
    caller: "vendor",
    statements: [trusting(vendorRoot, { ArnEquals: { "aws:PrincipalArn": `arn:aws:iam::${VENDOR}:role/app` } })],
    allowed: false,
  },
  {
    title: "aws:PrincipalArn that is the caller's",
    caller: "vendor",
    statements: [trusting(vendorRoot, { ArnEquals: { "aws:PrincipalArn": vendorAdmin } })],
    allowed: true,
  },
  {
    title: "a source address that is not ours",
    statements: [trusting({ AWS: bob }, { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } })],
    allowed: false,
  },
  {
    title: "our source address",
    statements: [trusting({ AWS: bob }, { IpAddress: { "aws:SourceIp": "127.0.0.0/8" } })],
    allowed: true,
  },
  {
    title: "a date that has passed",
    statements: [trusting({ AWS: bob }, { DateLessThan: { "aws:CurrentTime": "2020-01-01T00:00:00Z" } })],
    allowed: false,
  },
];

const roles: RoleEntry[] = cases.map(({ statements }, index) => ({
  name: `case-${index}`,
  trustPolicy: document(...statements),
}));
const mayAssume = { assume: allowing("sts:AssumeRole") };

describe("trust policies", () => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await startSandbox({
      world: world({
        roles: [
          ...roles,
          { name: "only-trust", trustPolicy: document(trusting({ AWS: `arn:aws:iam::${VENDOR}:user/bare` })) },
        ],
        users: [{ name: "bob", policies: mayAssume }, { name: "bobby" }, { name: "carol" }, { name: "dave" }],
        vendorUsers: [
          { name: "bare" },
          { name: "narrow", policies: { assume: allowing("sts:AssumeRole", roleArn("case-0")) } },
          {
            name: "denied",
            policies: {
              assume: document(
                { Effect: "Allow", Action: "sts:*", Resource: "*" },
                { Effect: "Deny", Action: "sts:AssumeRole", Resource: roleArn("case-22") },
              ),
            },
          },
        ],
      }),
    });
  });
  afterAll(() => sandbox.stop());

  for (const [index, { title, caller = "bob", externalId, allowed }] of cases.entries()) {
    it(`${allowed ? "admits" : "refuses"} ${title}`, async () => {
      const keys = caller === "bob" ? sandbox.issueKey("customer", "bob") : sandbox.account("vendor").admin;
      const who = caller === "bob" ? bob : vendorAdmin;
      const answer = assume(
        sts(sandbox, keys),
        roleArn(`case-${index}`),
        externalId === undefined ? {} : { ExternalId: externalId },
      );
      expect(await outcome(answer)).toBe(
        allowed
          ? "ok"
          : `403 AccessDenied User: ${who} is not authorized to perform: sts:AssumeRole on resource: ${roleArn(`case-${index}`)}`,
      );
    });
  }

  it("answers for a role that does not exist as for one that refuses", async () => {
    const client = sts(sandbox, sandbox.account("vendor").admin);
    const texts = await Promise.all(
      [
        roleArn("nope"),
        roleArn("nope", "999999999999"),
        roleArn("case-20"),
        roleArn("path/case-22"),
        roleArn("CASE-22"),
      ].map(async (arn) => (await outcome(assume(client, arn))).replaceAll(arn, "ROLE")),
    );
    expect(new Set(texts)).toEqual(
      new Set([`403 AccessDenied User: ${vendorAdmin} is not authorized to perform: sts:AssumeRole on resource: ROLE`]),
    );
  });

  it("needs the caller's own permission across accounts, even when the user is named", async () => {
    const answer = assume(sts(sandbox, sandbox.issueKey("vendor", "bare")), roleArn("only-trust"));
    expect(await outcome(answer)).toMatch(/^403 AccessDenied User: .*user\/bare is not authorized/);
  });

  it("needs the caller's own permission within the account when only the account is trusted", async () => {
    const client = sts(sandbox, sandbox.issueKey("customer", "dave"));
    expect(await outcome(assume(client, roleArn("case-3")))).toMatch(/^403 AccessDenied/);
    expect(await outcome(assume(client, roleArn("case-4")))).toMatch(/^403 AccessDenied/);
  });

  it("does not need the caller's own permission within the account when the user is named", async () => {
    const client = sts(sandbox, sandbox.issueKey("customer", "carol"));
    expect(await outcome(assume(client, roleArn("case-5")))).toBe("ok");
  });

  it("keeps to the resource of the caller's permission and to its Deny", async () => {
    const narrow = sts(sandbox, sandbox.issueKey("vendor", "narrow"));
    expect(await outcome(assume(narrow, roleArn("case-22")))).toMatch(/^403 AccessDenied/);
    const denied = sts(sandbox, sandbox.issueKey("vendor", "denied"));
    expect(await outcome(assume(denied, roleArn("case-22")))).toMatch(/^403 AccessDenied/);
  });
});
