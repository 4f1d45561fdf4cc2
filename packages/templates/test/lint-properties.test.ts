// Lint and diff on whatever can be described, hostile names included.
import { diffPermissions, FINDING_CODES, lintPermissions } from "@daypass/templates";
import type { PermissionStatement, PolicyConditions, RoleDescription } from "@daypass/templates";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { role } from "./lint-describe.js";

const RUNS = { numRuns: 150 };

const HOSTILE = [
  "__proto__",
  "constructor",
  "${*}",
  "${aws:username}",
  "a'b\"c",
  "&<>",
  "?",
  "**",
  "\u00e9",
  "x".repeat(200),
];

const action = fc.constantFrom(
  "s3:GetObject",
  "s3:getobject",
  "s3:Get*",
  "s3:PutObject",
  "s3:PutBucketEncryption",
  "sqs:SendMessage",
  "sqs:*",
  "ec2:RunInstances",
  "ec2:CreateTags",
  "ec2:Describe*",
  "ec2:DescribeInstances",
  "iam:PassRole",
  "iam:PutRolePolicy",
  "iam:ListRoleTags",
  "kms:?reateAlias",
  "constructor:toString",
  "hasownproperty:x",
  "s3:???",
  "s3:hasOwnProperty",
);
const resource = fc.oneof(
  fc.constantFrom(
    "*",
    "arn:aws:s3:::acme-*",
    "arn:aws:s3:::acme-*/*",
    "arn:aws:s3:::acme-1/*",
    "arn:*:sqs:*:*:*",
    "arn:aws:iam::*:role/acme/*",
    "arn:aws:iam::${AWS::AccountId}:role/*",
    "arn:aws:ec2:*:*:instance/*",
    "arn:aws:ec2:*::image/*",
    "arn:aws-cn:sqs:::x",
  ),
  fc.constantFrom(...HOSTILE).map((name) => `arn:aws:s3:::${name}/${name}`),
);
const conditions: fc.Arbitrary<PolicyConditions | undefined> = fc.option(
  fc.dictionary(
    fc.constantFrom(
      "StringEquals",
      "StringNotLike",
      "StringLikeIfExists",
      "ForAllValues:StringLike",
      "ForAnyValue:StringEquals",
    ),
    fc.dictionary(
      fc.constantFrom(
        "aws:ResourceAccount",
        "ec2:ResourceTag/a",
        "aws:RequestTag/b",
        "aws:TagKeys",
        "s3:prefix",
        "none:such",
      ),
      fc.uniqueArray(fc.oneof(fc.constantFrom("a", "b", "a*", "${AWS::AccountId}"), fc.constantFrom(...HOSTILE)), {
        minLength: 1,
        maxLength: 3,
      }),
      { minKeys: 1, maxKeys: 2 },
    ),
    { minKeys: 1, maxKeys: 2 },
  ),
  { nil: undefined },
);
const statement = fc.record({
  effect: fc.constantFrom("Allow" as const, "Allow" as const, "Deny" as const),
  actions: fc.uniqueArray(action, { minLength: 1, maxLength: 4 }),
  resources: fc.uniqueArray(resource, { minLength: 1, maxLength: 3 }),
  conditions,
});
type Drawn = typeof statement extends fc.Arbitrary<infer Value> ? Value : never;

function named(drawn: readonly Drawn[], prefix: string): readonly PermissionStatement[] {
  return drawn.map(({ conditions, ...rest }, index) => ({
    sid: `${prefix}${index}`,
    why: "for the test",
    ...rest,
    ...(conditions === undefined ? {} : { conditions }),
  }));
}

const described = fc
  .record({ ongoing: fc.array(statement, { maxLength: 4 }), setup: fc.array(statement, { maxLength: 2 }) })
  .map(({ ongoing, setup }) => role(named(ongoing, "On"), named(setup, "Set")));

describe("the lint of whatever can be described", () => {
  it("answers, the same each time, about statements that there are", () => {
    fc.assert(
      fc.property(described, (description) => {
        const found = lintPermissions(description);
        expect(lintPermissions(structuredClone(description))).toEqual(found);
        const sids = ["", ...[...description.ongoing, ...description.setup].map(({ sid }) => sid)];
        for (const { code, sid, message, fix } of found) {
          expect(FINDING_CODES).toContain(code);
          expect(sids).toContain(sid);
          expect(message).toMatch(/\S/);
          expect(fix).toMatch(/\S/);
        }
      }),
      RUNS,
    );
  });

  it("does not depend on the order of actions and resources", () => {
    fc.assert(
      fc.property(described, (description) => {
        const turned = turn(description);
        // What is missing is said once, at the first statement that should not stand alone.
        const codes = (each: RoleDescription): readonly string[] =>
          lintPermissions(each)
            .map(({ severity, code, sid }) => `${code === "incomplete_grant" ? "" : sid} ${severity} ${code}`)
            .sort();
        expect(codes(turned)).toEqual(codes(description));
      }),
      RUNS,
    );
  });
});

describe("the difference of whatever can be described", () => {
  it("of a description with itself is none, however its parts are ordered", () => {
    fc.assert(
      fc.property(described, (description) => {
        expect(diffPermissions(description, description).words).toBe("no difference");
        expect(diffPermissions(description, turn(description)).words).toBe("no difference");
        expect(diffPermissions(turn(description), description).words).toBe("no difference");
      }),
      RUNS,
    );
  });

  it("in one direction gains what it loses in the other", () => {
    fc.assert(
      fc.property(described, described, (one, other) => {
        const [forth, back] = [diffPermissions(one, other), diffPermissions(other, one)];
        expect(forth.gains).toEqual(back.loses);
        expect(forth.loses).toEqual(back.gains);
      }),
      RUNS,
    );
  });

  it("is none when a statement is cut into one for each action and resource", () => {
    fc.assert(
      fc.property(described, (description) => {
        const cut = { ...description, ongoing: pieces(description.ongoing), setup: pieces(description.setup) };
        expect(diffPermissions(description, cut).words).toBe("no difference");
        expect(diffPermissions(cut, description).words).toBe("no difference");
      }),
      RUNS,
    );
  });

  it("with one statement less holds no gain of an Allow, and with one more no loss", () => {
    fc.assert(
      fc.property(described, statement, (description, drawn) => {
        const [extra] = named([{ ...drawn, effect: "Allow" }], "Extra");
        const wider = { ...description, ongoing: [...description.ongoing, ...(extra === undefined ? [] : [extra])] };
        expect(diffPermissions(description, wider).loses).toEqual([]);
        expect(diffPermissions(wider, description).gains).toEqual([]);
      }),
      RUNS,
    );
  });
});

function turn(description: RoleDescription): RoleDescription {
  const back = (statements: readonly PermissionStatement[]): readonly PermissionStatement[] =>
    statements
      .map((each) => ({ ...each, actions: each.actions.toReversed(), resources: each.resources.toReversed() }))
      .toReversed();
  return { ...description, ongoing: back(description.ongoing), setup: back(description.setup) };
}

function pieces(statements: readonly PermissionStatement[]): readonly PermissionStatement[] {
  return statements.flatMap((each) =>
    each.actions.flatMap((action, a) =>
      each.resources.map((resource, r) => ({
        ...each,
        sid: `${each.sid}x${a}x${r}`,
        actions: [action],
        resources: [resource],
      })),
    ),
  );
}
