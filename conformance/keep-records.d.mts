import type { Row } from "./types.d.mts";

interface Run {
  readonly client: string;
  readonly mode?: string;
}
export interface Record {
  readonly recorded: string;
  readonly versions: Readonly<globalThis.Record<string, string>>;
  readonly counts: readonly Run[];
  readonly wrong: readonly {
    readonly mode?: string;
    readonly group: string;
    readonly name: string;
    readonly clients: readonly string[];
    readonly kind: string;
    readonly differences: readonly string[];
  }[];
}
export const PAGE: URL;
export function makeRecord(options: {
  readonly rows: readonly (Row & Run)[];
  readonly date: string;
  readonly command: string;
  readonly versions: Readonly<globalThis.Record<string, string>>;
}): Record;
export function compareWithRecord(record: Record, rows: readonly (Row & Run)[]): string[];
export function readRecords(): {
  readonly sandbox: Record | undefined;
  readonly moto: Record | undefined;
  readonly lives: readonly Record[];
};
