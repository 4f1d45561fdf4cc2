import type { Actors, Case, Names, Row } from "./types.d.mts";

export function runTable(options: {
  readonly cases: readonly Case[];
  readonly target: string;
  readonly names: Names;
  readonly actors: Actors;
  readonly clients: readonly string[];
  readonly endpoint: string;
  readonly python?: string | undefined;
}): Promise<Row[]>;
export function showDifferences(rows: readonly Row[]): string[];
export function showTable(target: string, rows: readonly Row[]): string;
