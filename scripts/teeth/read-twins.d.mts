export interface Twin {
  readonly path: string;
  readonly breaks: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  readonly test: string;
  readonly title: string;
}

export declare function readTwins(root: string, filter?: string): Promise<{ twins: Twin[]; problems: string[] }>;
export declare function parseTwin(text: string): Omit<Twin, "path">;
