import type { Case, Step } from "./types.d.mts";

export function checkReach(table: { readonly cases: readonly Case[]; readonly steps: readonly Step[] }): string[];
