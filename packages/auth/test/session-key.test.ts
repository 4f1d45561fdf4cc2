// Every field of a question is in its key: what differs anywhere has another key.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { sessionKey } from "../dist/sessions/session-key.js";
import type { SessionQuestion } from "@daypass/auth";

const ROLE: SessionQuestion = {
  kind: "assume_role",
  roleArn: "arn:aws:iam::111111111111:role/Reader",
  roleSessionName: "alice",
  durationSeconds: 3600,
  externalId: null,
  region: "eu-west-1",
  mfaSerial: undefined,
  policyArns: ["a", "b"],
  tags: { team: "red", floor: "2" },
  source: "0".repeat(64),
};

const value = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(fc.string(), { maxLength: 3 }),
  fc.dictionary(fc.string(), fc.string(), { maxKeys: 3 }),
);
/** Texts that look like the separators of the encoding are likelier here than anywhere. */
const tricky = fc.stringMatching(/^[0-9:s[{n-]{0,6}$/);
const question = fc
  .dictionary(fc.oneof(tricky, fc.constantFrom("region", "name")), fc.oneof(value, tricky), { maxKeys: 5 })
  .map((fields): SessionQuestion => ({ ...fields, kind: "keys" }));

const canonical = (given: SessionQuestion): string =>
  JSON.stringify(
    Object.entries(given)
      .map(([field, of]) => [
        field,
        typeof of === "object" && of !== null && !Array.isArray(of)
          ? { pairs: Object.entries(of).toSorted(([a], [b]) => (a < b ? -1 : 1)) }
          : of,
      ])
      .toSorted(([a], [b]) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
  );

describe("the key of a question", () => {
  test("is 64 hex digits", () => {
    expect(sessionKey(ROLE)).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each(Object.keys(ROLE).filter((field) => field !== "mfaSerial"))("changes with %s", (field) => {
    expect(sessionKey({ ...ROLE, [field]: "something else" })).not.toBe(sessionKey(ROLE));
    expect(sessionKey({ ...ROLE, [field]: null })).not.toBe(sessionKey({ ...ROLE, [field]: "" }));
  });

  test("is the same for a field that is undefined and one that is not there", () => {
    const { mfaSerial: _, ...without } = ROLE;
    expect(sessionKey(without)).toBe(sessionKey(ROLE));
  });

  test("differs for a field that is null and one that is not there", () => {
    const { externalId: _, ...without } = ROLE;
    expect(sessionKey(without)).not.toBe(sessionKey(ROLE));
  });

  test("cannot be forged with separators inside texts", () => {
    expect(sessionKey({ kind: "keys", a: { "x:y": "z" } })).not.toBe(sessionKey({ kind: "keys", a: { x: "y:z" } }));
    expect(sessionKey({ kind: "keys", "a:s": "b" })).not.toBe(sessionKey({ kind: "keys", a: "s:b" }));
  });

  test("does not care in which order a record was written", () => {
    expect(sessionKey({ ...ROLE, tags: { floor: "2", team: "red" } })).toBe(sessionKey(ROLE));
  });

  test("tells a text from a number, and a list from its text", () => {
    expect(sessionKey({ kind: "keys", a: "1" })).not.toBe(sessionKey({ kind: "keys", a: 1 }));
    expect(sessionKey({ kind: "keys", a: ["x,y"] })).not.toBe(sessionKey({ kind: "keys", a: ["x", "y"] }));
    expect(sessionKey({ kind: "keys", a: { b: "c" } })).not.toBe(sessionKey({ kind: "keys", a: ["b", "c"] }));
  });

  test("is equal for two questions only if the questions are", () => {
    fc.assert(
      fc.property(question, question, (one, other) => {
        expect(sessionKey(one) === sessionKey(other)).toBe(canonical(one) === canonical(other));
      }),
      { numRuns: 3_000 },
    );
  });

  test("is not made of what is no question", () => {
    const bad = { kind: "keys", a: () => 1 } as unknown as SessionQuestion;
    expect(() => sessionKey(bad)).toThrow(expect.objectContaining({ code: "invalid_option" }));
    const nested = { kind: "keys", a: { b: { c: "d" } } } as unknown as SessionQuestion;
    expect(() => sessionKey(nested)).toThrow(expect.objectContaining({ code: "invalid_option" }));
  });
});
