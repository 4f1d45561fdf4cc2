/** What scripts/teeth/lane.mjs answers. */
export interface TeethReport {
  readonly tests: readonly {
    readonly file: string;
    readonly path: readonly string[];
    readonly state: string;
    readonly hookFailed: boolean;
    readonly errors: readonly string[];
  }[];
  readonly loadErrors: readonly string[];
  readonly unhandledErrors: readonly string[];
  readonly twinLoaded: boolean;
}

export declare function judgeTwin(
  title: string,
  report: TeethReport | undefined,
): { verdict: "caught" | "survived" | "error"; reason: string };
export declare function judgeGood(title: string, file: string, report: TeethReport | undefined): string | undefined;
export declare function titlePattern(titles: readonly string[]): string;
