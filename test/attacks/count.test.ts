// The tables as a whole: how many rows there are, that each has a number and words of its own, and that each mistake has some.
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import type { AttackRow } from "./attack-table.js";

const folder = fileURLToPath(new URL("tables/", import.meta.url));
const rows: AttackRow[] = [];

/** Mistakes of the catalogue that touch what there is so far; those of server, agent and command line come with them. */
const mistakes = [
  ...["01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "12", "13", "15", "16", "17", "18", "21"].map(
    (number) => `B1-${number}`,
  ),
  ...["24", "26", "30"].map((number) => `B2-${number}`),
  ...["46", "48", "50", "55", "60"].map((number) => `B4-${number}`),
  ...["62", "63", "64"].map((number) => `B5-${number}`),
];

beforeAll(async () => {
  for (const file of readdirSync(folder)) {
    const table = (await import(`${folder}${file}`)) as Readonly<Record<string, unknown>>;
    for (const exported of Object.values(table)) if (isTable(exported)) rows.push(...exported);
  }
});

function isTable(value: unknown): value is readonly AttackRow[] {
  return (
    Array.isArray(value) &&
    value.every((row: unknown) => typeof row === "object" && row !== null && "id" in row && "attack" in row)
  );
}

describe("the attack tables", () => {
  it("have more than 2,500 rows that were written, and more than 3,000 that products made", () => {
    const generated = rows.filter((row) => row.generated === true).length;
    expect(rows.length - generated).toBeGreaterThan(2500);
    expect(generated).toBeGreaterThan(3000);
  });

  it("give every row a number and words of its own", () => {
    for (const name of ["id", "attack"] as const) {
      const values = rows.map((row) => row[name]);
      expect(values.filter((value, at) => values.indexOf(value) !== at)).toEqual([]);
    }
  });

  it("number every row after a published mistake, and leave none of them out", () => {
    const found = new Set(rows.map(({ id }) => id.split(".")[0]));
    expect([...found].toSorted()).toEqual(mistakes.toSorted());
  });

  it("say of every row what it must come to", () => {
    for (const { expected } of rows) expect(Object.keys(expected).length).toBeGreaterThan(0);
  });
});
