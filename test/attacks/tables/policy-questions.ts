// Questions that must be answered with no: a stranger, no external ID, another account, a value that is not there. B1-06; IAM
// User Guide, "Policy evaluation logic" and "IAM JSON policy elements: Condition operators".
import { numbered } from "../attack-table.js";

type Json = Readonly<Record<string, unknown>>;

export interface PolicyQuestion {
  readonly attack: string;
  /** Whose call it is: the trusted vendor's, unless said otherwise. */
  readonly caller?: "vendor" | "bystander" | "stranger" | "anonymous" | "service" | "root" | "federated" | "same name";
  readonly trust?: readonly Json[];
  readonly identity?: readonly Json[];
  readonly boundary?: readonly Json[];
  readonly session?: readonly Json[];
  readonly organization?: readonly Json[];
  readonly context?: Json;
  readonly action?: string;
}

const id = "the-right-external-id";
const allow = (change: Json = {}): Json => ({ Effect: "Allow", Action: "sts:AssumeRole", Resource: "*", ...change });
const enter = (Condition?: Json, change: Json = {}): Json => ({
  Effect: "Allow",
  Principal: { AWS: "111111111111" },
  Action: "sts:AssumeRole",
  ...(Condition !== undefined && { Condition }),
  ...change,
});
const right: Json = { "sts:ExternalId": id };
const sound = enter({ StringEquals: { "sts:ExternalId": id } });

const cases: readonly PolicyQuestion[] = [
  { attack: "the vendor without an external ID", context: {} },
  { attack: "the vendor with an empty external ID", context: { "sts:ExternalId": "" } },
  { attack: "the vendor with no value for the external ID", context: { "sts:ExternalId": [] } },
  { attack: "the vendor with another external ID", context: { "sts:ExternalId": "another" } },
  { attack: "the vendor with the external ID in capitals", context: { "sts:ExternalId": id.toUpperCase() } },
  { attack: "the vendor with a letter more", context: { "sts:ExternalId": `${id}x` } },
  { attack: "the vendor with a letter less", context: { "sts:ExternalId": id.slice(0, -1) } },
  { attack: "the vendor with a blank behind", context: { "sts:ExternalId": `${id} ` } },
  { attack: "the vendor with a star for the external ID", context: { "sts:ExternalId": "*" } },
  { attack: "the vendor with a variable for the external ID", context: { "sts:ExternalId": "${sts:ExternalId}" } },
  { attack: "the vendor with the external ID under another key", context: { "sts:External-Id": id } },
  { attack: "the vendor with the external ID as a tag", context: { "aws:RequestTag/sts:ExternalId": id } },
  { attack: "a stranger with the right external ID", caller: "stranger", context: right },
  { attack: "a stranger without one", caller: "stranger", context: {} },
  { attack: "nobody, with the right external ID", caller: "anonymous", context: right },
  { attack: "a service with the right external ID", caller: "service", context: right },
  { attack: "the vendor's root user, who cannot assume roles", caller: "root", context: right },
  { attack: "an outside identity", caller: "federated", context: right },
  {
    attack: "a role of the same name in another account",
    caller: "same name",
    trust: [
      enter(
        { StringEquals: { "sts:ExternalId": id } },
        { Principal: { AWS: "arn:aws:iam::111111111111:role/service" } },
      ),
    ],
    context: right,
  },
  {
    attack: "another principal of the vendor's, where one is named",
    caller: "bystander",
    trust: [enter({ StringEquals: right }, { Principal: { AWS: "arn:aws:iam::111111111111:role/service" } })],
    context: right,
  },
  {
    attack: "another principal, where a condition names one",
    caller: "bystander",
    trust: [
      enter({ StringEquals: right, ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::111111111111:role/service" } }),
    ],
    context: right,
  },
  {
    attack: "another principal, whose name only begins like it",
    caller: "bystander",
    trust: [enter({ StringEquals: right, ArnLike: { "aws:PrincipalArn": "arn:aws:iam::111111111111:role/bystande" } })],
    context: right,
  },
  {
    attack: "another partition's principal",
    trust: [enter({ ArnEquals: { "aws:PrincipalArn": "arn:aws-cn:iam::111111111111:role/service" } })],
    context: right,
  },
  { attack: "a trust policy that lets in nobody", trust: [{ ...sound, Effect: "Deny" }], context: right },
  { attack: "a trust policy that denies besides", trust: [sound, { ...enter(), Effect: "Deny" }], context: right },
  { attack: "a denial before an allowance", trust: [{ ...enter(), Effect: "Deny" }, sound], context: right },
  {
    attack: "a denial of an action in capitals",
    trust: [sound, { ...enter(), Effect: "Deny", Action: "STS:ASSUMEROLE" }],
    context: right,
  },
  { attack: "a denial by pattern", trust: [sound, { ...enter(), Effect: "Deny", Action: "sts:*" }], context: right },
  {
    attack: "a denial of all but others",
    trust: [sound, { ...enter(), Effect: "Deny", Action: undefined, NotAction: "sts:TagSession" }],
    context: right,
  },
  {
    attack: "a denial that holds because its key is absent",
    trust: [sound, { ...enter({ StringNotEquals: { "aws:PrincipalOrgID": "o-aaaaaaaaaa" } }), Effect: "Deny" }],
    context: right,
  },
  {
    attack: "a denial with IfExists whose key is absent",
    trust: [sound, { ...enter({ StringNotEqualsIfExists: { "aws:PrincipalOrgID": "o-x" } }), Effect: "Deny" }],
    context: right,
  },
  {
    attack: "a denial without MFA, by BoolIfExists",
    trust: [sound, { ...enter({ BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } }), Effect: "Deny" }],
    context: right,
  },
  { attack: "another action", action: "sts:TagSession", context: right },
  { attack: "web identity, where AssumeRole is allowed", action: "sts:AssumeRoleWithWebIdentity", context: right },
  { attack: "an allowance for tagging only", trust: [enter(undefined, { Action: "sts:TagSession" })], context: right },
  {
    attack: "an allowance for a part of the action's name",
    trust: [enter(undefined, { Action: "sts:AssumeRol" })],
    context: right,
  },
  { attack: "no identity policy", identity: [], context: right },
  {
    attack: "an identity policy for another role",
    identity: [allow({ Resource: "arn:aws:iam::222222222222:role/other" })],
    context: right,
  },
  {
    attack: "an identity policy for another account",
    identity: [allow({ Resource: "arn:aws:iam::333333333333:role/*" })],
    context: right,
  },
  {
    attack: "an identity policy for a role that begins like it",
    identity: [allow({ Resource: "arn:aws:iam::222222222222:role/read" })],
    context: right,
  },
  {
    attack: "an identity policy for the role in capitals",
    identity: [allow({ Resource: "arn:aws:iam::222222222222:role/READER" })],
    context: right,
  },
  {
    attack: "an identity policy for everything but the role",
    identity: [allow({ Resource: undefined, NotResource: "arn:aws:iam::222222222222:role/*" })],
    context: right,
  },
  { attack: "an identity policy that denies besides", identity: [allow(), allow({ Effect: "Deny" })], context: right },
  {
    attack: "an identity policy that denies outside an organisation",
    identity: [allow(), allow({ Effect: "Deny", Condition: { StringNotEquals: { "aws:ResourceOrgID": "o-x" } } })],
    context: right,
  },
  { attack: "a boundary without the action", boundary: [allow({ Action: "s3:*" })], context: right },
  { attack: "a boundary that denies", boundary: [allow(), allow({ Effect: "Deny" })], context: right },
  { attack: "a session policy without the action", session: [allow({ Action: "s3:*" })], context: right },
  {
    attack: "a session policy for another role",
    session: [allow({ Resource: "arn:aws:iam::222222222222:role/other" })],
    context: right,
  },
  {
    attack: "an organisation that denies",
    organization: [allow({ Action: "*" }), allow({ Effect: "Deny" })],
    context: right,
  },
  {
    attack: "an organisation that allows other services only",
    organization: [allow({ Action: "s3:*" })],
    context: right,
  },
];

const condition = (attack: string, block: Json, context: Json): PolicyQuestion => ({
  attack,
  trust: [enter(block)],
  context,
});
const key = "aws:RequestTag/team";
const on = (attack: string, operator: string, value: unknown, actual: unknown): PolicyQuestion =>
  condition(attack, { [operator]: { [key]: value } }, actual === undefined ? {} : { [key]: actual });

const operators: readonly PolicyQuestion[] = [
  on("StringEquals with a star that is no wildcard", "StringEquals", "*", "red"),
  on("StringEquals with another case", "StringEquals", "Red", "red"),
  on("StringEquals with another normal form", "StringEquals", "\u00E9", "e\u0301"),
  on("StringEquals of an absent key", "StringEquals", "red", undefined),
  on("StringLike of an absent key", "StringLike", "*", undefined),
  on("StringLike with a question mark for nothing", "StringLike", "re?", "re"),
  on("StringLike with a question mark for two", "StringLike", "r?", "red"),
  on("StringLike with an escaped star", "StringLike", "${*}", "red"),
  on("StringLike with a slow pattern", "StringLike", `${"*a".repeat(30)}b`, "a".repeat(5000)),
  on("StringNotEquals of the value", "StringNotEquals", "red", "red"),
  on("StringNotEquals of one of two", "StringNotEquals", ["red", "blue"], "red"),
  on("StringNotLike of a pattern", "StringNotLike", "r*", "red"),
  on("StringNotEqualsIgnoreCase of another case", "StringNotEqualsIgnoreCase", "RED", "red"),
  on("NumericLessThan as texts would compare", "NumericLessThan", "9", "10"),
  on("NumericEquals of a text", "NumericEquals", "10", "ten"),
  on("NumericEquals of an exponent", "NumericEquals", "10", "1e1"),
  on("NumericEquals of a hexadecimal number", "NumericEquals", "10", "0xa"),
  on("NumericEquals of a blank", "NumericEquals", "0", ""),
  on("NumericEquals beyond what floats tell apart", "NumericEquals", "9007199254740993", "9007199254740992"),
  on("NumericNotEquals of the same number", "NumericNotEquals", "10", "10.0"),
  on("NumericNotEquals of what is no number", "NumericNotEquals", "10", "ten"),
  on("NumericGreaterThan an infinite number", "NumericGreaterThan", "1", "Infinity"),
  on("DateLessThan of no date", "DateLessThan", "2030-01-01", "yesterday"),
  on("DateLessThan of a day that does not exist", "DateLessThan", "2030-01-01", "2029-02-30"),
  on("DateLessThan of a later zone", "DateLessThan", "2030-01-01T00:00:00Z", "2029-12-31T23:30:00-01:00"),
  on("DateEquals without a zone", "DateEquals", "2030-01-01T00:00:00", "2030-01-01T00:00:00Z"),
  on("Bool of a number", "Bool", "true", "1"),
  on("Bool of another case", "Bool", "true", "True"),
  on("Bool of an absent key", "Bool", "false", undefined),
  on("BinaryEquals of no base64", "BinaryEquals", "QmFzZTY0", "Base64!"),
  on("IpAddress outside", "IpAddress", "192.0.2.0/24", "192.0.3.1"),
  on("IpAddress inside another family", "IpAddress", "192.0.2.0/24", "::ffff:192.0.3.1"),
  on("IpAddress of a name", "IpAddress", "0.0.0.0/0", "localhost"),
  on("IpAddress with octal parts", "IpAddress", "192.0.2.0/24", "0300.0.2.1"),
  on("IpAddress of a decimal address", "IpAddress", "192.0.2.0/24", "3221225985"),
  on("IpAddress with a mask that is none", "IpAddress", "192.0.2.0/33", "192.0.2.1"),
  on("NotIpAddress inside", "NotIpAddress", "192.0.2.0/24", "192.0.2.7"),
  on("NotIpAddress of what is none", "NotIpAddress", "192.0.2.0/24", "nowhere"),
  on("ArnLike over more than one part", "ArnLike", "arn:aws:s3:::*", "arn:aws:iam::222222222222:role/x"),
  on("ArnLike of what is no ARN", "ArnLike", "*", "red"),
  on(
    "ArnEquals with another case",
    "ArnEquals",
    "arn:aws:iam::222222222222:role/X",
    "arn:aws:iam::222222222222:role/x",
  ),
  on("ArnNotLike of the ARN", "ArnNotLike", "arn:aws:s3:::a*", "arn:aws:s3:::acme"),
  on("ArnNotEquals of what is no ARN", "ArnNotEquals", "arn:aws:s3:::acme", "red"),
  on("Null true of a key that is there", "Null", "true", "red"),
  on("Null false of a key that is absent", "Null", "false", undefined),
  on("Null of neither", "Null", "maybe", "red"),
  on("ForAnyValue of an absent key", "ForAnyValue:StringLike", "*", undefined),
  on("ForAnyValue of no values", "ForAnyValue:StringLike", "*", []),
  on("ForAllValues with one too many", "ForAllValues:StringEquals", ["red", "blue"], ["red", "green"]),
  on("ForAnyValue without one", "ForAnyValue:StringEquals", ["red"], ["green", "blue"]),
  on("ForAnyValue negated with only what is named", "ForAnyValue:StringNotEquals", ["red"], ["red"]),
  on("a variable without a value", "StringEquals", "${aws:FederatedProvider}", "red"),
  on("a variable with many values", "StringEquals", "${aws:TagKeys}", "red"),
  condition(
    "a variable's value with a wildcard",
    { StringLike: { [key]: "${aws:SourceIdentity}" } },
    { [key]: "red", "aws:SourceIdentity": "*" },
  ),
  condition(
    "two keys of which one does not hold",
    { StringEquals: { [key]: "red", "sts:ExternalId": "x" } },
    { [key]: "red" },
  ),
  condition(
    "two operators of which one does not hold",
    { StringEquals: { [key]: "red" }, Bool: { "aws:MultiFactorAuthPresent": "true" } },
    { [key]: "red" },
  ),
];

const expected = { allowed: false };
const asked = (rows: readonly PolicyQuestion[]) =>
  rows.map((each) => ({ trust: [sound], ...each, attack: `the answer is no: ${each.attack}`, expected }));

export const strangers = numbered("B1-06", asked(cases), 401);
export const holdingOperators = numbered("B1-02", asked(operators), 501);

/** Questions that contradict themselves, by which a cross-account question would pass for another. */
export const contradictions = numbered(
  "B1-06",
  (
    [
      ["an account that is not the principal's", { principal: { accountId: "222222222222" } }],
      ["an account of eleven digits", { principal: { accountId: "11111111111" } }],
      ["no account", { principal: { accountId: "" } }],
      ["a session of another role", { principal: { sessionArn: "arn:aws:sts::111111111111:assumed-role/other/s" } }],
      [
        "a session of another account",
        { principal: { sessionArn: "arn:aws:sts::222222222222:assumed-role/service/s" } },
      ],
      ["a session of another name", { principal: { sessionName: "other" } }],
      [
        "a session of another partition",
        { principal: { sessionArn: "arn:aws-cn:sts::111111111111:assumed-role/service/s" } },
      ],
      ["a role that is a user", { principal: { roleArn: "arn:aws:iam::111111111111:user/service" } }],
      ["an owner that is not the resource's", { resourceAccount: "333333333333" }],
      ["an owner of words", { resourceAccount: "acme" }],
      ["a resource that is no ARN", { resource: "reader" }],
      ["an action with a wildcard", { action: "sts:*" }],
      ["an action without a service", { action: "AssumeRole" }],
      ["an action with a blank", { action: "sts:AssumeRole " }],
      ["a derived key", { context: { "aws:PrincipalArn": "arn:aws:iam::111111111111:role/admin" } }],
      ["a derived key in capitals", { context: { "AWS:PRINCIPALACCOUNT": "222222222222" } }],
      ["a principal's tag", { context: { "aws:PrincipalTag/admin": "true" } }],
      ["a resource's account", { context: { "aws:ResourceAccount": "222222222222" } }],
      ["the user's id", { context: { "aws:userid": "AROA:x" } }],
      ["a key twice, in different case", { context: { "sts:ExternalId": "a", "STS:EXTERNALID": "b" } }],
      ["a number for a value", { context: { "sts:ExternalId": 7 } }],
      ["null in a list of values", { context: { "sts:ExternalId": [null] } }],
    ] as const
  ).map(([words, change]) => ({
    attack: `a question gives ${words}`,
    change: change as Json,
    expected: { code: "invalid_request" },
  })),
  501,
);
