// What must hold for every document, whatever is wrong with it.
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePolicy, pinPrincipals, PolicyError, renderPolicy } from "@daypass/policy";
import type { PolicyKind } from "@daypass/policy";
import { pick, RUNS, statements } from "./arbitraries.js";
import { document } from "./ask.js";

describe("parsePolicy", () => {
  const kind = pick<PolicyKind>("identity", "permissions-boundary", "session", "service-control", "resource", "trust");
  /** Returns what is thrown that is no PolicyError with a hint. */
  const surprise = (source: string | object, as: PolicyKind): unknown => {
    try {
      parsePolicy(source, as);
    } catch (error) {
      if (!(error instanceof PolicyError) || error.hint === "") return error;
    }
    return undefined;
  };

  it("throws nothing but PolicyError on arbitrary text and JSON", () => {
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc.object({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
    );
    fc.assert(
      fc.property(anything, kind, (source, as) => {
        expect(surprise(source, as)).toBeUndefined();
      }),
      { numRuns: 3000 },
    );
  });

  it("throws nothing but PolicyError on documents with one thing wrong", () => {
    const spoil = fc.tuple(statements("resource"), fc.nat(), fc.jsonValue()).map(([list, at, wrong]) => {
      const text = document(...list);
      const spots = [...text.matchAll(/"[^"]*"/g)];
      const spot = spots[at % spots.length];
      return spot === undefined
        ? text
        : text.slice(0, spot.index) + JSON.stringify(wrong) + text.slice(spot.index + spot[0].length);
    });
    fc.assert(
      fc.property(spoil, kind, (source, as) => {
        expect(surprise(source, as)).toBeUndefined();
      }),
      RUNS,
    );
    const names = pick(
      "__proto__",
      "constructor",
      "toString",
      "Effect",
      "Condition",
      "Principal",
      "NotPrincipal",
      "Resource",
      "Sid",
      "Id",
    );
    const odd = fc.array(fc.tuple(names, fc.jsonValue()), { maxLength: 5 }).map((members) => {
      const inner = members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(",");
      return `{"Version":"2012-10-17","Statement":[{${inner}}]}`;
    });
    fc.assert(
      fc.property(odd, kind, (source, as) => {
        expect(surprise(source, as)).toBeUndefined();
      }),
      RUNS,
    );
    expect(Object.prototype).not.toHaveProperty("Effect");
  });

  it("reads a document and its text alike, whatever the white space, and leaves the document alone", () => {
    const property = fc.property(statements("resource"), pick<number | string>(0, 1, "\t"), (list, indent) => {
      const source = { Version: "2012-10-17", Statement: list };
      const before = structuredClone(source);
      expect(parsePolicy(JSON.stringify(source, undefined, indent), "resource")).toEqual(
        parsePolicy(source, "resource"),
      );
      expect(source).toEqual(before);
    });
    fc.assert(property, { numRuns: 300 });
  });

  it("finds a doubled key wherever it stands", () => {
    const property = fc.property(statements("resource"), fc.nat(), (list, at) => {
      const text = document(...list);
      const members = [...text.matchAll(/"([^"]*)":(?=("[^"]*"|\[("[^"]*",?)*\]))/g)];
      const member = members[at % members.length];
      fc.pre(member !== undefined);
      const doubled = `${text.slice(0, member.index)}${member[0]}${member[2] ?? ""},${text.slice(member.index)}`;
      expect(JSON.parse(doubled)).toEqual(JSON.parse(text));
      expect(() => parsePolicy(doubled, "resource")).toThrow("more than once");
    });
    fc.assert(property, RUNS);
  });

  it("pinning and rendering return the document when everybody still exists", () => {
    const property = fc.property(statements("resource"), pick(0, 2), (list, indent) => {
      const source = JSON.stringify({ Version: "2012-10-17", Statement: list }, undefined, indent);
      const arns = new Map<string, string>();
      const pinned = pinPrincipals(parsePolicy(source, "resource"), (arn) => {
        const id = `AROA${String(arns.size).padStart(17, "0")}`;
        arns.set(id, arn);
        return id;
      });
      expect(renderPolicy(pinned, (id) => arns.get(id) ?? id)).toBe(source);
    });
    fc.assert(property, { numRuns: 300 });
  });
});
