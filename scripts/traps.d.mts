export interface Trap {
  readonly number: number;
  readonly subject: string;
  readonly trap: string;
  /** Where it was seen, as public reports are cited. */
  readonly seen?: string;
  readonly rule?: string;
  /** Names of broken twins, each with the test that catches it. */
  readonly twins?: readonly string[];
  readonly tests?: readonly { readonly test: string; readonly title: string }[];
  readonly reason?: string;
}

/** Returns what is wrong with the table, one sentence each. */
export function checkTraps(traps: readonly Trap[]): readonly string[];
/** Returns the page for people. */
export function renderTraps(traps: readonly Trap[]): string;
/** Returns the table as it is kept. */
export function readTraps(): readonly Trap[];
