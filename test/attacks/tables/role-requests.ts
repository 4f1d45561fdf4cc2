// Questions to STS that must never leave this process: AWS would refuse them, or would read something else than was meant.
// Limits: AWS STS API Reference, "AssumeRole"; IAM User Guide, "IAM and AWS STS quotas", "Pass session tags in AWS STS".
import { numbered } from "../attack-table.js";
import { deceivingTexts, injectingTexts } from "./hostile-texts.js";
import { spellingsOf } from "./spellings.js";

export const goodRequest = {
  roleArn: "arn:aws:iam::222222222222:role/reader",
  roleSessionName: "acme.report",
  externalId: "an-external-id-of-acme",
  durationSeconds: 3600,
  region: "eu-west-1",
} as const;

type Change = Readonly<Record<string, unknown>>;
type Case = readonly [attack: string, change: Change];

const expected = { code: "invalid_request" };
const rows = (cases: readonly Case[]) => cases.map(([attack, change]) => ({ attack, change, expected }));

/** Values of the wrong kind: what a caller without types passes on from JSON, forms and databases. */
const wrongKinds: readonly (readonly [string, unknown])[] = [
  ["null", null],
  ["a number", 7],
  ["not a number", Number.NaN],
  ["true", true],
  ["a list of one text", ["x"]],
  ["an object", {}],
  ["an object that says what it is asked", { toString: () => "arn:aws:iam::222222222222:role/reader" }],
  ["a String object", Object("eu-west-1")],
  ["a symbol", Symbol("x")],
  ["a function", () => "x"],
  ["a date", new Date(0)],
  ["a big number", 10n],
];

const fields = [
  "roleArn",
  "roleSessionName",
  "externalId",
  "durationSeconds",
  "region",
  "policy",
  "policyArns",
  "tags",
  "transitiveTagKeys",
  "sourceIdentity",
  "mfaSerial",
] as const;

const fits: Readonly<Record<string, readonly string[]>> = {
  externalId: ["null"],
  durationSeconds: ["a number"],
  transitiveTagKeys: ["a list of one text"],
  tags: ["an object"],
};

/** B1-09: a field of another kind than its type says is another question than its key says. */
export const wrongKindRows = numbered(
  "B1-09",
  fields.flatMap((field) =>
    wrongKinds
      .filter(([words]) => fits[field]?.includes(words) !== true)
      .map(([words, value]) => ({
        attack: `gives ${words} for \`${field}\``,
        change: { [field]: value },
        expected,
        generated: true as const,
      })),
  ),
);

/** B1-05: AppSync compared one spelling of a key and used another. */
export const requestKeyRows = numbered(
  "B1-05",
  fields.flatMap((field) =>
    spellingsOf(field).map(({ words, key }) => ({
      attack: `writes ${words} beside \`${field}\` of an AssumeRole`,
      change: { [key]: "x" },
      expected,
      generated: true as const,
    })),
  ),
);

/** B1-03: external IDs that STS would not take, or that would not arrive as they were sent. */
export const externalIdRows = numbered(
  "B1-03",
  rows([
    ["sends an empty external ID", { externalId: "" }],
    ["sends an external ID of one character", { externalId: "a" }],
    ["sends an external ID of 1,225 characters", { externalId: "a".repeat(1225) }],
    ["sends an external ID with a blank", { externalId: "acme id" }],
    ["sends an external ID of blanks", { externalId: "    " }],
    ["sends an external ID with a star", { externalId: "acme*" }],
    ["sends an external ID with a question mark", { externalId: "acme?" }],
    ["sends an external ID that is a policy variable", { externalId: "${aws:username}" }],
    ["sends an external ID with a percent sign", { externalId: "acme%2A" }],
    ["sends an external ID in quotes", { externalId: '"acme"' }],
    ["sends an external ID with a backslash", { externalId: "acme\\n" }],
    ["sends an external ID with a tab", { externalId: "acme\tid" }],
    ["sends an external ID in Cyrillic that looks the same", { externalId: "\u0430cme" }],
    ["sends an external ID in full-width letters", { externalId: "\uFF41cme" }],
    ["sends an external ID with a combining accent", { externalId: "acme\u0301" }],
    ["sends no external ID where none was not said on purpose", { externalId: undefined }],
    ...deceivingTexts
      .slice(0, 20)
      .map(([words, text]): Case => [`sends an external ID with ${words}`, { externalId: `acme-${text}` }]),
  ]),
);

/** B2-30: what ends up in somebody's CloudTrail, and in our audit. */
export const sessionNameRows = numbered(
  "B2-30",
  rows([
    ["names a session with nothing", { roleSessionName: "" }],
    ["names a session with one character", { roleSessionName: "a" }],
    ["names a session with 65 characters", { roleSessionName: "a".repeat(65) }],
    ["names a session with a slash, which ends the name in an ARN", { roleSessionName: "acme/admin" }],
    ["names a session with a colon", { roleSessionName: "acme:admin" }],
    ["names a session with a blank", { roleSessionName: "acme admin" }],
    ["names a session with a star", { roleSessionName: "acme*" }],
    ["gives no source identity but an empty one", { sourceIdentity: "" }],
    ["gives a source identity of one character", { sourceIdentity: "a" }],
    ["gives a source identity of 65 characters", { sourceIdentity: "a".repeat(65) }],
    ["gives a source identity with a slash", { sourceIdentity: "a/b" }],
    ["gives a source identity with a colon", { sourceIdentity: "aws:a" }],
    ["gives an MFA serial that is too short", { mfaSerial: "12345678" }],
    ["gives an MFA serial of 257 characters", { mfaSerial: "1".repeat(257) }],
    ["gives an MFA serial with a blank", { mfaSerial: "arn:aws:iam::222222222222:mfa/a b" }],
    ...deceivingTexts
      .slice(0, 20)
      .map(([words, text]): Case => [`names a session with ${words}`, { roleSessionName: `acme${text}` }]),
    ...injectingTexts
      .slice(20, 40)
      .map(([words, text]): Case => [`names a session with ${words}`, { roleSessionName: `acme ${text}` }]),
    ...deceivingTexts
      .slice(0, 12)
      .map(([words, text]): Case => [`gives a source identity with ${words}`, { sourceIdentity: `acme${text}` }]),
    ...deceivingTexts
      .slice(0, 12)
      .map(([words, text]): Case => [`gives an MFA serial with ${words}`, { mfaSerial: `GAHT1234${text}` }]),
  ]),
);

/** B1-18: what was meant to narrow a session must narrow it, or nothing is asked. */
export const narrowingRows = numbered(
  "B1-18",
  rows([
    ["asks for no time at all", { durationSeconds: 0 }],
    ["asks for less than STS gives", { durationSeconds: 899 }],
    ["asks for more than STS gives", { durationSeconds: 43_201 }],
    ["asks for a negative time", { durationSeconds: -3600 }],
    ["asks for half seconds", { durationSeconds: 900.5 }],
    ["asks for ever", { durationSeconds: Infinity }],
    ["asks for a time of text", { durationSeconds: "3600" }],
    ["narrows with an empty policy text", { policy: "" }],
    ["narrows with a policy that is no JSON", { policy: "{" }],
    ["narrows with a policy that is a list", { policy: "[]" }],
    ["narrows with a policy that is null", { policy: "null" }],
    ["narrows with a policy that is a text in JSON", { policy: '"x"' }],
    ["narrows with a policy of 2,049 characters", { policy: `{"a":"${"a".repeat(2041)}"}` }],
    ["narrows with a policy that holds a NUL", { policy: '{"a":"\u0000"}' }],
    ["narrows with a policy beyond Latin-1", { policy: '{"a":"\u0416"}' }],
    ["narrows with two policies in one text", { policy: "{}{}" }],
    ["narrows with no policy ARN of a list", { policyArns: [] }],
    ["narrows with eleven policy ARNs", { policyArns: Array(11).fill("arn:aws:iam::aws:policy/ReadOnlyAccess") }],
    ["narrows with a role in place of a policy", { policyArns: ["arn:aws:iam::222222222222:role/reader"] }],
    ["narrows with a policy's name", { policyArns: ["ReadOnlyAccess"] }],
    ["narrows with a policy of no account", { policyArns: ["arn:aws:iam:::policy/x"] }],
    ["narrows with a policy ARN that breaks the line", { policyArns: ["arn:aws:iam::aws:policy/x\ny"] }],
    ["narrows with a hole in the list", { policyArns: Object.assign([], { length: 1 }) }],
    ["narrows with a list that is an object", { policyArns: { 0: "arn:aws:iam::aws:policy/x", length: 1 } }],
    ["tags with 51 tags", { tags: Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`k${at}`, "v"])) }],
    ["tags with a key of AWS's", { tags: { "aws:x": "v" } }],
    ["tags with a key of AWS's in capitals", { tags: { "AWS:x": "v" } }],
    ["tags with an empty key", { tags: { "": "v" } }],
    ["tags with a key of 129 characters", { tags: { ["k".repeat(129)]: "v" } }],
    ["tags with a value of 257 characters", { tags: { k: "v".repeat(257) } }],
    ["tags with keys that differ in case only", { tags: { team: "a", Team: "b" } }],
    ["tags with a number", { tags: { k: 1 } }],
    ["tags with a list", { tags: [["k", "v"]] }],
    ["tags with a Map, whose entries nobody would see", { tags: new Map([["k", "v"]]) }],
    ["tags with a character that STS refuses", { tags: { "k!": "v" } }],
    ["tags with a line break in a value", { tags: { k: "a\nb" } }],
    ["makes 51 keys transitive", { transitiveTagKeys: Array.from({ length: 51 }, (_, at) => `k${at}`) }],
    ["makes a key of AWS's transitive", { transitiveTagKeys: ["aws:x"] }],
    ["makes an empty key transitive", { transitiveTagKeys: [""] }],
    ["makes a number transitive", { transitiveTagKeys: [1] }],
  ]),
);
