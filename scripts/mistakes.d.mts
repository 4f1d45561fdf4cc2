export interface Mistake {
  readonly number: number;
  readonly mistake: string;
  readonly instead?: string;
  readonly heldBy?: readonly { readonly test: string; readonly title: string }[];
  readonly reason?: string;
}

/** Returns what is wrong with the table, one sentence each. */
export function checkMistakes(mistakes: readonly Mistake[]): readonly string[];
/** Returns the page for people. */
export function renderMistakes(mistakes: readonly Mistake[]): string;
/** Returns the table as it is kept. */
export function readMistakes(): readonly Mistake[];
