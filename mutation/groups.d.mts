/** One run of Stryker: built files of one package, and the fast tests about them. */
export interface Group {
  /** What `npm run mutation -- NAME` takes. */
  readonly name: string;
  /** What is in it, in words for a report. */
  readonly about: string;
  /** Folder under packages/. */
  readonly package: string;
  /** Under dist/, without .js; `*` is every file. */
  readonly files: readonly string[];
  /** Under test/, without .test.ts. */
  readonly tests: readonly string[];
  /** Whether `--short` runs it. */
  readonly short: boolean;
}

export declare const GROUPS: readonly Group[];

/** Every group must score at least so many percent. */
export declare const LEAST_SCORE: number;

/** Returns the built files of a group, by path from the root. */
export declare function filesOf(group: Group): readonly string[];
