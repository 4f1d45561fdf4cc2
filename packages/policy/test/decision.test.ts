// The answer says why, as data.
import { describe, expect, it } from "vitest";
import { allow, ask, assume, BOB, deny, HERE, named, OBJECT, THERE, trusts } from "./ask.js";

describe("a decision", () => {
  it("names the Allow statements of every layer that granted", () => {
    const policies = {
      identity: [
        named("identity", "first", allow("ec2:*"), allow("s3:*", "*", { Sid: "Reads" })),
        named("identity", "second", allow("*")),
      ],
      resource: named("resource", "bucket policy", { ...allow("s3:*", OBJECT), Principal: { AWS: HERE } }),
    };
    expect(ask(BOB, policies)).toEqual({
      allowed: true,
      outcome: "allow",
      deniedBy: undefined,
      decidedBy: [
        { layer: "identity", policy: "first", index: 1, sid: "Reads", effect: "Allow" },
        { layer: "identity", policy: "second", index: 0, sid: undefined, effect: "Allow" },
        { layer: "resource", policy: "bucket policy", index: 0, sid: undefined, effect: "Allow" },
      ],
      failedConditions: [],
      unknownKeys: [],
    });
  });

  it("names every Deny statement that applied, and blames the outermost layer", () => {
    const decision = ask(BOB, {
      identity: [named("identity", "own", allow("*"), deny("s3:*", "*", { Sid: "Own" }))],
      permissionsBoundary: named("permissions-boundary", "limit", deny("*")),
      serviceControl: [[named("service-control", "organisation", allow("*"), deny("s3:GetObject"))]],
    });
    expect(decision).toMatchObject({ allowed: false, outcome: "explicit-deny", deniedBy: "service-control" });
    expect(decision.decidedBy).toEqual([
      { layer: "identity", policy: "own", index: 1, sid: "Own", effect: "Deny" },
      { layer: "permissions-boundary", policy: "limit", index: 0, sid: undefined, effect: "Deny" },
      { layer: "service-control", policy: "organisation", index: 1, sid: undefined, effect: "Deny" },
    ]);
  });

  it("that is an implicit denial names the layer without an Allow, and the Allows of the others", () => {
    const decision = ask(BOB, { identity: [named("identity", "own", allow("*"))] }, { resourceAccount: THERE });
    expect(decision).toMatchObject({ outcome: "implicit-deny", deniedBy: "resource" });
    expect(decision.decidedBy).toEqual([
      { layer: "identity", policy: "own", index: 0, sid: undefined, effect: "Allow" },
    ]);
  });

  it("tells which conditions failed, what was expected and what came", () => {
    const trust = [
      trusts(
        { AWS: HERE },
        { StringEquals: { "sts:ExternalId": ["a", "b"] }, Bool: { "aws:MultiFactorAuthPresent": "true" } },
      ),
    ];
    const statement = { layer: "resource", policy: "trust policy", index: 0, sid: undefined, effect: "Allow" };
    expect(assume(BOB, trust, { "sts:ExternalId": "c" }).failedConditions).toEqual([
      { statement, operator: "StringEquals", key: "sts:ExternalId", expected: ["a", "b"], actual: ["c"] },
      { statement, operator: "Bool", key: "aws:MultiFactorAuthPresent", expected: ["true"], actual: undefined },
    ]);
  });

  it("names the operator with all that it was written with, and a key without values as absent", () => {
    const Condition = {
      "ForAnyValue:StringEquals": { "aws:TagKeys": "a" },
      StringEqualsIfExists: { "aws:UserAgent": "cli" },
    };
    const identity = [named("identity", "own", allow("*", "*", { Condition }))];
    const { failedConditions } = ask(BOB, { identity }, { context: { "aws:TagKeys": [], "aws:UserAgent": "sdk" } });
    expect(failedConditions.map(({ operator, actual }) => [operator, actual])).toEqual([
      ["ForAnyValue:StringEquals", undefined],
      ["StringEqualsIfExists", ["sdk"]],
    ]);
  });

  it("does not speak of conditions in statements that do not mean the question", () => {
    const condition = { StringEquals: { "nosuch:Key": "x" } };
    const others = [
      allow("ec2:*", "*", { Condition: condition }),
      allow("s3:*", "arn:aws:s3:::other", { Condition: condition }),
    ];
    const decision = ask(BOB, {
      identity: [named("identity", "own", ...others)],
      resource: named("resource", "bucket policy", {
        ...allow("s3:*"),
        Principal: { AWS: THERE },
        Condition: condition,
      }),
    });
    expect(decision).toMatchObject({ failedConditions: [], unknownKeys: [] });
  });

  it("tells of a Deny that a condition kept from applying", () => {
    const denied = deny("*", "*", { Condition: { Bool: { "aws:SecureTransport": "false" } } });
    const decision = ask(
      BOB,
      { identity: [named("identity", "own", allow("*"), denied)] },
      { context: { "aws:SecureTransport": "true" } },
    );
    expect(decision.allowed).toBe(true);
    expect(decision.failedConditions.map(({ statement, key }) => [statement.effect, key])).toEqual([
      ["Deny", "aws:SecureTransport"],
    ]);
  });

  it("reports condition keys that the catalogue does not know, each once", () => {
    const Condition = {
      StringNotEquals: { "sts:externalid": "x", "sts:ExternalIdd": "x", "aws:PrincipalTag/": "x" },
      StringNotLike: { "sts:ExternalIdd": "${foo:Bar}" },
    };
    const decision = ask(BOB, { identity: [named("identity", "own", allow("*", "*", { Condition }))] });
    expect(decision.allowed).toBe(true);
    expect(decision.unknownKeys).toEqual(["sts:ExternalIdd", "aws:PrincipalTag/", "foo:bar"]);
  });

  it("reports an unknown key of a variable in Resource", () => {
    const statement = allow("*", ["arn:aws:s3:::${my:Key, 'bucket'}/key"]);
    expect(ask(BOB, { identity: [named("identity", "own", statement)] })).toMatchObject({
      allowed: true,
      unknownKeys: ["my:key"],
    });
  });

  it("reports an unknown key of a variable that kept a statement from applying", () => {
    const identity = [named("identity", "own", allow("*", "arn:aws:s3:::${my:Key}/key"))];
    expect(ask(BOB, { identity })).toMatchObject({ allowed: false, unknownKeys: ["my:key"] });
  });

  it("knows AWS's keys in any case", () => {
    const keys = [
      "aws:PrincipalArn",
      "AWS:SOURCEIP",
      "aws:PrincipalOrgID",
      "aws:RequestTag/Owner",
      "aws:ResourceTag/a/b",
      "sts:ExternalId",
      "sts:TransitiveTagKeys",
      "iam:PassedToService",
      "iam:ResourceTag/x",
      "s3:prefix",
      "s3:x-amz-acl",
      "s3:ExistingObjectTag/class",
      "s3:RequestObjectTag/class",
      "kms:ViaService",
      "kms:EncryptionContext:app",
      "accounts.google.com:aud",
      "token.actions.githubusercontent.com:sub",
    ];
    const Condition = { Null: Object.fromEntries(keys.map((key) => [key, ["true", "false"]])) };
    expect(ask(BOB, { identity: [named("identity", "own", allow("*", "*", { Condition }))] })).toMatchObject({
      allowed: true,
      unknownKeys: [],
    });
  });
});
