// What Identity Center, or the network on the way to it, said, and what a person can do about it. The SDK's own error is
// never passed on: it carries the raw answer.
// Codes: IAM Identity Center OIDC API Reference, "CreateToken", Errors; Portal API Reference, "GetRoleCredentials", Errors.
import { AuthError, type AuthErrorCode } from "../errors.js";

const property = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** What of an SDK error is looked at. */
export interface SsoFailure {
  /** AWS's code, such as `SlowDownException`; empty where it was not AWS that spoke. */
  readonly awsCode: string;
  readonly words: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
}

const MOST_WORDS = 300;
// Codes, tokens and secrets are longer and wilder than words.
const TOKEN = /[\w+/=%.~-]{40,}/g;
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Reads what the AWS SDK threw. */
export const readSsoFailure = (error: unknown): SsoFailure => {
  const metadata = property(error, "$metadata");
  const status = property(metadata, "httpStatusCode");
  const requestId = text(property(metadata, "requestId"));
  const name = text(property(error, "name"));
  const words = text(property(error, "error_description")) || text(property(error, "message"));
  // A proxy's page has a status as well, but no name of AWS's form.
  const isAws = typeof status === "number" && /^[A-Z]\w{2,60}Exception$/.test(name);
  return {
    awsCode: isAws ? name : "",
    words: words.replaceAll(TOKEN, "(not shown)").replaceAll(UNPRINTABLE, "?").slice(0, MOST_WORDS),
    status: typeof status === "number" ? status : undefined,
    requestId: /^[\w-]{1,128}$/.test(requestId) ? requestId : undefined,
  };
};

/** True where AWS says that the access token is dead, whatever it was said to last. */
export const isDeadToken = (error: unknown): boolean => readSsoFailure(error).awsCode === "UnauthorizedException";

/** True where asking again later may help. */
export const isPassing = ({ awsCode, status }: SsoFailure): boolean =>
  awsCode === "" || awsCode === "TooManyRequestsException" || status === 429 || (status ?? 0) >= 500;

const GRANT_GONE = new Set([
  "ExpiredTokenException",
  "InvalidClientException",
  "InvalidGrantException",
  "UnauthorizedClientException",
]);

/** True where the code or refresh token, or the client that it was given to, is no longer good: only a sign-in helps. */
export const isGrantGone = ({ awsCode }: SsoFailure): boolean => GRANT_GONE.has(awsCode);

const judge = (failure: SsoFailure): [code: AuthErrorCode, message: string, hint: string] => {
  const { awsCode, words } = failure;
  const said = words === "" ? "" : `: ${words}`;
  if (isPassing(failure)) {
    return [
      "aws_unavailable",
      `IAM Identity Center gave no usable answer${said}`,
      "check the network, then try again later",
    ];
  }
  if (awsCode === "InvalidRequestRegionException" || awsCode === "ResourceNotFoundException") {
    return [
      "invalid_profile",
      `IAM Identity Center does not know this portal or region${said}`,
      "check sso_region and sso_start_url",
    ];
  }
  if (isGrantGone(failure)) {
    return ["sign_in_refused", `IAM Identity Center does not take this sign-in${said}`, "sign in again"];
  }
  if (awsCode === "UnauthorizedException") {
    return ["sign_in_required", "AWS has ended the sign-in", "sign in again"];
  }
  if (awsCode === "AccessDeniedException" || awsCode === "ForbiddenException") {
    return [
      "access_denied",
      `IAM Identity Center says no${said}`,
      "ask who administers IAM Identity Center for access",
    ];
  }
  return [
    "sign_in_refused",
    `IAM Identity Center refuses the request${said}`,
    "check sso_region, sso_start_url and sso_registration_scopes",
  ];
};

/** Turns whatever the SDK threw into an `AuthError`. An `AuthError` is returned as it is. */
export const explainSsoFailure = (error: unknown): AuthError => {
  if (error instanceof AuthError) return error;
  const failure = readSsoFailure(error);
  const [code, message, hint] = judge(failure);
  const cause = new Error(failure.words);
  cause.name = failure.awsCode === "" ? "Error" : failure.awsCode;
  return new AuthError(code, message, {
    hint,
    awsCode: failure.awsCode === "" ? undefined : failure.awsCode,
    awsRequestId: failure.requestId,
    cause,
  });
};
