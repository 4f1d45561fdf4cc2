// Pairs of questions that other tools' cache keys took for one: weep joins with `/`, kiam with `|`, granted takes the name.
import { numbered } from "../attack-table.js";
import { goodRequest } from "./role-requests.js";

type Change = Readonly<Record<string, unknown>>;

const pairs: readonly (readonly [attack: string, one: Change, other: Change])[] = [
  ["an external ID and none", {}, { externalId: null }],
  ["an external ID and an empty one", { externalId: null }, { externalId: "" }],
  ["external IDs that differ in case", { externalId: "abc" }, { externalId: "aBc" }],
  ["external IDs that differ in normal form", { externalId: "\u00E9" }, { externalId: "e\u0301" }],
  ["external IDs that differ in half a character", { externalId: "\uD800" }, { externalId: "\uD801" }],
  ["the external ID `null` and none", { externalId: "null" }, { externalId: null }],
  [
    "a slash moved from the name to the path",
    { roleArn: "a/b", roleSessionName: "c" },
    { roleArn: "a", roleSessionName: "b/c" },
  ],
  [
    "a bar moved between two fields",
    { roleArn: "a|b", roleSessionName: "c" },
    { roleArn: "a", roleSessionName: "b|c" },
  ],
  [
    "a letter moved between two fields",
    { roleArn: "a", roleSessionName: "bc" },
    { roleArn: "ab", roleSessionName: "c" },
  ],
  [
    "a NUL moved between two fields",
    { roleArn: "a\0b", roleSessionName: "c" },
    { roleArn: "a", roleSessionName: "b\0c" },
  ],
  ["a forged length", { roleArn: "1:a1:b", roleSessionName: "c" }, { roleArn: "a", roleSessionName: "b1:c" }],
  ["a session name that begins like a length", { roleSessionName: "2:ab" }, { roleSessionName: "ab" }],
  [
    "a session name moved into the external ID",
    { roleSessionName: "ab", externalId: "c" },
    { roleSessionName: "a", externalId: "bc" },
  ],
  [
    "a digit moved from the time to the external ID",
    { externalId: "x3", durationSeconds: 600 },
    { externalId: "x", durationSeconds: 3600 },
  ],
  ["another time", {}, { durationSeconds: 3601 }],
  ["another region", {}, { region: "eu-west-2" }],
  ["another account", {}, { roleArn: goodRequest.roleArn.replace("2222", "3333") }],
  ["another path", {}, { roleArn: goodRequest.roleArn.replace("role/", "role/x/") }],
  ["a role in capitals", {}, { roleArn: goodRequest.roleArn.toUpperCase() }],
  ["no policy and an empty one", {}, { policy: "" }],
  ["policies that differ in a blank", { policy: "{}" }, { policy: "{ }" }],
  ["no policy ARNs and none in the list", {}, { policyArns: [] }],
  ["one policy ARN and two", { policyArns: ["a"] }, { policyArns: ["a", "a"] }],
  ["policy ARNs joined", { policyArns: ["a", "b"] }, { policyArns: ["a1:b"] }],
  ["policy ARNs split", { policyArns: ["ab"] }, { policyArns: ["a", "b"] }],
  ["no tags and empty ones", {}, { tags: {} }],
  ["a tag's key and value split elsewhere", { tags: { ab: "c" } }, { tags: { a: "bc" } }],
  ["two tags and one", { tags: { a: "1", b: "2" } }, { tags: { a: "11:b1:2" } }],
  ["tags with values swapped", { tags: { a: "1", b: "2" } }, { tags: { a: "2", b: "1" } }],
  ["tags that differ in the case of the key", { tags: { a: "1" } }, { tags: { A: "1" } }],
  ["a tag and a transitive key", { tags: { a: "1" } }, { tags: { a: "1" }, transitiveTagKeys: ["a"] }],
  ["transitive keys and none in the list", {}, { transitiveTagKeys: [] }],
  ["a policy ARN moved to the transitive keys", { policyArns: ["a"] }, { transitiveTagKeys: ["a"] }],
  ["a source identity", {}, { sourceIdentity: "eve" }],
  ["a source identity moved to the MFA serial", { sourceIdentity: "123456789" }, { mfaSerial: "123456789" }],
  ["an MFA serial", {}, { mfaSerial: "GAHT12345678" }],
  ["the tag `__proto__`", { tags: {} }, { tags: JSON.parse('{"__proto__":"x"}') as Change }],
  [
    "a colon moved between two fields",
    { roleArn: "a:b", roleSessionName: "c" },
    { roleArn: "a", roleSessionName: "b:c" },
  ],
];

/** Each pair is two questions, and so two keys. */
export const keyPairs = numbered(
  "B1-09",
  pairs.map(([words, one, other]) => ({
    attack: `looks for a collision between ${words}`,
    one: { ...goodRequest, ...one },
    other: { ...goodRequest, ...other },
    expected: { distinct: true },
  })),
  301,
);
