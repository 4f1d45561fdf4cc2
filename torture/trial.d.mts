/** One claim that is tried again and again: little in the tests, more in CI, for long by `npm run torture`. */
export interface Trial {
  /** The file's name without `.mjs`. */
  readonly name: string;
  /** A sentence that is true when nothing is wrong. */
  readonly claim: string;
  /** How a failure would have shown. */
  readonly wouldShow: string;
  /** What is counted: "inputs", "kills". */
  readonly unit: string;
  readonly amounts: { readonly test: number; readonly short: number; readonly long: number };
  /** Programs that must be there, such as "strace". */
  readonly needs: readonly string[];
  /** True where its files may be kept in memory. */
  readonly inMemory?: boolean;
  run(options: TrialOptions): Promise<TrialResult>;
}

export interface TrialOptions {
  readonly amount: number;
  /** The same seed makes the same inputs. */
  readonly seed: number;
  /** An empty folder that is gone afterwards. */
  readonly folder: string;
}

export interface TrialResult {
  readonly tried: number;
  /** One line for each failure; empty when the claim held. */
  readonly wrong: readonly string[];
  readonly figures?: Readonly<Record<string, number | string>>;
}
