import type { Table } from "./types.d.mts";

export function checkCases(table: Table): string[];
