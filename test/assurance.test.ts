// The page of figures says what the reports of real runs said, and a report of a run that failed makes no page.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { collect } from "../scripts/assurance/collect.mjs";
import { renderPage } from "../scripts/assurance/render-page.mjs";

const folder = mkdtempSync(join(tmpdir(), "daypass-assurance-"));
afterAll(() => rmSync(folder, { recursive: true }));
const docs = (name: string) => readFileSync(new URL(`../docs/${name}`, import.meta.url), "utf8");

function reportOf(content: unknown): string {
  const path = join(folder, "report.json");
  writeFileSync(path, JSON.stringify(content));
  return path;
}

describe("docs/assurance.md", () => {
  test("is what the script makes of docs/assurance.json: no figure was typed by hand", () => {
    expect(docs("assurance.md")).toBe(renderPage(JSON.parse(docs("assurance.json"))));
  });

  test("names the command of every section", () => {
    for (const command of ["npm test", "npm run teeth", "npm run torture", "npm run mutation", "npm run bench"]) {
      expect(docs("assurance.md")).toContain(command);
    }
  });
});

describe("a report", () => {
  const result = (status: string, fullName: string) => ({ status, fullName });
  const tests = {
    success: true,
    testResults: [
      {
        assertionResults: [
          result("passed", "attacks: regions B1-08.1 gives a host"),
          result("skipped", "a needs Node 24"),
        ],
      },
      { assertionResults: [result("passed", "attacks: regions B1-09.2 gives another"), result("passed", "deny wins")] },
    ],
  };
  const trial = {
    name: "t",
    claim: "c",
    wouldShow: "w",
    unit: "u",
    size: "long",
    seed: 1,
    tried: 2,
    seconds: 3,
    figures: {},
    wrong: [],
  };

  test("of the tests is counted, the attacks apart", () => {
    expect(collect({}, { tests: reportOf(tests) })).toMatchObject({
      tests: { files: 2, passed: 3, skipped: 1 },
      attacks: { rows: 2, mistakes: 2 },
    });
  });

  test("of some leaves the others as they were", () => {
    const before = { bench: { rows: [] } };
    expect(collect(before, { teeth: reportOf({ twins: 3, caught: 2, filter: "" }) })).toMatchObject({
      bench: { rows: [] },
      teeth: { twins: 3, caught: 2 },
    });
  });

  test("of tests that failed makes no page", () => {
    expect(() => collect({}, { tests: reportOf({ ...tests, success: false }) })).toThrow("of a run that failed");
  });

  test("of a trial that was skipped, or that lacks a figure, makes no page", () => {
    const machine = { node: "v20", cpus: 4, system: "Linux" };
    const of = (one: object) => ({ torture: [reportOf({ date: "2026-11-21", machine, results: [one] })] });
    expect(collect({}, of(trial))).toMatchObject({ torture: [{ tried: 2, wrong: 0 }] });
    expect(() => collect({}, of({ ...trial, skipped: "needs strace" }))).toThrow("t was skipped: needs strace");
    expect(() => collect({}, of({ ...trial, seconds: undefined }))).toThrow("a report lacks seconds");
  });
});
