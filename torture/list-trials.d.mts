import type { Trial, TrialResult } from "./trial.mjs";

export declare function trialNames(): string[];
export declare function listTrials(): Promise<Trial[]>;
export declare function findTrial(name: string): Promise<Trial>;
export declare function missingPrograms(trial: Pick<Trial, "needs">): string[];
export declare function runTrial(
  trial: Trial,
  options: { readonly amount: number; readonly seed: number },
): Promise<TrialResult>;
