// Random policies and questions for the property tests. They draw from small pools of names that share prefixes, differ
// in case only or look like patterns, so that statements meet questions often.
import * as fc from "fast-check";
import type { AccessRequest, PolicyKind, PolicySet, RequestPrincipal } from "@daypass/policy";
import { ANONYMOUS, HERE, named, roleSession, root, THERE, user } from "./ask.js";

export type Json = Readonly<Record<string, unknown>>;

export const RUNS = { numRuns: 1000 };
export const pick = <T>(...items: readonly T[]) => fc.constantFrom(...items);

// Users "bob" and "bobby", a role and a session of each name, in two accounts.
const NAMES = ["bob", "bobby", "Bob", "b.b"] as const;
const CALLERS: readonly RequestPrincipal[] = [
  ...[HERE, THERE].flatMap((account) => [
    root(account),
    ...NAMES.map((name) => user(name, account)),
    ...NAMES.map((name) => roleSession(name, account)),
  ]),
  ANONYMOUS,
  { type: "service", service: "ec2.amazonaws.com" },
];
const WRITTEN = [
  HERE,
  THERE,
  `arn:aws:iam::${HERE}:root`,
  ...NAMES.flatMap((name) => [
    user(name).arn,
    roleSession(name).roleArn,
    roleSession(name).sessionArn,
    user(name).uniqueId,
  ]),
];
const RESOURCES = ["arn:aws:s3:::b", "arn:aws:s3:::b/k", "arn:aws:s3:::bb/k", "arn:aws:s3:::B/k.txt", "*"] as const;
const ACTIONS = ["s3:GetObject", "S3:GETOBJECT", "s3:GetObjectAcl", "s3:PutObject", "iam:GetUser"] as const;

const values = pick(
  "",
  "a",
  "A",
  "ab",
  "a*",
  "*",
  "?",
  "a.b",
  "(a)",
  "${*}",
  "10",
  "9.5",
  "true",
  "2020-01-01",
  "203.0.113.7",
  "arn:aws:s3:::b",
);
const keys = pick(
  "aws:SourceIp",
  "AWS:sourceip",
  "sts:ExternalId",
  "aws:TagKeys",
  "aws:username",
  "aws:PrincipalArn",
  "x:unknown",
);
const operators = fc
  .tuple(
    pick("", "ForAllValues:", "ForAnyValue:"),
    pick(
      "StringEquals",
      "StringNotLike",
      "StringLike",
      "NumericLessThan",
      "DateNotEquals",
      "Bool",
      "NotIpAddress",
      "ArnLike",
    ),
    pick("", "IfExists"),
  )
  .map((parts) => parts.join(""));
const condition = fc.option(
  fc.dictionary(
    fc.oneof(operators, fc.constant("Null")),
    keys.chain((key) => fc.array(values, { minLength: 1, maxLength: 2 }).map((list) => ({ [key]: list }))),
    { maxKeys: 2 },
  ),
  { nil: undefined, freq: 2 },
);

const some = <T>(item: fc.Arbitrary<T>) => fc.oneof(item, fc.array(item, { minLength: 1, maxLength: 3 }));
const principal = fc.oneof(
  fc.constant("*"),
  fc.constant({ AWS: [HERE, THERE] }),
  some(pick(...WRITTEN)).map((AWS) => ({ AWS })),
  fc.constant({ Service: "ec2.amazonaws.com" }),
);

export function statement(
  kind: PolicyKind,
  effects: readonly string[] = ["Allow", "Allow", "Allow", "Allow", "Allow", "Allow", "Deny"],
): fc.Arbitrary<Json> {
  return fc
    .record({
      Effect: pick(...effects),
      action: fc.tuple(
        pick("Action", "Action", "Action", "NotAction"),
        some(pick(...ACTIONS, "*", "*", "*", "s3:*", "s3:*", "s3:Get*", "s3:???Object")),
      ),
      resource: fc.tuple(
        pick("Resource", "Resource", "Resource", "NotResource"),
        some(pick(...RESOURCES, "*", "*", "*", "arn:aws:s3:::b*", "arn:aws:s3:::b*", "arn:aws:s3:::${aws:username}/?")),
      ),
      principal,
      not: fc.boolean(),
      Condition: condition,
    })
    .map(({ Effect, action, resource, principal, not, Condition }) => ({
      Effect,
      [action[0]]: action[1],
      [resource[0]]: resource[1],
      ...(kind === "resource" ? { [not && Effect === "Deny" ? "NotPrincipal" : "Principal"]: principal } : {}),
      ...(Condition === undefined ? {} : { Condition }),
    }));
}

export const statements = (kind: PolicyKind) => fc.array(statement(kind), { minLength: 1, maxLength: 4 });

export interface World {
  readonly identity: readonly Json[];
  readonly boundary: readonly Json[] | undefined;
  readonly session: readonly Json[] | undefined;
  readonly control: readonly (readonly Json[])[];
  readonly resource: readonly Json[] | undefined;
}

export const world: fc.Arbitrary<World> = fc.record({
  identity: statements("identity"),
  boundary: fc.option(statements("permissions-boundary"), { nil: undefined, freq: 2 }),
  session: fc.option(statements("session"), { nil: undefined, freq: 2 }),
  control: fc.array(statements("service-control"), { maxLength: 2 }),
  resource: fc.option(statements("resource"), { nil: undefined }),
});

export function policiesOf({ identity, boundary, session, control, resource }: World): PolicySet {
  const maybe = (kind: PolicyKind, list: readonly Json[] | undefined) =>
    list === undefined ? undefined : named(kind, kind, ...list);
  return {
    identity: [named("identity", "identity", ...identity)],
    permissionsBoundary: maybe("permissions-boundary", boundary),
    session: session === undefined ? [] : [named("session", "session", ...session)],
    serviceControl: control.map((level, index) => [named("service-control", `level ${index}`, ...level)]),
    resource: maybe("resource", resource),
  };
}

export const request: fc.Arbitrary<AccessRequest> = fc.record({
  principal: pick(...CALLERS),
  action: pick(...ACTIONS),
  resource: pick(...RESOURCES),
  resourceAccount: pick(HERE, HERE, THERE),
  context: fc.dictionary(
    pick("aws:SourceIp", "sts:ExternalId", "aws:TagKeys"),
    fc.oneof(values, fc.array(values, { maxLength: 2 })),
  ),
});
