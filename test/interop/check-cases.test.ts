// Every behaviour that the table asserts has a source, and no text is asserted that nobody has seen.
import { describe, expect, it } from "vitest";
import { checkCases } from "../../conformance/check-cases.mjs";
import { readCases } from "../../conformance/read-cases.mjs";
import type { Case, Table } from "../../conformance/types.d.mts";

const table = readCases();
const seen = "User: {} is not authorized to perform: {} on resource: {}";
const sources = {
  remembered: { kind: "remembered", ref: "experience with AWS" },
  page: { kind: "docs", ref: "https://docs.aws.amazon.com/" },
  report: { kind: "report", ref: "https://github.com/", texts: [seen] },
};
const good: Case = {
  group: "iam",
  name: "a case",
  as: "vendor",
  source: "page",
  text: "report",
  refused: { code: "AccessDenied", status: 403, message: "User: x is not authorized to perform: iam:ListUsers on " },
};
const { text: _, ...untold } = good;
const withCase = (each: Case): Table => ({ cases: [each], steps: [], sources });

describe("the table of cases", () => {
  it("may be believed", () => {
    expect(checkCases(table)).toEqual([]);
  });

  it("has at least 160 cases, and every source is used", () => {
    const used = new Set(table.cases.flatMap(({ source, text = source }) => [source, text]));
    expect(table.cases.length).toBeGreaterThanOrEqual(160);
    expect(Object.keys(table.sources).filter((name) => !used.has(name))).toEqual([]);
  });

  it("is read with a source for every case, of a kind that is named", () => {
    const kinds = new Set(table.cases.map(({ source }) => table.sources[source]?.kind));
    expect([...kinds].sort()).toEqual(["docs", "model", "remembered", "report"]);
  });
});

describe("the check of the table", () => {
  it("has nothing against a text that a source has", () => {
    expect(checkCases(withCase(good))).toEqual([]);
  });

  it.each<[string, Table, string]>([
    ["a case without a source", withCase({ ...good, source: "nowhere" }), "has no source"],
    ["a remembered case with a text", withCase({ ...good, source: "remembered" }), "is only remembered"],
    ["a text that no source has", withCase(untold), "asserts a text that no source of it has"],
    [
      "a text that goes on in words of its own",
      withCase({ ...good, refused: { status: 403, message: "User: x may not" } }),
      "asserts a text that no source of it has",
    ],
    ["a case that expects nothing", withCase({ ...untold, refused: undefined } as never), "must be allowed or refused"],
    ["a case that is left out without a reason", withCase({ ...good, notOn: { live: "" } }), "without a reason"],
    ["a target that there is not", withCase({ ...good, notOn: { azure: "a long reason" } }), "which is no target"],
    ["an actor whom no step makes", withCase({ ...good, as: "ghost" }), 'where nobody is "ghost"'],
    ["a case twice", { cases: [good, good], steps: [], sources }, "is there twice"],
    [
      "a source of an unknown kind",
      { cases: [], steps: [], sources: { page: { kind: "rumour", ref: "https://docs.aws.amazon.com/" } } },
      'is of kind "rumour"',
    ],
    [
      "a source that is nowhere",
      { cases: [], steps: [], sources: { page: { kind: "docs", ref: "" } } },
      "does not say where it is found",
    ],
  ])("refuses %s", (_, bad, problem) => {
    expect(checkCases(bad).join("\n")).toContain(problem);
  });
});
