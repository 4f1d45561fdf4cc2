// One table from what AWS, the network or the caller's own credentials said to what a person can do about it.
// Only AWS's own words "AccessDenied" count as a denial: a denial stops a customer, so a proxy's 403 page must not be one.
// Codes: STS API reference, "Common Errors" and the Errors section of AssumeRole.
import { CredentialsError, type CredentialsErrorCode } from "./errors.js";
import { fingerprint } from "./fingerprint.js";
import type { RoleRequest } from "./types.js";

/** What of an SDK error is looked at. Everything else of it (the raw response above all) may hold secrets. */
interface Failure {
  readonly name: string;
  readonly message: string;
  /** AWS's code as it was on the wire; empty where it was not AWS that spoke. */
  readonly awsCode: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
}

const property = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
const text = (value: unknown): string => (typeof value === "string" ? value : "");

const readFailure = (error: unknown): Failure => {
  const metadata = property(error, "$metadata");
  const status = property(metadata, "httpStatusCode");
  const requestId = text(property(metadata, "requestId"));
  return {
    name: text(property(error, "name")),
    message: text(property(error, "message")),
    // The SDK's name is not the wire's: it is "Unknown" or "NotFound" for a proxy's page, XException for modelled codes.
    awsCode: text(property(error, "Code")),
    status: typeof status === "number" ? status : undefined,
    requestId: requestId === "" ? undefined : requestId,
  };
};

const CALLER = new Set([
  "ExpiredToken",
  "ExpiredTokenException",
  "IncompleteSignature",
  "InvalidAccessKeyId",
  "InvalidClientTokenId",
  "InvalidToken",
  "MissingAuthenticationToken",
  "MissingAuthenticationTokenException",
  "NotAuthorized",
  "SignatureDoesNotMatch",
  "TokenRefreshRequired",
  "UnrecognizedClientException",
]);
const THROTTLED =
  /^(Throttl|TooManyRequests|RequestLimitExceeded|RequestThrottled|SlowDown|BandwidthLimit|LimitExceeded)/;
const SKEWED_CODE = new Set(["RequestExpired", "RequestTimeTooSkewed", "RequestInTheFuture"]);
// STS: "Signature expired: … is now earlier than …" and "Signature not yet current: … is still later than …".
const SKEWED = /signature (expired|not yet current)/i;
// STS: "The requested DurationSeconds exceeds the MaxSessionDuration set for this role." and "The requested
// DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining."
const TOO_LONG = /DurationSeconds exceeds/;
// STS: "MultiFactorAuthentication failed with invalid MFA one time pass code." An AccessDenied, and a typing error.
const WRONG_MFA_CODE = /^MultiFactorAuthentication failed/;
// Policies that bind who asks, not the role. IAM User Guide, "Troubleshoot access denied error messages": "because no
// identity-based policy allows the sts:AssumeRole action", "with an explicit deny in a service control policy".
const OUR_OWN_POLICY =
  /(because no|with an explicit deny in an?) (identity-based policy|permissions boundary|session policy|service control policy|VPC endpoint policy)/;

const judge = ({ name, message, awsCode, status }: Failure): CredentialsErrorCode => {
  if (name === "AbortError") return "aborted";
  if (THROTTLED.test(awsCode) || status === 429) return "throttled";
  if (status !== undefined && status >= 500) return "sts_unavailable";
  // No code is not AWS speaking: no connection, a cut answer, a proxy's page.
  if (awsCode === "") return "sts_unavailable";
  if (awsCode === "AccessDenied" || awsCode === "AccessDeniedException") {
    return WRONG_MFA_CODE.test(message) ? "caller_credentials" : "access_denied";
  }
  if (SKEWED_CODE.has(awsCode) || SKEWED.test(message)) return "clock_skew";
  if (CALLER.has(awsCode)) return "caller_credentials";
  if (awsCode === "RegionDisabledException") return "region_disabled";
  if (TOO_LONG.test(message)) return "session_too_long";
  // MalformedPolicyDocument, PackedPolicyTooLarge, ValidationError, … and every code not known here: neither a denial,
  // which would stop a customer, nor something to hammer at.
  return "invalid_request";
};

const WORDS: Record<CredentialsErrorCode, readonly [message: string, hint: string]> = {
  access_denied: [
    "AWS does not let us assume the role",
    "check that the role exists, that its trust policy names us and our external ID, and that no policy of ours or of their organisation denies it",
  ],
  caller_credentials: [
    "AWS does not accept our own credentials",
    "renew the credentials of this service or person, or give a fresh MFA code, then ask again",
  ],
  clock_skew: ["the clock of this machine is off by more than AWS tolerates", "set the clock, for example by NTP"],
  throttled: ["AWS throttles our AssumeRole calls", "ask again later, and share one broker per process"],
  sts_unavailable: [
    "STS could not be reached or gave no usable answer",
    "ask again later, and check the network and the region",
  ],
  over_budget: [
    "STS was not asked: more calls wait for this region than may be made in time",
    "ask again later, share one broker per process, or raise callsPerSecond within AWS's quota",
  ],
  region_disabled: [
    "STS is switched off in this region",
    "activate the region in the account settings of IAM, or use another region",
  ],
  session_too_long: [
    "the session would be longer than the role allows",
    "ask for 3600 seconds at most where a role assumes a role, else for at most the role's MaxSessionDuration",
  ],
  invalid_request: ["STS refuses the form of the request", "correct what AWS names"],
  expired_on_arrival: [
    "STS answered with credentials that are expired or about to be",
    "check the clock of this machine, then ask again",
  ],
  audit_unavailable: [
    "the audit could not be written, so nothing was handed out",
    "mend the audit's store, then ask again",
  ],
  cache_unavailable: [
    "the access is ended in this process, but its session could not be purged from the cache",
    "mend the cache, then revoke again",
  ],
  revoked: ["this access was revoked", "connect the account again"],
  aborted: ["the caller gave up", "ask again"],
};

/** AWS's refusals name two ARNs of up to 2,048 characters each before they come to the point. */
const MOST_WORDS = 5_000;

/** Returns the package's error of a code in its standard words; `detail` follows a colon. */
export const createError = (
  code: CredentialsErrorCode,
  options: { detail?: string; awsCode?: string | undefined; awsRequestId?: string | undefined; cause?: unknown } = {},
): CredentialsError => {
  const [message, hint] = WORDS[code];
  const { detail, ...rest } = options;
  return new CredentialsError(code, detail === undefined ? message : `${message}: ${detail}`, { hint, ...rest });
};

/** True where AWS says that a policy on our own side denies it. AWS often does not say: false is no proof. */
export const isOurOwnDenial = (error: Error): boolean => OUR_OWN_POLICY.test(error.message);

// Session tokens are hundreds of characters of base64. Names of 64 characters each, a role's and a session's, stay legible.
const TOKEN = /[A-Za-z0-9+/=%]{160,}/g;
// What prints as something else than itself, or not at all.
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;
/** AWS's codes and request ids, and names of errors, are of this form: what is not is not repeated. */
export const plain = (value: string | undefined): string | undefined =>
  value !== undefined && /^[\w.:=-]{1,128}$/.test(value) ? value : undefined;

/**
 * STS's validation errors repeat the value that they refuse: "Value 'x' at 'externalId' failed to satisfy …". The lines
 * after the first are, for a wrong signature, the request as AWS saw it, with the session token of who asks.
 */
const redact = (message: string, { externalId }: Pick<RoleRequest, "externalId">): string => {
  const [line = ""] = message.split("\n", 1);
  const named = line.replace(/Value '[^']*' at '(externalId|tokenCode|policy)'/g, "Value at '$1'");
  const name = externalId === null ? "" : fingerprint(externalId);
  const unnamed =
    externalId === null ? named : named.replaceAll(externalId, name).replaceAll(encodeURIComponent(externalId), name);
  return unnamed.replaceAll(TOKEN, "(not shown)").replaceAll(UNPRINTABLE, "?").slice(0, MOST_WORDS);
};

/**
 * Turns whatever AssumeRole, or another call of STS, threw into a `CredentialsError`; one of these is returned as it is.
 * Of the request only its external ID is looked at, so that AWS's words do not repeat it; `null` where there is none.
 * The cause is a bare copy of name and words: the SDK's own error carries the raw response, secrets and all.
 */
export const classifyFailure = (error: unknown, request: Pick<RoleRequest, "externalId">): CredentialsError => {
  if (error instanceof CredentialsError) return error;
  const failure = readFailure(error);
  const words = redact(failure.message, request);
  const cause = new Error(words);
  cause.name = plain(failure.name) ?? "Error";
  return createError(judge(failure), {
    ...(words !== "" && { detail: words }),
    awsCode: plain(failure.awsCode),
    awsRequestId: plain(failure.requestId),
    cause,
  });
};
