// Policy documents that say something else to one reader than to another. B1-05 (spellings, doubles), B1-06 (who is meant),
// B4-50 (what is repeated), B2-32 (what is too much). Source: IAM User Guide, "Grammar of the IAM JSON policy language".
import type { PolicyKind } from "@daypass/policy";
import { numbered } from "../attack-table.js";
import { deceivingTexts } from "./hostile-texts.js";
import { inheritedNames, spellingsOf, withOwn } from "./spellings.js";

type Json = Readonly<Record<string, unknown>>;

const identity: Json = { Effect: "Allow", Action: "s3:GetObject", Resource: "arn:aws:s3:::acme/*" };
const resource: Json = { ...identity, Principal: { AWS: "222222222222" } };
const trust: Json = { Effect: "Allow", Principal: { AWS: "222222222222" }, Action: "sts:AssumeRole" };
const statements: Readonly<Record<string, Json>> = { identity, resource, trust };

const policy = (...Statement: readonly unknown[]): Json => ({ Version: "2012-10-17", Statement });
const text = (kind: PolicyKind, change: Json): string => JSON.stringify(policy({ ...statements[kind], ...change }));
const invalid = { code: "invalid_policy" };
const badPrincipal = { code: "invalid_principal" };
const noJson = { code: "invalid_json" };

interface DocumentRow {
  readonly generated?: true;
  readonly attack: string;
  readonly kind: PolicyKind;
  readonly document: string | object;
  readonly expected: Json;
}

/** A document, the kind of policy that it is read as, and the refusal. */
export type DocumentAttack = DocumentRow & { readonly id: string };

const row = (attack: string, kind: PolicyKind, change: Json, expected: Json = invalid): DocumentRow => ({
  attack: `a ${kind} policy has ${attack}`,
  kind,
  document: text(kind, change),
  expected,
});
const whole = (attack: string, document: string | object, expected: Json = invalid): DocumentRow => ({
  attack: `a policy is ${attack}`,
  kind: "identity",
  document,
  expected,
});
const who = (attack: string, kind: PolicyKind, Principal: unknown, expected: Json = badPrincipal): DocumentRow =>
  row(`${attack} for a principal`, kind, { Principal }, expected);
const when = (attack: string, Condition: unknown): DocumentRow => row(attack, "identity", { Condition });

const one = JSON.stringify(policy(identity));

const written: readonly DocumentRow[] = [
  whole("nothing", "", noJson),
  whole("half of one", one.slice(0, -2), noJson),
  whole("two", one + one, noJson),
  whole("one with a comment", one.replace("{", "{/* good */"), noJson),
  whole("one with a comma too many", one.replace("]}", ",]}"), noJson),
  whole("one in single quotes", one.replaceAll('"', "'"), noJson),
  whole("one with a byte order mark", `\uFEFF${one}`, noJson),
  whole("YAML", "Version: 2012-10-17\nStatement: []", noJson),
  whole("XML", "<Policy/>", noJson),
  whole("a number with a leading zero", one.replace('"2012-10-17"', "02012"), noJson),
  whole("one with a line in a text", one.replace("s3:GetObject", "s3:Get\nObject"), noJson),
  whole("one with an unknown escape", one.replace("s3:", "\\x73"), noJson),
  whole("one with NaN", one.replace('"2012-10-17"', "NaN"), noJson),
  whole("null", "null"),
  whole("a list", `[${one}]`),
  whole("a text in JSON", JSON.stringify(one)),
  whole("a Map, whose entries nobody sees", new Map([["Statement", [identity]]])),
  whole("an instance of a class", Object.assign(new Date(0), policy(identity))),
  whole("one whose elements are inherited", Object.create(policy(identity)) as object),
  whole("of another version", { ...policy(identity), Version: "2012-10-18" }),
  whole("of a version in a list", { ...policy(identity), Version: ["2012-10-17"] }),
  whole("of a version that is a number", { ...policy(identity), Version: 20121017 }),
  whole("without a statement", { Version: "2012-10-17" }),
  whole("of no statements", policy()),
  whole("of a statement in a statement", policy([identity])),
  whole("of a hole", { Version: "2012-10-17", Statement: Object.assign([], { length: 1 }) }),
  whole("named, though it is attached to an identity", { ...policy(identity), Id: "x" }),
  whole("of two statements of one name", policy({ ...identity, Sid: "a" }, { ...identity, Sid: "a" })),
  row("no effect", "identity", { Effect: undefined }),
  row("an effect in a list", "identity", { Effect: ["Allow"] }),
  row("an effect in lower case", "identity", { Effect: "allow" }),
  row("an effect with a blank", "identity", { Effect: "Deny " }),
  row("another effect", "identity", { Effect: "Audit" }),
  row("an effect of true", "identity", { Effect: true }),
  row("no action", "identity", { Action: undefined }),
  row("no action in a list", "identity", { Action: [] }),
  row("an action and its opposite", "identity", { NotAction: "s3:GetObject" }),
  row("an action without a service", "identity", { Action: "GetObject" }),
  row("an action of any service", "identity", { Action: "*:GetObject" }),
  row("an action of a part of a service", "identity", { Action: "s*:GetObject" }),
  row("an action with a blank", "identity", { Action: "s3: GetObject" }),
  row("an action with a line", "identity", { Action: "s3:GetObject\n" }),
  row("an action with a variable", "identity", { Action: "s3:${aws:username}" }),
  row("an action with two colons", "identity", { Action: "s3:Get:Object" }),
  row("an action in Cyrillic", "identity", { Action: "s3:G\u0435tObject" }),
  row("an action that is a number", "identity", { Action: [7] }),
  row("no resource", "identity", { Resource: undefined }),
  row("no resource in a list", "identity", { Resource: [] }),
  row("a resource and its opposite", "identity", { NotResource: "*" }),
  row("a resource that is no ARN", "identity", { Resource: "acme/*" }),
  row("a resource of five parts", "identity", { Resource: "arn:aws:s3:::" }),
  row("a resource of any service", "identity", { Resource: "arn:aws:*:::acme" }),
  row("a resource whose service is a variable", "identity", { Resource: "arn:aws:${aws:username}:::acme" }),
  row("a resource whose account is a variable", "identity", { Resource: "arn:aws:s3::${aws:PrincipalAccount}:acme" }),
  row("a resource with half a variable", "identity", { Resource: "arn:aws:s3:::acme/${aws:username" }),
  row("a resource with an empty variable", "identity", { Resource: "arn:aws:s3:::acme/${}" }),
  row("a resource with a variable of no service", "identity", { Resource: "arn:aws:s3:::acme/${username}" }),
  row("a resource with a variable in a variable", "identity", { Resource: "arn:aws:s3:::a/${aws:${aws:x}}" }),
  row("a resource that is null", "identity", { Resource: null }),
  row("a name with a blank", "identity", { Sid: "a b" }),
  row("a name with an ESC", "identity", { Sid: "a\u001B[2J" }),
  row("a name that is a number", "identity", { Sid: 7 }),
  row("a principal", "identity", { Principal: "*" }),
  row("the opposite of a principal", "identity", { NotPrincipal: { AWS: "222222222222" } }),
  row("no principal", "resource", { Principal: undefined }),
  row("no principal", "trust", { Principal: undefined }),
  row("a principal and its opposite", "resource", { Effect: "Deny", NotPrincipal: { AWS: "222222222222" } }),
  row("Allow for everybody but one", "resource", { Principal: undefined, NotPrincipal: { AWS: "222222222222" } }),
  row("a denial for everybody but one", "trust", {
    Effect: "Deny",
    Principal: undefined,
    NotPrincipal: { AWS: "222222222222" },
  }),
  row("a resource", "trust", { Resource: "*" }),
  row("the opposite of a resource", "trust", { NotResource: "arn:aws:s3:::x" }),
  who("a bare star", "trust", "*"),
  who("a list", "resource", ["222222222222"], invalid),
  who("null", "resource", null, invalid),
  who("nobody", "resource", {}, invalid),
  who("an empty list", "resource", { AWS: [] }, invalid),
  who("a number", "resource", { AWS: 222222222222 }, invalid),
  who("`aws` in lower case", "resource", { aws: "222222222222" }, invalid),
  who("a kind that AWS does not know", "resource", { User: "222222222222" }, invalid),
  who("eleven digits", "resource", { AWS: "22222222222" }),
  who("full-width digits", "resource", { AWS: "\uFF12".repeat(12) }),
  who("every role of an account", "resource", { AWS: "arn:aws:iam::222222222222:role/*" }),
  who("every account's root", "trust", { AWS: "arn:aws:iam::*:root" }),
  who("a part of a name", "trust", { AWS: "arn:aws:iam::222222222222:role/admin-*" }),
  who("one open character", "trust", { AWS: "arn:aws:iam::222222222222:role/admi?" }),
  who("every session of a role", "trust", { AWS: "arn:aws:sts::222222222222:assumed-role/admin/*" }),
  who("a group, which is nobody", "resource", { AWS: "arn:aws:iam::222222222222:group/admins" }),
  who("a policy", "resource", { AWS: "arn:aws:iam::222222222222:policy/admins" }),
  who("a role under the service sts", "resource", { AWS: "arn:aws:sts::222222222222:role/admin" }),
  who("an ARN with a blank", "resource", { AWS: " arn:aws:iam::222222222222:root" }),
  who("an ARN with a line", "resource", { AWS: "arn:aws:iam::222222222222:root\n" }),
  who("another partition of nobody", "resource", { AWS: "arn:azure:iam::222222222222:root" }),
  who("a variable", "resource", { AWS: "${aws:PrincipalArn}" }),
  who("a user's mail address", "resource", { AWS: "eve@evil.example" }),
  who("a star for a service", "resource", { Service: "*" }),
  who("a part of a service", "resource", { Service: "*.amazonaws.com" }),
  who("a service in capitals", "resource", { Service: "EC2.AMAZONAWS.COM" }),
  who("an identity provider", "resource", { Federated: "accounts.google.com" }),
  who("a star for a provider", "trust", { Federated: "*" }),
  who("a provider with a path upwards", "trust", { Federated: "arn:aws:iam::222222222222:saml-provider/../x" }),
  who("a canonical user", "trust", { CanonicalUser: "a".repeat(64) }),
  who("a short canonical user", "resource", { CanonicalUser: "a".repeat(63) }),
  who("a short unique id", "resource", { AWS: "AROA" }),
  who("an access key", "resource", { AWS: "AKIAIOSFODNN7EXAMPLE" }),
  when("a condition that is a list", []),
  when("a condition that is null", null),
  when("a condition that is true", true),
  when("an operator without a key", { StringEquals: {} }),
  when("an operator with a text", { StringEquals: "x" }),
  when("a key without a value", { StringEquals: { "aws:username": [] } }),
  when("a value that is null", { StringEquals: { "aws:username": null } }),
  when("a value that is an object", { StringEquals: { "aws:username": {} } }),
  when("a value in two lists", { StringEquals: { "aws:username": [["x"]] } }),
  when("a number that JSON rounds", { NumericEquals: { "aws:MultiFactorAuthAge": 2 ** 53 } }),
  when("a key without a service", { StringEquals: { username: "x" } }),
  when("an empty key", { StringEquals: { "": "x" } }),
  when("a key with a blank behind", { StringEquals: { "aws:username ": "x" } }),
  when("a key twice, in different case", { StringEquals: { "aws:username": "x", "AWS:UserName": "y" } }),
  when("half a variable", { StringEquals: { "aws:username": "${aws:" } }),
  when("a variable with half a default", { StringEquals: { "aws:username": "${aws:x, 'y}" } }),
  when("a variable with a wildcard", { StringLike: { "aws:username": "${aws:*}" } }),
];

export const policyDocuments: readonly DocumentAttack[] = numbered("B1-06", written, 201);

/** Every operator that somebody might think exists: an unknown one is never taken for one that holds. */
const operators = [
  "StringEqual",
  "stringEquals",
  "STRINGEQUALS",
  "StringEqualsIfExist",
  "StringEqualsifExists",
  "IfExistsStringEquals",
  "StringMatches",
  "StringStartsWith",
  "StringContains",
  "StringIn",
  "Equals",
  "Like",
  "NumericIn",
  "NumericEqualsIgnoreCase",
  "DateBetween",
  "BoolIgnoreCase",
  "BoolEquals",
  "IpAddressLike",
  "NotIPAddress",
  "IPAddress",
  "ArnMatches",
  "ArnEqualsIgnoreCase",
  "NullIfExists",
  "ForAnyValue:Null",
  "ForAllValues:Null",
  "ForAnyvalue:StringEquals",
  "ForEachValue:StringEquals",
  "ForAllValues:ForAnyValue:StringEquals",
  "ForAllValues",
  "ForAllValues:",
  ":StringEquals",
  "StringEquals ",
  " StringEquals",
  "String Equals",
  "StringEquals:",
  "StringEquals\u0000",
  "Str\u0456ngEquals",
  "$eq",
  "",
  ...inheritedNames,
] as const;

export const unknownOperators: readonly DocumentAttack[] = numbered(
  "B1-02",
  operators.map((operator) => ({
    attack: `a policy has a condition under \`${operator}\``,
    kind: "identity" as const,
    document: policy(withOwn(identity, "Condition", withOwn({}, operator, { "aws:username": "x" }))) as string | object,
    expected: invalid,
  })),
  401,
);

/** Every element of a policy and a statement, in each spelling, and doubled as only text can be. */
const places = [
  ["policy", ["Version", "Id", "Statement"]],
  [
    "statement",
    ["Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"],
  ],
] as const;

export const misspeltElements: readonly DocumentAttack[] = numbered(
  "B1-05",
  places.flatMap(([place, names]) =>
    [...names.flatMap((name) => spellingsOf(name)), ...inheritedNames.map((key) => ({ words: `\`${key}\``, key }))].map(
      ({ words, key }) => ({
        attack: `a ${place} has ${words}, which is no element`,
        kind: "identity" as PolicyKind,
        document: JSON.stringify(
          place === "policy" ? withOwn(policy(identity), key, "x") : policy(withOwn(identity, key, "x")),
        ) as string | object,
        expected: invalid,
        generated: true as const,
      }),
    ),
  ),
  1301,
);

const doubled = (name: string, kind: "policy" | "statement"): string => {
  const value: Json = kind === "policy" ? { ...policy(resource), Id: "x" } : { Sid: "a", ...resource, Condition: {} };
  const inner = JSON.stringify(value);
  const twice = `${inner.slice(0, -1)},${JSON.stringify(name)}:${JSON.stringify(value[name])}}`;
  return kind === "policy" ? twice : `{"Version":"2012-10-17","Statement":[${twice}]}`;
};

export const doubledElements: readonly DocumentAttack[] = numbered(
  "B1-05",
  (
    [
      ["policy", ["Version", "Id", "Statement"]],
      ["statement", ["Sid", "Effect", "Principal", "Action", "Resource", "Condition"]],
    ] as const
  ).flatMap(([place, names]) =>
    names.flatMap((name) =>
      (["plainly", "with a letter as an escape"] as const).map((how) => {
        const document = doubled(name, place);
        const at = document.lastIndexOf(`"${name}"`) + 1;
        const escape = `\\u00${name.charCodeAt(0).toString(16)}`;
        return {
          attack: `a ${place} has \`${name}\` twice, ${how}`,
          kind: "resource",
          document: how === "plainly" ? document : document.slice(0, at) + escape + document.slice(at + 1),
          expected: invalid,
          generated: true as const,
        };
      }),
    ),
  ),
  1501,
);

/** Names that a refusal would repeat, where customers' documents name them. */
export const deceivingDocuments: readonly DocumentAttack[] = numbered(
  "B4-50",
  (["element", "statement's element", "operator", "condition key", "kind of principal"] as const).flatMap((place, at) =>
    deceivingTexts.map(([words, name]) => ({
      attack: `a policy has a ${place} that is named with ${words}`,
      kind: "resource" as PolicyKind,
      document: deceive(place, name) as string | object,
      expected: invalid,
      ...(at > 0 && { generated: true as const }),
    })),
  ),
  301,
);

function deceive(place: string, name: string): object {
  switch (place) {
    case "element":
      return withOwn(policy(resource), name, "x");
    case "statement's element":
      return policy(withOwn(resource, name, "x"));
    case "operator":
      return policy({ ...resource, Condition: withOwn({}, name, { "aws:username": "x" }) });
    case "condition key":
      return policy({ ...resource, Condition: { StringEquals: withOwn({}, name, "x") } });
    default:
      return policy({ ...resource, Principal: withOwn({}, name, "x") });
  }
}
