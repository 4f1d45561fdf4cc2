export type TemplateErrorCode =
  /** The description is malformed; the path says where. */
  | "invalid_description"
  /** A permission statement that no policy can hold. */
  | "invalid_statement"
  /** A `${…}` that is neither one of the three placeholders nor a policy variable of IAM's. */
  | "invalid_placeholder"
  /** What a stack would be given is malformed. */
  | "invalid_parameters"
  /** The lint found errors that nobody stands by. */
  | "lint_failed"
  /** A limit of AWS's would be exceeded. */
  | "too_large"
  /** Something that should be a template is not one of ours. */
  | "invalid_template";

/** What a terminal would act on, or not show, becomes `?`: descriptions are repeated, and may be others' texts. */
const printable = (text: string): string => text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, "?");

/** Every error that this package throws on purpose: one printable line. Messages never carry an external ID. */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
  readonly code: TemplateErrorCode;
  /** Where, for example `ongoing[2].resources[0]`; empty for the whole. */
  readonly path: string;
  /** What to do next. */
  readonly hint: string;

  constructor(code: TemplateErrorCode, message: string, options: { path?: string; hint: string; cause?: unknown }) {
    const path = printable(options.path ?? "");
    super(printable(path === "" ? message : `${path}: ${message}`), { cause: options.cause });
    this.code = code;
    this.path = path;
    this.hint = options.hint;
  }
}
