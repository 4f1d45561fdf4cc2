import type { JudgedRow } from "./judge-row.d.mts";

export function renderTable(rows: readonly (JudgedRow & { readonly bench: string })[]): string[];

export function formatFigure(figure: number): string;
