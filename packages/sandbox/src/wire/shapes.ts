// Input shapes of query-protocol operations as data: one description checks the form, words AWS's errors and types the code.

export interface StringShape {
  readonly type: "string";
  readonly required: boolean;
  readonly min?: number;
  readonly max?: number;
  /** Anchored by us; AWS's pattern text as in its service model. */
  readonly pattern?: string;
  readonly enum?: readonly string[];
}
export interface IntegerShape {
  readonly type: "integer";
  readonly required: boolean;
  readonly min?: number;
  readonly max?: number;
}
export interface BooleanShape {
  readonly type: "boolean";
  readonly required: boolean;
}
export interface ListShape<Of extends Shape = Shape> {
  readonly type: "list";
  readonly required: boolean;
  readonly of: Of;
  readonly min?: number;
  readonly max?: number;
}
export interface StructureShape<Members extends Readonly<Record<string, Shape>> = Readonly<Record<string, Shape>>> {
  readonly type: "structure";
  readonly required: boolean;
  readonly members: Members;
}
export type Shape = StringShape | IntegerShape | BooleanShape | ListShape | StructureShape;

/** The value that a shape decodes to. */
export type Decoded<S extends Shape> = S extends StringShape
  ? string
  : S extends IntegerShape
    ? number
    : S extends BooleanShape
      ? boolean
      : S extends ListShape<infer Of>
        ? readonly Decoded<Of>[]
        : S extends StructureShape<infer Members>
          ? Input<Members>
          : never;

/** The typed input of an operation: required members are there, the others may be `undefined`. */
export type Input<Members extends Readonly<Record<string, Shape>>> = {
  readonly [Name in keyof Members]: Members[Name] extends { readonly required: true }
    ? Decoded<Members[Name]>
    : Decoded<Members[Name]> | undefined;
};

type Limits = { readonly min?: number; readonly max?: number };

/** What a builder returns: the shape, and whether it is required as a literal type, which `Input` needs. */
type Built<S extends Shape, R extends boolean> = S & { readonly required: R };

export const string = <R extends boolean>(
  required: R,
  limits: Limits & { readonly pattern?: string; readonly enum?: readonly string[] } = {},
): Built<StringShape, R> => ({ type: "string", required, ...limits });
export const integer = <R extends boolean>(required: R, limits: Limits = {}): Built<IntegerShape, R> => ({
  type: "integer",
  required,
  ...limits,
});
export const boolean = <R extends boolean>(required: R): Built<BooleanShape, R> => ({ type: "boolean", required });
export const list = <R extends boolean, Of extends Shape>(
  required: R,
  of: Of,
  limits: Limits = {},
): Built<ListShape<Of>, R> => ({ type: "list", required, of, ...limits });
export const structure = <R extends boolean, M extends Readonly<Record<string, Shape>>>(
  required: R,
  members: M,
): Built<StructureShape<M>, R> => ({ type: "structure", required, members });
