/** How the person's side can fail, by what the person or the tool can do about it. */
export type AuthErrorCode =
  /** An option of one of our factories is unknown, missing or malformed. */
  | "invalid_option"
  /** A file is not there. */
  | "file_missing"
  /** A file cannot be read or written: permissions, kind, a full disk. */
  | "file_unusable"
  /** A file is there and is not what it should be. Nothing was written. */
  | "file_malformed"
  /** Somebody else's own keys or settings are there; `force` would replace them. */
  | "foreign_section"
  /** No profile, identity, hub or sso-session of that name. */
  | "not_found"
  /** A profile lacks a part, contradicts itself, or leads in a circle. */
  | "invalid_profile"
  /** The hub's user has no MFA device, and its configuration does not say that this is meant. */
  | "mfa_required"
  /** AWS did not take the MFA code. */
  | "mfa_refused"
  /** A person would have to be asked, and nobody can be. */
  | "prompt_unavailable"
  /** The person, or the caller's signal, said no. */
  | "cancelled"
  /** The keychain or the file of secrets cannot be used. */
  | "secrets_unavailable"
  | "wrong_passphrase"
  /** The secrets are there, and were changed by somebody else or damaged. */
  | "secrets_damaged"
  /** The file was written by a newer version. */
  | "newer_version"
  | "lock_unavailable"
  /** The record could not be written, so nothing was done. */
  | "audit_unavailable"
  /** There is no sign-in, or it has expired, and signing in needs a person. */
  | "sign_in_required"
  /** The sign-in was refused, denied or ran out. */
  | "sign_in_refused"
  /** This identity cannot be narrowed as asked. */
  | "cannot_narrow"
  /** A command of a profile failed or answered something else than credentials. */
  | "process_failed"
  /** The metadata service or the container's endpoint did not give credentials. */
  | "metadata_unavailable"
  /** AWS says no. */
  | "access_denied"
  /** AWS cannot be reached, throttles, or answers nonsense. Trying again later may help. */
  | "aws_unavailable"
  /** The credentials that ask are unknown, expired or wrongly signed. */
  | "caller_credentials"
  /** Nothing in the chain gave credentials; `explain()` tells why each was passed over. */
  | "no_credentials";

/** Every error that this package throws on purpose. The message never carries a secret. */
export class AuthError extends Error {
  override readonly name = "AuthError";
  readonly code: AuthErrorCode;
  /** What to do next. */
  readonly hint: string;
  /** AWS's own error code, where AWS answered. */
  readonly awsCode: string | undefined;
  readonly awsRequestId: string | undefined;

  constructor(
    code: AuthErrorCode,
    message: string,
    options: { hint: string; awsCode?: string | undefined; awsRequestId?: string | undefined; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.awsCode = options.awsCode;
    this.awsRequestId = options.awsRequestId;
  }
}
