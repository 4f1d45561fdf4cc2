export type PolicyErrorCode =
  /** The text is not JSON. */
  | "invalid_json"
  /** The JSON is no policy: a missing, unknown, doubled or ill-typed element. */
  | "invalid_policy"
  /** A principal of a form that AWS does not document, or one that does not exist. */
  | "invalid_principal"
  /** The question itself is malformed. */
  | "invalid_request";

/** Every error that this package throws on purpose. */
export class PolicyError extends Error {
  override readonly name = "PolicyError";
  readonly code: PolicyErrorCode;
  /** Where in the document, for example `Statement[0].Condition.StringEqualz`; empty for the whole document. */
  readonly path: string;
  /** What to type instead. */
  readonly hint: string;

  constructor(code: PolicyErrorCode, message: string, options: { path: string; hint: string; cause?: unknown }) {
    super(options.path === "" ? message : `${options.path}: ${message}`, { cause: options.cause });
    this.code = code;
    this.path = options.path;
    this.hint = options.hint;
  }
}
