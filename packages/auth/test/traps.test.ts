// The table of traps names twins and tests that exist, or says why there is none; and its check can fail.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { checkTraps, readTraps, renderTraps, type Trap } from "../../../scripts/traps.mjs";

const traps = readTraps();
const page = readFileSync(new URL("../docs/traps.md", import.meta.url), "utf8");

const change = (over: Partial<Trap>): readonly Trap[] =>
  traps.map((each) => (each.number === 1 ? { ...each, ...over } : each));

describe("the table of traps", () => {
  test("has a hundred, each held by a test that exists or with a reason", () => {
    expect(traps.length).toBeGreaterThanOrEqual(100);
    expect(checkTraps(traps)).toEqual([]);
  });

  test("is shown to people as it is; if not, run node scripts/traps.mjs", () => {
    expect(page).toBe(renderTraps(traps));
  });

  test.each<[string, readonly Trap[], string]>([
    ["a number that is missing", traps.slice(1), "row 1 has the number 2"],
    ["a twin that is not there", change({ twins: ["nothing"] }), "trap 1 names no twin: nothing"],
    [
      "a title that no test has",
      change({ twins: [], tests: [{ test: "clocks", title: "holds everything" }] }),
      "trap 1 names no test: holds everything, in clocks",
    ],
    ["neither test nor reason", change({ twins: [] }), "trap 1 needs either tests or a reason why none"],
    ["a trap twice", change({ trap: traps[1]?.trap ?? "" }), `twice: ${traps[1]?.trap}`],
  ])("does not pass with %s", (_, broken, problem) => {
    expect(checkTraps(broken)).toContain(problem);
  });
});
