import { requestKey, type RoleRequest } from "@daypass/credentials";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { requestOf } from "./fake-sts.js";

const other: Required<{ [K in keyof RoleRequest]: NonNullable<RoleRequest[K]> | null }> = {
  roleArn: "arn:aws:iam::222222222222:role/writer",
  roleSessionName: "other.name",
  externalId: null,
  durationSeconds: 900,
  region: "us-east-1",
  policy: "{}",
  policyArns: ["arn:aws:iam::aws:policy/ReadOnlyAccess"],
  tags: { team: "red" },
  transitiveTagKeys: ["team"],
  sourceIdentity: "alice",
  mfaSerial: "arn:aws:iam::111111111111:mfa/alice",
};

/** Short strings over separators, digits and the words that a naive encoding uses: what collides, if anything does. */
const tricky = fc.string({
  unit: fc.constantFrom(
    "a",
    "b",
    "c",
    "|",
    "/",
    ":",
    "\0",
    "1",
    "2",
    "-",
    "0",
    "[",
    "{",
    ",",
    '"',
    "\ud800",
    "\ufffd",
    "é",
  ),
  maxLength: 6,
});
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const trickyRequest = fc
  .record({
    roleArn: tricky,
    roleSessionName: tricky,
    externalId: fc.option(tricky, { nil: null }),
    durationSeconds: fc.constantFrom(1, 11, 12, 112),
    region: tricky,
    policy: maybe(tricky),
    policyArns: maybe(fc.array(tricky, { maxLength: 3 })),
    tags: maybe(fc.dictionary(tricky, tricky, { maxKeys: 3 })),
    transitiveTagKeys: maybe(fc.array(tricky, { maxLength: 3 })),
    sourceIdentity: maybe(tricky),
    mfaSerial: maybe(tricky),
  })
  .map(
    (fields) =>
      Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as unknown as RoleRequest,
  );

/** What two questions must share to be one question, by another encoding than the one under test. */
const canonical = (request: RoleRequest): string =>
  JSON.stringify(
    {
      ...request,
      policyArns: request.policyArns?.toSorted(),
      transitiveTagKeys: request.transitiveTagKeys?.toSorted(),
      tags: request.tags && Object.entries(request.tags).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    },
    [
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
    ],
  );

describe("the request key", () => {
  test.each(Object.keys(other))("changes when %s changes", (field) => {
    const changed = { ...requestOf(), [field]: other[field as keyof RoleRequest] };
    expect(requestKey(changed)).not.toBe(requestKey(requestOf()));
  });

  test("tells a missing field, null and an empty one apart", () => {
    const keys = [
      requestOf({ tags: {} }),
      requestOf({ policyArns: [] }),
      requestOf({ transitiveTagKeys: [] }),
      requestOf({ policy: "" }),
      requestOf({ sourceIdentity: "" }),
      requestOf({ externalId: "" }),
      requestOf({ externalId: null }),
      requestOf({ externalId: "null" }),
      requestOf(),
    ].map(requestKey);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("does not depend on the order of tags, policy ARNs and transitive tag keys", () => {
    const one = requestOf({ tags: { a: "1", b: "2" }, policyArns: ["x", "y"], transitiveTagKeys: ["a", "b"] });
    const two = requestOf({ tags: { b: "2", a: "1" }, policyArns: ["y", "x"], transitiveTagKeys: ["b", "a"] });
    expect(requestKey(one)).toBe(requestKey(two));
  });

  test("moves no character from one field into its neighbour", () => {
    const left = requestOf({ roleSessionName: "a", externalId: "bc" });
    const right = requestOf({ roleSessionName: "ab", externalId: "c" });
    expect(requestKey(left)).not.toBe(requestKey(right));
    const piped = requestOf({ roleSessionName: "a|b", externalId: "c" });
    const shifted = requestOf({ roleSessionName: "a", externalId: "b|c" });
    expect(requestKey(piped)).not.toBe(requestKey(shifted));
  });

  test("tells lone surrogates apart, which UTF-8 does not", () => {
    expect(requestKey(requestOf({ policy: "\ud800" }))).not.toBe(requestKey(requestOf({ policy: "\ufffd" })));
  });

  test("is the same for two arbitrary questions only where they are the same question", () => {
    fc.assert(
      fc.property(
        trickyRequest,
        trickyRequest,
        (a, b) => (requestKey(a) === requestKey(b)) === (canonical(a) === canonical(b)),
      ),
      { numRuns: 10_000 },
    );
  });

  test("of a million separator-biased pairs that differ, none share a key", { timeout: 240_000 }, () => {
    // A fixed xorshift: fast, and the same pairs on every run.
    let state = 0x2545f491;
    const random = (below: number) => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return (state >>> 0) % below;
    };
    const units = ["a", "b", "|", "/", ":", "1", "2", "-", "0"];
    const word = () => Array.from({ length: random(4) }, () => units[random(units.length)]).join("");
    let collisions = 0;
    for (let pairs = 0; pairs < 1_000_000;) {
      // The same characters, cut in two at every place: what a joined key cannot tell apart. Each with each other is a pair.
      const text = `${word()}|${word()}:${word()}`;
      const keys = Array.from({ length: text.length + 1 }, (_, at) =>
        requestKey(requestOf({ roleSessionName: text.slice(0, at), externalId: text.slice(at) })),
      );
      collisions += keys.length - new Set(keys).size;
      pairs += (keys.length * (keys.length - 1)) / 2;
    }
    expect(collisions).toBe(0);
  });
});
