import type { Actors, Answer, Case, Names } from "./types.d.mts";

export function redactAnswer(
  each: Case,
  answer: Answer & { readonly attempts?: number },
  names: Names,
  secrets: readonly string[],
): object;
export function collectSecrets(actors: Actors, names: Names): string[];
export function sealRecord(record: object, secrets: readonly string[]): string;
