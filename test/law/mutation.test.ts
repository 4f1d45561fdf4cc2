// Who watches the watchman: a score counts only what the tests noticed, and every mutant counts.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { GROUPS, LEAST_SCORE } from "../../mutation/groups.mjs";
import { readReport, type Mutant } from "../../mutation/read-report.mjs";

const ROOT = join(import.meta.dirname, "../..");
const SOURCE = 'const a = 1;\nif (a === 1 &&\n    b) say("x");\n';
const group = { name: "policy", about: "words" };
const mutant = (status: string, more: Partial<Mutant> = {}): Mutant => ({
  id: "1",
  status,
  mutatorName: "ConditionalExpression",
  replacement: "true",
  coveredBy: ["1"],
  testsCompleted: 1,
  location: { start: { line: 2, column: 5 }, end: { line: 2, column: 12 } },
  ...more,
});
const read = (...mutants: readonly Mutant[]) =>
  readReport(group, { files: { "packages/policy/dist/evaluate.js": { source: SOURCE, mutants } } });

describe("a mutation score", () => {
  test.each<[string, readonly Mutant[], number]>([
    ["of what was killed", [mutant("Killed")], 100],
    ["of a test that hung", [mutant("Timeout")], 100],
    ["of a survivor", [mutant("Survived")], 0],
    ["of a place that no test runs", [mutant("NoCoverage", { coveredBy: [] })], 0],
    ["of a file that did not load any more", [mutant("Survived", { testsCompleted: 0 })], 100],
    ["of a file that broke at import", [mutant("Survived", { coveredBy: [], static: true, testsCompleted: 0 })], 100],
    ["of a survivor at import", [mutant("Survived", { coveredBy: [], static: true, testsCompleted: 9 })], 0],
    ["of a mutant that no test was asked about", [mutant("Survived", { coveredBy: [], testsCompleted: 0 })], 0],
    ["of two in three, rounded down", [mutant("Killed"), mutant("Killed"), mutant("Survived")], 66.66],
    ["of nothing", [], 0],
  ])("%s", (_, mutants, score) => {
    expect(read(...mutants)).toMatchObject({ ...group, mutants: mutants.length, score });
  });

  test.each(["RuntimeError", "CompileError", "Ignored", "Pending", "SomethingNew"])(
    "is none where a mutant ended as %s: it was not decided",
    (status) => {
      expect(() => read(mutant("Killed"), mutant(status))).toThrow(`ended as ${status}`);
    },
  );

  test("names each survivor by its place in the source and what it changed", () => {
    const location = { start: { line: 2, column: 5 }, end: { line: 3, column: 6 } };
    const { survivors, killed, timedOut, survived } = read(
      mutant("Survived"),
      mutant("NoCoverage", { coveredBy: [], location }),
      mutant("Timeout"),
    );
    expect({ killed, timedOut, survived }).toEqual({ killed: 1, timedOut: 1, survived: 2 });
    const file = "packages/policy/dist/evaluate.js";
    const source = "packages/policy/src/evaluate.ts";
    const common = { file, source, line: 2, mutator: "ConditionalExpression", replacement: "true" };
    expect(survivors).toEqual([
      { ...common, original: "a === 1", covered: true },
      { ...common, original: "a === 1 && b", covered: false },
    ]);
  });
});

describe("the groups", () => {
  test("demand at least 90 percent, whole packages by a star and single files by name", () => {
    expect(LEAST_SCORE).toBeGreaterThanOrEqual(90);
    for (const { package: name, files, tests } of GROUPS) {
      for (const file of files.filter((each) => each !== "*")) {
        expect([file, existsSync(join(ROOT, "packages", name, "src", `${file}.ts`))]).toEqual([file, true]);
      }
      for (const file of tests) {
        expect([file, existsSync(join(ROOT, "packages", name, "test", `${file}.test.ts`))]).toEqual([file, true]);
      }
    }
  });

  test("hold policy, cache key, external ID, sealing and audit", () => {
    expect(GROUPS.map(({ name }) => name)).toEqual(["policy", "cache-key", "external-id", "sealing", "audit"]);
    expect(GROUPS.filter(({ short }) => !short).map(({ name }) => name)).toEqual(["policy"]);
  });
});
