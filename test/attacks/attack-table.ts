// What a row of an attack table is, and how a row becomes a test: a published mistake, an input, the refusal that it must meet.
import { inspect } from "node:util";
import { describe, expect, test } from "vitest";

declare module "vitest" {
  interface TaskMeta {
    /** Marks the test of a row; the reporter counts by it. */
    attack?: "written" | "generated";
  }
}

/** What an attack must come to: fields of the error, or of the verdict. */
export type Expected = Readonly<Record<string, unknown>>;

export interface AttackRow {
  /** The mistake's number in the catalogue, a dot, and the row's own: `B1-03.17`. */
  readonly id: string;
  /** What the attacker does, in plain words. */
  readonly attack: string;
  /** A row that a product made (every key in every spelling); counted apart. */
  readonly generated?: true;
  readonly expected: Expected;
}

/** Returns rows with their numbers: `B1-03.1`, `B1-03.2`, … or from another number on. */
export function numbered<Row extends object>(
  mistake: string,
  rows: readonly Row[],
  from = 1,
): readonly (Row & { readonly id: string })[] {
  return rows.map((row, index) => ({ ...row, id: `${mistake}.${from + index}` }));
}

/** Makes a test of every row: `attack` must throw or reject with the expected fields, in words that cannot do harm. */
export function refuses<Row extends AttackRow>(
  title: string,
  rows: readonly Row[],
  attack: (row: Row) => unknown,
): void {
  describe(`attacks: ${title}`, () => {
    for (const row of rows) {
      test(`${row.id} ${wordsOf(row)}`, async ({ task }) => {
        task.meta.attack = row.generated === true ? "generated" : "written";
        const error = await errorOf(() => attack(row));
        expect(error, "it was let through").toBeInstanceOf(Error);
        expect(error).toMatchObject(row.expected);
        expectHarmless(error as Error);
      });
    }
  });
}

/** Makes a test of every row: what `attack` answers must have the expected fields. For judges, which do not throw. */
export function answers<Row extends AttackRow>(
  title: string,
  rows: readonly Row[],
  attack: (row: Row) => unknown,
): void {
  describe(`attacks: ${title}`, () => {
    for (const row of rows) {
      test(`${row.id} ${wordsOf(row)}`, async ({ task }) => {
        task.meta.attack = row.generated === true ? "generated" : "written";
        expect(await attack(row)).toMatchObject(row.expected);
      });
    }
  });
}

/** Returns what was thrown, or `undefined`. */
export async function errorOf(attack: () => unknown): Promise<unknown> {
  try {
    await attack();
    return undefined;
  } catch (error) {
    return error;
  }
}

/** The text with everything that a terminal would act on, or not show, written out. */
export function printable(text: string): string {
  return text.replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (character) => `<${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}>`,
  );
}

/**
 * Errors end up in terminals and logs: one line, nothing that a terminal acts on, not longer than a screen, and a next
 * step (CVE-2021-25743: escape sequences in what a server said).
 */
export function expectHarmless(error: Error): void {
  for (const name of ["message", "hint", "path"]) {
    const text: unknown = Reflect.get(error, name);
    if (text === undefined) continue;
    if (typeof text !== "string") expect.fail(`its ${name} is no text`);
    expect(printable(text), "it holds what a terminal acts on").toBe(text);
    expect(text.length).toBeLessThan(6000);
    expect(text.length, `its ${name} says nothing`).toBeGreaterThan(name === "path" ? -1 : 3);
  }
  expect(inspect(error, { depth: 20, showHidden: true })).not.toContain("\u001B]");
}

function wordsOf({ attack }: AttackRow): string {
  const words = printable(attack);
  return words.length > 150 ? `${words.slice(0, 150)}…` : words;
}
