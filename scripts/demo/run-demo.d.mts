export function runDemo(options: {
  readonly write: (text: string) => void;
  readonly colour: boolean;
  readonly verbose: boolean;
}): Promise<{ readonly held: number; readonly broken: readonly string[] }>;
