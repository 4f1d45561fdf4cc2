/** How AssumeRole can fail, by what the caller can do about it. */
export type CredentialsErrorCode =
  /** AWS says no. AWS words a missing role, a wrong external ID, a caller-side deny and an SCP alike. */
  | "access_denied"
  /** The caller's own credentials are missing, unknown, expired or wrongly signed, or the MFA code is wrong. */
  | "caller_credentials"
  /** The local clock is off by more than AWS tolerates. */
  | "clock_skew"
  /** AWS throttles. Transient. */
  | "throttled"
  /** STS cannot be reached, times out or answers 5xx or nonsense. Transient. */
  | "sts_unavailable"
  /** STS was not asked: its rate budget in this region is spent for longer than the caller can wait. Transient. */
  | "over_budget"
  /** The region is disabled, or STS is switched off there. */
  | "region_disabled"
  /** The session would be longer than the role or role chaining allows. */
  | "session_too_long"
  /** STS refuses the request's form, or we do before sending it. */
  | "invalid_request"
  /** STS answered with credentials that are expired or about to be. */
  | "expired_on_arrival"
  /** The audit could not be written, so nothing was handed out. */
  | "audit_unavailable"
  /** `revoke` could not purge the cache; in this process the access is ended all the same. */
  | "cache_unavailable"
  /** This question was revoked in this process. */
  | "revoked"
  /** The caller gave up: its AbortSignal fired. */
  | "aborted";

/** Every error that this package throws on purpose. The message never carries a secret. */
export class CredentialsError extends Error {
  override readonly name = "CredentialsError";
  readonly code: CredentialsErrorCode;
  /** What to do next. */
  readonly hint: string;
  /** True when asking again later may succeed without anybody changing anything. */
  readonly transient: boolean;
  /** AWS's own error code, where AWS answered. */
  readonly awsCode: string | undefined;
  readonly awsRequestId: string | undefined;

  constructor(
    code: CredentialsErrorCode,
    message: string,
    options: { hint: string; awsCode?: string | undefined; awsRequestId?: string | undefined; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.transient =
      code === "throttled" || code === "sts_unavailable" || code === "expired_on_arrival" || code === "over_budget";
    this.awsCode = options.awsCode;
    this.awsRequestId = options.awsRequestId;
  }
}
