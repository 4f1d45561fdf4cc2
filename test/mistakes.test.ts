// The table of mistakes names tests that exist, or says why there is none; and its check can fail.
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkMistakes, readMistakes, renderMistakes } from "../scripts/mistakes.mjs";

const mistakes = readMistakes();
const page = readFileSync(new URL("../docs/mistakes.md", import.meta.url), "utf8");

describe("the table of mistakes", () => {
  it("has all forty-six, each held by a test that exists or with a reason", () => {
    expect(checkMistakes(mistakes)).toEqual([]);
  });

  it("is shown to people as it is; if not, run node scripts/mistakes.mjs", () => {
    expect(page).toBe(renderMistakes(mistakes));
  });

  it.each([
    ["a number that is missing", mistakes.slice(1), "mistake 1 is there 0 times, not once"],
    ["a number twice", [...mistakes, ...mistakes.slice(0, 1)], "mistake 1 is there 2 times, not once"],
    [
      "a title that no test has",
      mistakes.map((each) =>
        each.number === 1 ? { ...each, heldBy: [{ test: "test/demo.test.ts", title: "holds everything" }] } : each,
      ),
      'mistake 1 names the title "holds everything", which is not in test/demo.test.ts',
    ],
    [
      "a test that is no file",
      mistakes.map((each) =>
        each.number === 1 ? { ...each, heldBy: [{ test: "test/none.test.ts", title: "x" }] } : each,
      ),
      "mistake 1 names test/none.test.ts, which is no test file",
    ],
    [
      "neither test nor reason",
      mistakes.map(({ heldBy, reason, ...rest }) =>
        rest.number === 1 ? rest : { ...rest, ...pick({ heldBy, reason }) },
      ),
      "mistake 1 needs either tests that hold it or a reason why none does",
    ],
  ])("does not pass with %s", (_, broken, problem) => {
    expect(checkMistakes(broken)).toContain(problem);
  });
});

function pick<Value extends object>(value: Value): Partial<Value> {
  return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== undefined)) as Partial<Value>;
}
