// Certificates that were edited after they were issued, and certificates that a dishonest vendor signs. B1-21: AWS TEAM let
// requests be edited after their approval (CVE-2025-1969).
import { numbered } from "../attack-table.js";
import { deceivingTexts } from "./hostile-texts.js";

/** A certificate as plain data, and what a row makes of it. */
export interface Content {
  [name: string]: unknown;
  probes: Record<string, unknown>[];
  role: Record<string, unknown>;
}

type Edit = (content: Content) => unknown;
type Case = readonly [attack: string, edit: Edit];

const put =
  (name: string, value: unknown): Edit =>
  (content) => ({ ...content, [name]: value });
const putRole =
  (name: string, value: unknown): Edit =>
  (content) => ({ ...content, role: { ...content.role, [name]: value } });
const putProbe =
  (at: number, name: string, value: unknown): Edit =>
  (content) => ({
    ...content,
    probes: content.probes.map((probe, index) => (index === at ? { ...probe, [name]: value } : probe)),
  });
const expected = { code: "certificate_invalid" };
const time = "2029-12-31T23:59:59.000Z";

const edits: readonly Case[] = [
  ["another format", put("format", "daypass-certificate/2")],
  ["another time of issue", put("issued", time)],
  ["another key's name", put("keyId", "other")],
  ["another vendor", put("vendorAccountId", "333333333333")],
  ["another integration", put("integrationId", "other")],
  ["another customer", put("customerId", "other")],
  ["another label", put("label", "other")],
  ["another external ID", put("externalIdFingerprint", "fp-0000000000000000")],
  ["another template", put("templateVersion", "0123456789abcdef")],
  ["another role", putRole("roleArn", "arn:aws:iam::222222222222:role/admin")],
  ["another account", putRole("accountId", "333333333333")],
  ["another unique id", putRole("roleUniqueId", "AROAOTHEROTHEROTHER0")],
  ["another time of proof", putRole("proven", time)],
  ["another start", put("started", time)],
  ["another end", put("finished", time)],
  ["no probes", put("probes", [])],
  ["a probe less", (content) => ({ ...content, probes: content.probes.slice(1) })],
  ["a probe twice", (content) => ({ ...content, probes: [...content.probes, content.probes[0]] })],
  ["probes in another order", (content) => ({ ...content, probes: content.probes.toReversed() })],
  ["another answer", putProbe(1, "answer", "allowed")],
  ["another kind of probe", putProbe(1, "kind", "right_external_id")],
  ["another round", putProbe(1, "round", "after_propagation")],
  ["another code", putProbe(1, "code", null)],
  ["another request id", putProbe(1, "awsRequestId", "other")],
  ["another time of a probe", putProbe(1, "time", time)],
  ["a capability more", put("capabilities", [{ name: "x", expected: "denied", answer: "denied", code: null, time }])],
  ["a field more", put("externalId", "x")],
  ["a field in capitals more", put("KeyId", "x")],
  ["an own __proto__", (content) => JSON.parse(`${JSON.stringify(content).slice(0, -1)},"__proto__":{"x":1}}`)],
  ["a field more in the role", putRole("admin", true)],
  ["a field more in a probe", putProbe(0, "admin", true)],
  ["no role", put("role", null)],
  ["no signature", (content) => ({ ...content, signature: undefined })],
  ["an empty signature", put("signature", "")],
  ["a signature of zeros", put("signature", "A".repeat(86))],
  ["a signature cut short", (content) => ({ ...content, signature: String(content["signature"]).slice(1) })],
  ["a signature with padding", (content) => ({ ...content, signature: `${String(content["signature"])}==` })],
  [
    "a signature in the other alphabet of base64",
    (content) => ({ ...content, signature: `+/${String(content["signature"]).slice(2)}` }),
  ],
  [
    "a signature in another spelling of the same bytes",
    ({ signature, ...rest }) => {
      const text = String(signature);
      const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
      const last = alphabet.charAt(alphabet.indexOf(text.slice(-1)) ^ 1);
      return { ...rest, signature: text.slice(0, -1) + last };
    },
  ],
  ["an account that is a number", putRole("accountId", 222222222222)],
  ["a vendor that is a list", put("vendorAccountId", ["111111111111"])],
  ["a time without a zone", put("issued", "2030-01-01T00:00:00.000")],
  ["a day that does not exist", put("issued", "2030-02-31T00:00:00.000Z")],
  ["nothing but a list", () => []],
  ["nothing but null", () => null],
  ["nothing but a text", () => "certificate"],
];

/** Changed as data and written as it would be issued, without the vendor's key. */
export const editedCertificates = numbered(
  "B1-21",
  edits.map(([words, edit]) => ({ attack: `a certificate is given ${words}`, edit, expected })),
);

type Rewrite = (text: string) => string;
const rewrites: readonly (readonly [attack: string, rewrite: Rewrite])[] = [
  ["nothing", () => ""],
  ["no JSON", () => "-----BEGIN CERTIFICATE-----"],
  ["half of it", (text) => text.slice(0, text.length / 2)],
  ["it twice", (text) => text + text],
  ["a field twice, the first one wrong", (text) => text.replace("{", '{\n  "customerId": "other",')],
  ["a field twice, the last one wrong", (text) => text.replace(/\n}\n$/, ',\n  "customerId": "other"\n}\n')],
  ["other blanks", (text) => JSON.stringify(JSON.parse(text))],
  ["tabs", (text) => JSON.stringify(JSON.parse(text), null, "\t")],
  ["a comment", (text) => text.replace("{", "{ // good")],
  ["a byte order mark", (text) => `\uFEFF${text}`],
  ["CRLF", (text) => text.replaceAll("\n", "\r\n")],
  ["a letter written as an escape", (text) => text.replace('"format"', '"\\u0066ormat"')],
  ["a slash written as an escape", (text) => text.replace("certificate/1", "certificate\\/1")],
  ["a NUL behind", (text) => `${text}\u0000`],
  ["words behind", (text) => `${text}good`],
  ["ten thousand lists around", (text) => "[".repeat(10_000) + text + "]".repeat(10_000)],
];

export const rewrittenCertificates = numbered(
  "B1-21",
  rewrites.map(([words, rewrite]) => ({ attack: `in place of a certificate comes ${words}`, rewrite, expected })),
  101,
);

/** Keys that would be quoted in the refusal. */
export const deceivingCertificates = numbered(
  "B4-50",
  deceivingTexts
    .filter(([words]) => !words.startsWith("half of a surrogate"))
    .map(([words, text]) => ({
      attack: `a certificate has a field that is named with ${words}`,
      edit: put(text, "x"),
      expected,
    })),
  201,
);

const forgeries: readonly Case[] = [
  ["without a probe", (content) => ({ ...content, probes: content.probes.slice(0, -1) })],
  [
    "without a second round",
    (content) => ({ ...content, probes: content.probes.filter(({ round }) => round === "first") }),
  ],
  [
    "without the canary",
    (content) => ({ ...content, probes: content.probes.filter(({ kind }) => kind !== "canary_without_external_id") }),
  ],
  [
    "without the question that sends no ID",
    (content) => ({ ...content, probes: content.probes.filter(({ kind }) => kind !== "no_external_id") }),
  ],
  ["in which no ID was let in", putProbe(1, "answer", "allowed")],
  ["in which a fresh ID was let in", putProbe(2, "answer", "allowed")],
  ["in which an answer is unknown", putProbe(3, "answer", "unknown")],
  ["in which the right ID was denied", putProbe(0, "answer", "denied")],
  ["in which the canary was denied", putProbe(10, "answer", "denied")],
  [
    "about the vendor's own account",
    (content) => ({
      ...content,
      role: { ...content.role, accountId: "111111111111", roleArn: "arn:aws:iam::111111111111:role/x" },
    }),
  ],
  ["whose role is in another account than it says", putRole("accountId", "333333333333")],
  ["that ended before it began", put("finished", "2001-01-01T00:00:00.000Z")],
  ["that was issued before it was proven", put("issued", "2001-01-01T00:00:00.000Z")],
];

/** Signed by the vendor's own key: what is claimed must follow from what was answered all the same. */
export const forgedCertificates = numbered(
  "B1-21",
  forgeries.map(([words, edit]) => ({ attack: `the vendor signs a certificate ${words}`, edit, expected })),
  201,
);

const expectations: readonly (readonly [attack: string, expectation: object, code?: string])[] = [
  ["another account", { accountId: "333333333333" }],
  ["another vendor", { vendorAccountId: "333333333333" }],
  ["another role", { roleArn: "arn:aws:iam::222222222222:role/other" }],
  ["the role in capitals", { roleArn: "ARN:AWS:IAM::222222222222:ROLE/X" }],
  ["another key", { keyId: "other" }],
  ["an account that was left undefined", { accountId: undefined }],
  ["an account of null", { accountId: null }],
  ["an account with a blank", { accountId: "222222222222 " }],
  ["something that is not in it", { account: "222222222222" }, "invalid_option"],
  ["an account in another spelling", { AccountId: "222222222222" }, "invalid_option"],
  ["something that every object has", { constructor: "x" }, "invalid_option"],
];

export const certificateExpectations = numbered(
  "B1-21",
  expectations.map(([words, expectation, code = "certificate_invalid"]) => ({
    attack: `who checks a certificate expects ${words}`,
    expectation,
    expected: { code },
  })),
  301,
);
