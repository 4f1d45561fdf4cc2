import type { Actors, Names, Table } from "./types.d.mts";

export const PLAIN_NAMES: Names;
export function readCases(): Table;
export function fillIn<T>(
  value: T,
  options: { readonly names: Names; readonly client?: string; readonly actors?: Actors },
): T;
