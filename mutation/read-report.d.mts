/** What Stryker's report says of one mutant, as far as it is read here. */
export interface Mutant {
  readonly id: string;
  readonly status: string;
  readonly statusReason?: string;
  readonly mutatorName: string;
  readonly replacement?: string;
  readonly coveredBy?: readonly string[];
  /** Whether it runs at import already. */
  readonly static?: boolean;
  readonly testsCompleted?: number;
  readonly location: {
    readonly start: { readonly line: number; readonly column: number };
    readonly end: { readonly line: number; readonly column: number };
  };
}

/** A mutant that got through: where it is in the built file, and what it changed. */
export interface Survivor {
  readonly file: string;
  /** The TypeScript file that it was built from. */
  readonly source: string;
  readonly line: number;
  readonly mutator: string;
  readonly original: string;
  readonly replacement: string;
  /** Whether any test ran the place. */
  readonly covered: boolean;
}

export interface GroupFigures {
  readonly name: string;
  readonly about: string;
  readonly mutants: number;
  readonly killed: number;
  /** Of the killed: those after which a test hung. */
  readonly timedOut: number;
  readonly survived: number;
  /** Percent, rounded down to hundredths. */
  readonly score: number;
  readonly survivors: readonly Survivor[];
}

export declare function readReport(
  group: { readonly name: string; readonly about: string },
  report: {
    readonly files: Readonly<Record<string, { readonly source: string; readonly mutants: readonly Mutant[] }>>;
  },
): GroupFigures;
