export interface ReportFiles {
  readonly tests?: string;
  readonly teeth?: string;
  readonly mutation?: string;
  readonly bench?: string;
  readonly coverage?: string;
  readonly torture?: readonly string[];
}

export declare function collect(before: object, files: ReportFiles): Readonly<Record<string, unknown>>;
