// What the benches' table says of figures. The figures here are made up: how fast anything is, no test asserts.
import { describe, expect, test } from "vitest";
import { judgeRow, type Row } from "../bench/kit/judge-row.mjs";
import { formatFigure, renderTable } from "../bench/kit/render-table.mjs";

const row = {
  name: "answers",
  figure: 200,
  unit: "/s",
  better: "more",
  baseline: { name: "a loop", figure: 100 },
} as const;
const judge = (changed: Partial<Row>) => judgeRow({ ...row, ...changed });
const render = (changed: Partial<Row>) => renderTable([{ bench: "policy", ...judge(changed) }]);

describe("a row beside its baseline", () => {
  test.each([
    ["twice as many where more is better", { figure: 200 }, 2],
    ["half as many where more is better", { figure: 50, reason: "why" }, 0.5],
    ["half as much where less is better", { figure: 50, better: "less" }, 2],
    ["twice as much where less is better", { figure: 200, better: "less", reason: "why" }, 0.5],
    ["nothing beside nothing", { figure: 0, baseline: { name: "a loop", figure: 0 } }, 1],
  ] as const)("%s: its ratio says how many times as good it is", (_title, changed, ratio) => {
    expect(judge(changed)).toMatchObject({ ratio, wrong: [] });
  });

  test("may not lose without a reason", () => {
    expect(judge({ figure: 99 }).wrong).toEqual(["loses to its baseline, and no reason stands beside it"]);
    expect(judge({ figure: 100 }).wrong).toEqual([]);
  });

  test("shows its reason where it loses, and nowhere else", () => {
    expect(judge({ figure: 99, reason: "it does more" })).toMatchObject({ reason: "it does more", wrong: [] });
    expect(judge({ figure: 101, reason: "it does more" })).not.toHaveProperty("reason");
  });

  test("has no ratio where the baseline is missing, and neither wins nor loses", () => {
    expect(judge({ baseline: { name: "moto", missing: "moto is not installed" } })).toMatchObject({
      ratio: null,
      wrong: [],
    });
  });

  test.each([
    [{ least: 200 }, []],
    [{ least: 201 }, ["200 is below the promise, 201"]],
    [{ most: 200 }, []],
    [{ most: 199 }, ["200 is above the promise, 199"]],
  ])("keeps or breaks its promise %o", (promise, wrong) => {
    expect(judge({ promise }).wrong).toEqual(wrong);
  });

  test("is wrong when its figure is no number, whatever was promised", () => {
    expect(judge({ figure: Number.NaN, promise: { least: 1 } }).wrong).toEqual([
      "NaN is below the promise, 1",
      "a figure is no number",
    ]);
  });
});

describe("the table", () => {
  test("has a line for each row, aligned under its head", () => {
    const other = { ...row, name: "a much longer name", figure: 1_234_567 } as Row;
    expect(renderTable([row, other].map((each) => ({ bench: "policy", ...judgeRow(each) })))).toEqual([
      "bench   what                figure        baseline        times as good  note",
      "------  ------------------  ------------  --------------  -------------  ----",
      "policy  answers             200 /s        a loop: 100 /s  2",
      "policy  a much longer name  1,234,567 /s  a loop: 100 /s  12,346",
    ]);
  });

  test("puts the promise, the reason and what is wrong into the note", () => {
    expect(render({ figure: 50, promise: { least: 10 }, reason: "it does more" })[2]).toMatch(
      / {2}at least 10; it does more$/,
    );
    expect(render({ figure: 5, promise: { least: 10 }, reason: "it does more" })[2]).toMatch(
      / {2}at least 10; it does more; WRONG: 5 is below the promise, 10$/,
    );
  });

  test("says that a baseline is missing, and why", () => {
    expect(render({ baseline: { name: "moto", missing: "moto is not installed" } })[2]).toMatch(
      /moto: not measured +– +moto is not installed$/,
    );
  });

  test.each([
    [1_234_567.8, "1,234,568"],
    [12.345, "12.3"],
    [1.234, "1.23"],
    [0.012_34, "0.012"],
    [0, "0"],
  ])("writes %d in as many digits as it is worth", (figure, text) => {
    expect(formatFigure(figure)).toBe(text);
  });
});
