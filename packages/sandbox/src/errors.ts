/** An answer that says no in AWS's own words. Services throw it; the wire renders it for its protocol. */
export class AwsError extends Error {
  override readonly name = "AwsError";
  readonly status: number;
  readonly code: string;
  /** Extra elements of the error document, for example `BucketName` of S3. */
  readonly details: Readonly<Record<string, string>>;
  /** Extra response headers. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    message: string,
    extra: { details?: Readonly<Record<string, string>>; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = extra.details ?? {};
    this.headers = extra.headers ?? {};
  }
}

export type SandboxErrorCode =
  /** There is no world file of that name. */
  | "missing_world"
  /** The world file is there and cannot be read. */
  | "unreadable_world"
  /** The world file is not JSON, or not of the documented form. */
  | "invalid_world"
  /** An option of `startSandbox` or a flag of the program is wrong. */
  | "invalid_option"
  /** The port is taken or not allowed. */
  | "cannot_listen"
  /** The sandbox refuses to run where it could be mistaken for AWS. */
  | "refused_environment";

/** A mistake of whoever starts the sandbox, as opposed to `AwsError`, which answers a caller of AWS. */
export class SandboxError extends Error {
  override readonly name = "SandboxError";
  readonly code: SandboxErrorCode;
  readonly hint: string;

  constructor(code: SandboxErrorCode, message: string, options: { hint: string; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
