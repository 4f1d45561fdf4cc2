// Trust policies as customers really write them, which let in whoever should stay out. B1-02; Praetorian's survey of vendors,
// the AWS Security Blog ("How to use trust policies with IAM roles"), and what each operator does when a key is absent
// (IAM User Guide, "IAM JSON policy elements: Condition operators").
import { numbered } from "../attack-table.js";

/** What a trust policy can be written with. */
export interface TrustFacts {
  readonly externalId: string;
  readonly vendorAccountId: string;
  readonly vendorPrincipal: string;
}

type Json = Readonly<Record<string, unknown>>;
type Condition = (facts: TrustFacts) => Json | undefined;

export interface TrustRow {
  readonly attack: string;
  readonly trust: (facts: TrustFacts) => readonly Json[];
  readonly expected: Json;
}

export const enter = (AWS: unknown, Condition: Json | undefined, more: Json = {}): Json => ({
  Effect: "Allow",
  Principal: { AWS },
  Action: "sts:AssumeRole",
  ...(Condition !== undefined && { Condition }),
  ...more,
});

/** As the template writes it. */
export const ours = ({ externalId, vendorAccountId, vendorPrincipal }: TrustFacts): Json =>
  enter(`arn:aws:iam::${vendorAccountId}:root`, {
    StringEquals: { "sts:ExternalId": externalId },
    ArnEquals: { "aws:PrincipalArn": vendorPrincipal },
  });

/** One statement for the vendor's account under some condition. */
const under =
  (condition: Condition): TrustRow["trust"] =>
  (facts) => [enter(facts.vendorAccountId, condition(facts))];

export const externalIdKey = "sts:ExternalId";
const key = externalIdKey;
const on =
  (operator: string, value: (id: string) => unknown): Condition =>
  ({ externalId }) => ({ [operator]: { [key]: value(externalId) } });

const refused = (...codes: readonly string[]): Json => ({ outcome: "refused", state: "unproven", causes: codes });
const notRequired = refused("external_id_not_required");
const tooWide = refused("external_id_pattern_too_wide");
const caseIgnored = refused("external_id_case_ignored");
const both = refused("external_id_not_required", "external_id_case_ignored");
/** The right ID is not let in: nothing is proven, and nothing is active. */
const undecided: Json = { outcome: "undecided", state: "unproven" };

type Case = readonly [attack: string, trust: TrustRow["trust"], expected: Json];

const conditions: readonly Case[] = [
  ["no condition", under(() => undefined), notRequired],
  ["an empty condition", under(() => ({})), notRequired],
  [
    "a condition on the principal alone",
    under(({ vendorPrincipal }) => ({ ArnEquals: { "aws:PrincipalArn": vendorPrincipal } })),
    notRequired,
  ],
  [
    "a condition on the account alone",
    under(({ vendorAccountId }) => ({ StringEquals: { "aws:PrincipalAccount": vendorAccountId } })),
    notRequired,
  ],
  [
    "a condition on the kind of principal alone",
    under(() => ({ StringEquals: { "aws:PrincipalType": "User" } })),
    notRequired,
  ],
  ["a condition on TLS alone", under(() => ({ BoolIfExists: { "aws:SecureTransport": "false" } })), undecided],
  ["StringLike with a star", under(on("StringLike", () => "*")), tooWide],
  ["StringLike with two stars", under(on("StringLike", () => "**")), tooWide],
  ["StringLike with a question mark and a star", under(on("StringLike", () => "?*")), tooWide],
  ["StringLike with as many question marks", under(on("StringLike", (id) => "?".repeat(id.length))), tooWide],
  ["StringLike with the beginning", under(on("StringLike", (id) => `${id.slice(0, 4)}*`)), tooWide],
  ["StringLike with the end", under(on("StringLike", (id) => `*${id.slice(-4)}`)), tooWide],
  ["StringLike with both ends", under(on("StringLike", (id) => `${id.slice(0, 2)}*${id.slice(-2)}`)), tooWide],
  ["StringLike with the middle", under(on("StringLike", (id) => `*${id.slice(10, 20)}*`)), tooWide],
  ["StringLike with all but the last character", under(on("StringLike", (id) => `${id.slice(0, -1)}?`)), tooWide],
  ["StringLike with all but the last characters", under(on("StringLike", (id) => `${id.slice(0, -1)}*`)), tooWide],
  ["StringLike with the whole ID and more", under(on("StringLike", (id) => `${id}*`)), tooWide],
  [
    "StringLike with eight open characters",
    under(on("StringLike", (id) => `${id.slice(0, 12)}????????${id.slice(20)}`)),
    tooWide,
  ],
  ["StringLikeIfExists with a star", under(on("StringLikeIfExists", () => "*")), refused("external_id_not_required")],
  ["StringEqualsIfExists", under(on("StringEqualsIfExists", (id) => id)), notRequired],
  ["StringLikeIfExists with the whole ID", under(on("StringLikeIfExists", (id) => id)), notRequired],
  ["StringEqualsIgnoreCase", under(on("StringEqualsIgnoreCase", (id) => id)), caseIgnored],
  [
    "StringEqualsIgnoreCase with the ID in capitals",
    under(on("StringEqualsIgnoreCase", (id) => id.toUpperCase())),
    caseIgnored,
  ],
  ["StringEqualsIgnoreCaseIfExists", under(on("StringEqualsIgnoreCaseIfExists", (id) => id)), both],
  ["StringNotEquals another ID", under(on("StringNotEquals", () => "another-customers-id")), notRequired],
  ["StringNotEqualsIfExists", under(on("StringNotEqualsIfExists", () => "another-customers-id")), notRequired],
  ["StringNotEqualsIgnoreCase", under(on("StringNotEqualsIgnoreCase", () => "another-customers-id")), notRequired],
  ["StringNotLike a pattern", under(on("StringNotLike", () => "evil-*")), notRequired],
  ["Null false, which any ID meets", under(on("Null", () => "false")), tooWide],
  ["Null true, which only none meets", under(on("Null", () => "true")), undecided],
  ["Null with both values", under(on("Null", () => ["true", "false"])), notRequired],
  ["ForAllValues, which the absent key meets", under(on("ForAllValues:StringEquals", (id) => id)), notRequired],
  ["ForAllValues with a pattern", under(on("ForAllValues:StringLike", () => "*")), notRequired],
  ["ForAllValues that ignores case", under(on("ForAllValues:StringEqualsIgnoreCase", (id) => id)), both],
  ["ForAllValues of what it must not be", under(on("ForAllValues:StringNotEquals", () => "x")), notRequired],
  ["ForAnyValue with a pattern", under(on("ForAnyValue:StringLike", () => "*")), tooWide],
  ["ForAnyValue of what it must not be", under(on("ForAnyValue:StringNotEquals", () => "x")), tooWide],
  ["ForAnyValue with IfExists", under(on("ForAnyValue:StringEqualsIfExists", (id) => id)), notRequired],
  ["the right ID in a list with a star", under(on("StringLike", (id) => [id, "*"])), tooWide],
  ["the right ID in a list with a pattern", under(on("StringLike", (id) => [`${id.slice(0, 8)}*`, id])), tooWide],
  ["the request's own external ID", under(on("StringEquals", () => "${sts:ExternalId}")), tooWide],
  ["the request's own external ID with a default", under(on("StringEquals", () => "${sts:ExternalId, 'x'}")), tooWide],
  ["the request's own external ID in a list", under(on("StringLike", (id) => [id, "${sts:ExternalId}"])), tooWide],
  [
    "a misspelt key with IfExists",
    under(({ externalId }) => ({ StringEqualsIfExists: { "sts:External-Id": externalId } })),
    notRequired,
  ],
  [
    "a key of another service with IfExists",
    under(({ externalId }) => ({ StringEqualsIfExists: { "aws:ExternalId": externalId } })),
    notRequired,
  ],
  ["a misspelt key", under(({ externalId }) => ({ StringEquals: { "sts:External-Id": externalId } })), undecided],
  ["another ID", under(on("StringEquals", (id) => `${id}x`)), undecided],
  ["the ID in capitals", under(on("StringEquals", (id) => id.toUpperCase())), undecided],
  ["the ID as a number", under(on("NumericEquals", () => "7")), undecided],
  ["the ID as a boolean", under(on("Bool", () => "true")), undecided],
  ["the ID as an ARN", under(on("ArnLike", () => "*")), undecided],
  ["the ID as an address", under(on("IpAddress", () => "0.0.0.0/0")), undecided],
  ["the ID not as an address", under(on("NotIpAddress", () => "192.0.2.1/32")), undecided],
  ["a literal star", under(on("StringLike", () => "${*}")), undecided],
  ["an empty ID", under(on("StringEquals", () => "")), undecided],
];

const statements: readonly Case[] = [
  [
    "a second statement without a condition",
    (facts) => [ours(facts), enter(facts.vendorAccountId, undefined)],
    notRequired,
  ],
  [
    "a second statement for every ID",
    (facts) => [ours(facts), enter(facts.vendorAccountId, { StringLike: { [key]: "*" } })],
    tooWide,
  ],
  [
    "a second statement for the principal",
    (facts) => [ours(facts), enter(facts.vendorPrincipal, undefined)],
    notRequired,
  ],
  ["a second statement for everybody", (facts) => [ours(facts), enter("*", undefined)], notRequired],
  ["everybody with the ID", (facts) => [enter("*", { StringLike: { [key]: `${facts.externalId}*` } })], tooWide],
  [
    "a second statement for every action",
    (facts) => [ours(facts), enter(facts.vendorAccountId, undefined, { Action: "sts:*" })],
    notRequired,
  ],
  [
    "a second statement for a pattern of actions",
    (facts) => [ours(facts), enter(facts.vendorAccountId, undefined, { Action: "sts:Assume*" })],
    notRequired,
  ],
  [
    "the condition only on tagging",
    (facts) => [
      enter(facts.vendorAccountId, undefined),
      enter(facts.vendorAccountId, { StringEquals: { [key]: facts.externalId } }, { Action: "sts:TagSession" }),
    ],
    notRequired,
  ],
  [
    "a denial of one wrong ID in place of a condition",
    (facts) => [
      enter(facts.vendorAccountId, undefined),
      { ...enter(facts.vendorAccountId, { StringEquals: { [key]: "wrong" } }), Effect: "Deny" },
    ],
    notRequired,
  ],
  [
    "a denial of no ID in place of a condition",
    (facts) => [
      enter(facts.vendorAccountId, undefined),
      { ...enter(facts.vendorAccountId, { Null: { [key]: "true" } }), Effect: "Deny" },
    ],
    tooWide,
  ],
  [
    "a denial of other IDs that ignores case",
    (facts) => [
      enter(facts.vendorAccountId, undefined),
      { ...enter(facts.vendorAccountId, { StringNotEqualsIgnoreCase: { [key]: facts.externalId } }), Effect: "Deny" },
    ],
    caseIgnored,
  ],
  [
    "a denial of other IDs for another account",
    (facts) => [
      enter(facts.vendorAccountId, undefined),
      { ...enter("333333333333", { StringNotEquals: { [key]: facts.externalId } }), Effect: "Deny" },
    ],
    notRequired,
  ],
  [
    "a denial of other IDs for another action",
    (facts) => [
      enter(facts.vendorAccountId, undefined),
      {
        ...enter(facts.vendorAccountId, { StringNotEquals: { [key]: facts.externalId } }),
        Effect: "Deny",
        Action: "sts:TagSession",
      },
    ],
    notRequired,
  ],
  ["nobody but a denial", (facts) => [{ ...ours(facts), Effect: "Deny" }], undecided],
  ["another account", (facts) => [enter("333333333333", { StringEquals: { [key]: facts.externalId } })], undecided],
  [
    "another principal of the vendor's",
    (facts) => [
      enter(`arn:aws:iam::${facts.vendorAccountId}:user/bystander`, { StringEquals: { [key]: facts.externalId } }),
    ],
    undecided,
  ],
  [
    "a service in place of the vendor",
    (facts) => [{ ...ours(facts), Principal: { Service: "ec2.amazonaws.com" } }],
    undecided,
  ],
];

const rowsOf = (cases: readonly Case[]): readonly TrustRow[] =>
  cases.map(([words, trust, expected]) => ({ attack: `the customer's trust policy has ${words}`, trust, expected }));

/** Each is created in the sandbox and probed: none becomes active. */
export const trustPolicies = numbered("B1-02", rowsOf([...conditions, ...statements]));

const malformed: readonly (readonly [attack: string, trust: TrustRow["trust"]])[] = [
  ["NotPrincipal", (facts) => [{ ...ours(facts), Principal: undefined, NotPrincipal: { AWS: "333333333333" } }]],
  ["a star for a principal", (facts) => [{ ...ours(facts), Principal: "*" }]],
  [
    "a part of an ARN for a principal",
    (facts) => [{ ...ours(facts), Principal: { AWS: "arn:aws:iam::111111111111:role/*" } }],
  ],
  ["every account's root", (facts) => [{ ...ours(facts), Principal: { AWS: "arn:aws:iam::*:root" } }]],
  ["no principal", (facts) => [{ ...ours(facts), Principal: undefined }]],
  ["a resource", (facts) => [{ ...ours(facts), Resource: "*" }]],
  ["an operator that AWS does not know", under(on("StringMatches", (id) => id))],
  ["an operator in lower case", under(on("stringEquals", (id) => id))],
  ["Null with IfExists", under(on("NullIfExists", () => "false"))],
  ["a set operator of another kind", under(on("ForNoValue:StringEquals", (id) => id))],
  [
    "a key twice, in different case",
    under(({ externalId }) => ({ StringEquals: { [key]: externalId, "STS:externalid": "x" } })),
  ],
  ["an effect in lower case", (facts) => [{ ...ours(facts), Effect: "allow" }]],
  ["an element that AWS does not know", (facts) => [{ ...ours(facts), Conditions: {} }]],
  ["a condition that is a list", (facts) => [{ ...ours(facts), Condition: [] }]],
  ["an operator without a key", (facts) => [{ ...ours(facts), Condition: { StringEquals: {} } }]],
  ["a key without a value", (facts) => [{ ...ours(facts), Condition: { StringEquals: { [key]: [] } } }]],
  ["every action", (facts) => [{ ...ours(facts), Action: "*" }]],
  ["every action but one", (facts) => [{ ...ours(facts), Action: undefined, NotAction: "sts:TagSession" }]],
  ["an action of another service", (facts) => [{ ...ours(facts), Action: "iam:PassRole" }]],
  ["no statement", () => []],
];

/** Refused where they are created, as IAM refuses them: what cannot be read cannot be judged. */
export const malformedTrustPolicies = numbered(
  "B1-02",
  malformed.map(([words, trust]) => ({
    attack: `the customer's trust policy has ${words}`,
    trust,
    expected: { name: "MalformedPolicyDocumentException" },
  })),
  201,
);
