export interface Row {
  readonly name: string;
  readonly figure: number;
  readonly unit: string;
  readonly better: "more" | "less";
  readonly baseline:
    | { readonly name: string; readonly figure: number; readonly missing?: never }
    | { readonly name: string; readonly missing: string; readonly figure?: never };
  readonly promise?: { readonly least: number } | { readonly most: number };
  readonly reason?: string;
}

export interface JudgedRow extends Row {
  readonly ratio: number | null;
  readonly wrong: readonly string[];
}

export function judgeRow<Given extends Row>(row: Given): Given & JudgedRow;
