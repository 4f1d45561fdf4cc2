import type { readRecords } from "./keep-records.d.mts";
import type { Table } from "./types.d.mts";

export function renderPage(table: Table, records: ReturnType<typeof readRecords>): string;
