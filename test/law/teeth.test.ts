// Who watches the watchman: the teeth must call a twin caught only when a named test failed by itself.
import { describe, expect, test } from "vitest";
import { judgeGood, judgeTwin, titlePattern, type TeethReport } from "../../scripts/teeth/judge.mjs";
import { brokenSource, builtPath } from "../../scripts/teeth/plugin.mjs";
import { parseTwin } from "../../scripts/teeth/read-twins.mjs";

const FILE = "packages/policy/test/evaluate.test.ts";
const passed = { file: FILE, path: ["evaluate", "deny wins"], state: "passed", hookFailed: false, errors: [] };
const failed = { ...passed, state: "failed", errors: ["AssertionError: expected allow to be deny"] };
const report = (more: Partial<TeethReport>): TeethReport => ({
  tests: [],
  loadErrors: [],
  unhandledErrors: [],
  twinLoaded: true,
  ...more,
});

describe("a twin", () => {
  test.each<[string, "caught" | "survived" | "error", string, TeethReport | undefined]>([
    ["whose named test fails is caught", "caught", "expected allow", report({ tests: [failed] })],
    ["is caught when one of several named tests fails", "caught", "expected", report({ tests: [passed, failed] })],
    ["whose named test passes survives", "survived", "every named test passed", report({ tests: [passed] })],
    ["that was never loaded survives", "survived", "never loaded", report({ tests: [passed], twinLoaded: false })],
    ["is an error when nothing ran", "error", "no test with this title ran", report({})],
    ["is an error when the test was skipped", "error", "ran", report({ tests: [{ ...passed, state: "skipped" }] })],
    ["is an error when only another test failed", "error", "ran", report({ tests: [{ ...failed, path: ["other"] }] })],
    ["is an error when a file did not load", "error", "boom", report({ tests: [failed], loadErrors: ["Error: boom"] })],
    ["is an error when a hook failed", "error", "in a hook", report({ tests: [{ ...failed, hookFailed: true }] })],
    [
      "is an error when it is no working program",
      "error",
      "broken program",
      report({ tests: [{ ...failed, errors: ["ReferenceError: x is not defined"] }] }),
    ],
    ["is an error when vitest left no report", "error", "without a report", undefined],
  ])("%s", (_, verdict, reason, given) => {
    expect(judgeTwin("deny wins", given)).toEqual({ verdict, reason: expect.stringContaining(reason) });
  });
});

describe("the good code", () => {
  test("carries a twin when every named test passed", () => {
    expect(judgeGood("deny wins", FILE, report({ tests: [passed] }))).toBeUndefined();
  });

  test.each<[string, string, TeethReport | undefined]>([
    ["when a named test fails", "failed", report({ tests: [passed, failed] })],
    ["when a named test is skipped", "skipped", report({ tests: [{ ...passed, state: "skipped" }] })],
    ["when the title names nothing", "no test", report({})],
    ["when the title is in another file", "no test", report({ tests: [{ ...passed, file: "other.test.ts" }] })],
    ["when there is no report", "without a report", undefined],
  ])("does not carry it %s", (_, reason, given) => {
    expect(judgeGood("deny wins", FILE, given)).toContain(reason);
  });
});

test("titles match with and without the arrow between suites", () => {
  for (const title of ["evaluate > deny wins", "evaluate deny wins", "deny wins"]) {
    expect(judgeTwin(title, report({ tests: [failed] })).verdict).toBe("caught");
    expect("evaluate deny wins").toMatch(new RegExp(titlePattern([title])));
  }
});

test("titles are matched letter by letter", () => {
  const title = "s3:* (all) [x] $1.00? a|b ^ {n}\\";
  expect(title).toMatch(new RegExp(titlePattern([title])));
  expect("deny wins").not.toMatch(new RegExp(titlePattern(["deny.wins", "d*"])));
});

describe("a piece of source to break", () => {
  test("is replaced where it stands once", () => {
    expect(brokenSource("a === b", "===", "!==", "f.ts")).toBe("a !== b");
  });

  test("is replaced as text, dollar signs included", () => {
    expect(brokenSource("a", "a", "$&$1", "f.ts")).toBe("$&$1");
  });

  test.each(["gone", "a", ""])("is refused when it does not stand exactly once: %j", (find) => {
    expect(() => brokenSource("a a", find, "b", "f.ts")).toThrow("must occur exactly once in f.ts");
  });
});

test("a twin breaks only source files of packages", () => {
  expect(builtPath("packages/sandbox/src/wire/xml.ts")).toBe("packages/sandbox/dist/wire/xml.js");
  for (const file of ["packages/policy/test/a.ts", "scripts/a.ts", "packages/policy/src/a.mjs"]) {
    expect(() => builtPath(file)).toThrow("a twin breaks a file packages/NAME/src/FILE.ts");
  }
});

describe("the form of a twin", () => {
  const good = { breaks: "b", file: "f", find: "x", replace: "", test: "t", title: "n" };

  test("is six fields, of which the replacement may be empty", () => {
    expect(parseTwin(JSON.stringify(good))).toEqual(good);
  });

  test.each<[string, unknown]>([
    ['field "title" is missing', { ...good, title: undefined }],
    ['field "find" is empty', { ...good, find: "" }],
    ['unknown field "note"', { ...good, note: "x" }],
    ["nothing is broken", { ...good, replace: "x" }],
    ["a twin is a JSON object", [good]],
  ])("is refused: %s", (message, twin) => {
    expect(() => parseTwin(JSON.stringify(twin))).toThrow(message);
  });
});
