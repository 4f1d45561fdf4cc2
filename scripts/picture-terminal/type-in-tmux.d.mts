/** A terminal that a script types into and looks at. */
export interface TmuxTerminal {
  readonly look: () => string;
  readonly plain: () => string;
  readonly type: (text: string) => void;
  readonly press: (key: string) => void;
  readonly clear: () => Promise<void>;
  readonly see: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly close: () => void;
}

export function openTerminal(options: {
  readonly columns: number;
  readonly rows: number;
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
}): TmuxTerminal;
