export type PolicyErrorCode =
  /** The text is not JSON. */
  | "invalid_json"
  /** The JSON is no policy: a missing, unknown, doubled or ill-typed element. */
  | "invalid_policy"
  /** A principal of a form that AWS does not document, or one that does not exist. */
  | "invalid_principal"
  /** The question itself is malformed. */
  | "invalid_request";

/** Longest message and path: documents may have names of any length. */
const MOST_CHARACTERS = 2000;

/** Documents are others', and what they name is repeated: what a terminal would act on, or not show, becomes `?`. */
const printable = (text: string): string => text.slice(0, MOST_CHARACTERS).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, "?");

/** Every error that this package throws on purpose. Message and path are one printable line each. */
export class PolicyError extends Error {
  override readonly name = "PolicyError";
  readonly code: PolicyErrorCode;
  /** Where in the document, for example `Statement[0].Condition.StringEqualz`; empty for the whole document. */
  readonly path: string;
  /** What to type instead. */
  readonly hint: string;

  constructor(code: PolicyErrorCode, message: string, options: { path: string; hint: string; cause?: unknown }) {
    const path = printable(options.path);
    super(printable(path === "" ? message : `${path}: ${message}`), { cause: options.cause });
    this.code = code;
    this.path = path;
    this.hint = options.hint;
  }
}
