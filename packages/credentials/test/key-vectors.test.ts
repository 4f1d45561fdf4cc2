// Cache keys, session names and fingerprints outlive a process: in sealed files, in audits, in customers' CloudTrail. What
// they are made of is written out here, so that a change of the encoding is seen.
import { createHash } from "node:crypto";
import {
  createRoleSessionName,
  CredentialsError,
  fingerprint,
  requestKey,
  type RoleRequest,
} from "@daypass/credentials";
import { describe, expect, test } from "vitest";
import { requestOf } from "./fake-sts.js";

const sha256 = (text: string) => createHash("sha256").update(text, "utf16le").digest("hex");
const careless = (work: unknown) => work as (given: unknown) => unknown;
const errorOf = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  return "nothing was thrown";
};

/** The first five fields of every question here. */
const HEAD =
  "37:arn:aws:iam::222222222222:role/reader" +
  "11:acme.report" +
  "22:an-external-id-of-acme" +
  "4:3600" +
  "9:eu-west-1";

describe("the request key is a hash of", () => {
  test.each<[string, Partial<RoleRequest>, string]>([
    ["the required fields, and a mark for each that is missing", {}, `${HEAD}------`],
    [
      "zero in place of no external ID",
      { externalId: null },
      `${HEAD.replace("22:an-external-id-of-acme", "0")}------`,
    ],
    ["a length before every text, also an empty one", { policy: "" }, `${HEAD}0:-----`],
    ["UTF-16 units, counted and hashed", { policy: "é\ud83d\ude00" }, `${HEAD}3:é\ud83d\ude00-----`],
    ["an empty list", { policyArns: [] }, `${HEAD}-[0:----`],
    ["a list in the order of its texts", { policyArns: ["b", "a", "aa"] }, `${HEAD}-[3:1:a2:aa1:b----`],
    ["no tags", { tags: {} }, `${HEAD}--{0:---`],
    ["tags in the order of their keys", { tags: { b: "1", a: "22" } }, `${HEAD}--{2:1:a2:221:b1:1---`],
    ["transitive tag keys in order", { transitiveTagKeys: ["b", "a"] }, `${HEAD}---[2:1:a1:b--`],
    ["the source identity", { sourceIdentity: "alice" }, `${HEAD}----5:alice-`],
    ["the MFA device", { mfaSerial: "GAHT12345678" }, `${HEAD}-----12:GAHT12345678`],
  ])("%s", (_, over, text) => {
    expect(requestKey(requestOf(over))).toBe(sha256(text));
  });

  test("the fields in one order, whatever order they came in", () => {
    const reversed = Object.fromEntries(Object.entries(requestOf()).toReversed()) as unknown as RoleRequest;
    expect(requestKey(reversed)).toBe(requestKey(requestOf()));
  });

  test("the question as it is: lists are not sorted in place", () => {
    const policyArns = ["b", "a"];
    requestKey(requestOf({ policyArns }));
    expect(policyArns).toEqual(["b", "a"]);
  });
});

describe("no request key is made of", () => {
  const wrong: Partial<Record<keyof RoleRequest, readonly unknown[]>> = {
    roleArn: [7, {}, ["arn"], true],
    roleSessionName: [7],
    externalId: [7, ["id"]],
    durationSeconds: ["3600", null, undefined, [3600]],
    region: [7],
    policy: [{}],
    policyArns: ["arn", { length: 0 }, null, [7], [["a"]]],
    tags: ["team", [], new Map(), null, { team: 7 }, { team: ["red"] }],
    transitiveTagKeys: ["team", null, [7]],
    sourceIdentity: [7],
    mfaSerial: [7],
  };
  const cases = Object.entries(wrong).flatMap(([field, values]) => values.map((value) => [field, value] as const));
  test.each(cases)("a question whose %s is %j", (field, value) => {
    const error = errorOf(() => careless(requestKey)({ ...requestOf(), [field]: value }));
    expect(error).toBeInstanceOf(CredentialsError);
    expect(error).toMatchObject({
      code: "invalid_request",
      message: "the request has a field of the wrong kind",
      hint: "give it as its type says",
    });
  });

  test.each([[undefined], [null], ["text"], [[requestOf()]], [new Map()], [Object.create(requestOf())]])(
    "what is no plain object: %j",
    (given) => {
      expect(errorOf(() => careless(requestKey)(given))).toMatchObject({ code: "invalid_request" });
    },
  );
});

describe("the session name of", () => {
  const tailOf = (...parts: readonly string[]) =>
    `=${sha256(parts.map((part) => `${part.length}:${part}`).join("")).slice(0, 16)}`;

  test.each<[readonly string[], string]>([
    [["ab"], "ab"],
    [["a", "b"], "a.b"],
    [["A_z+9,@-"], "A_z+9,@-"],
    [["x".repeat(64)], "x".repeat(64)],
    [["x".repeat(31), "y".repeat(32)], `${"x".repeat(31)}.${"y".repeat(32)}`],
    [["a", ""], "a."],
    [["", ""], `.${tailOf("", "")}`],
    [[], tailOf()],
    [[""], tailOf("")],
    [["a"], `a${tailOf("a")}`],
    [["a b"], `a-b${tailOf("a b")}`],
    [["a.b", "c"], `a-b.c${tailOf("a.b", "c")}`],
    [["a=b"], `a-b${tailOf("a=b")}`],
    [["Müller"], `M-ller${tailOf("Müller")}`],
    [["x".repeat(65)], "x".repeat(47) + tailOf("x".repeat(65))],
    [["x".repeat(32), "y".repeat(32)], `${"x".repeat(32)}.${"y".repeat(14)}${tailOf("x".repeat(32), "y".repeat(32))}`],
    [["$".repeat(48)], "-".repeat(47) + tailOf("$".repeat(48))],
  ])("%j is %s", (parts, name) => {
    expect(createRoleSessionName(parts)).toBe(name);
  });

  test.each([["acme"], [undefined], [[7]], [["a", null]], [{ length: 1 }]])("%j is refused", (given) => {
    const error = errorOf(() => careless(createRoleSessionName)(given));
    expect(error).toMatchObject({
      code: "invalid_request",
      message: "the parts of a session name are not a list of texts",
      hint: 'give them as ["report", "acme"]',
    });
  });
});

describe("the fingerprint of an external ID", () => {
  test.each(["an-external-id", "", "é"])("%j is the beginning of a hash that no other hash of the ID is", (id) => {
    const hash = createHash("sha256").update("daypass external id\n", "utf8").update(id, "utf16le").digest("hex");
    expect(fingerprint(id)).toBe(`fp-${hash.slice(0, 16)}`);
  });

  test.each([[undefined], [null], [7], [["id"]]])("%j is refused", (given) => {
    expect(errorOf(() => careless(fingerprint)(given))).toMatchObject({
      code: "invalid_request",
      message: "an external ID is not text",
      hint: "give it as it was minted",
    });
  });
});
