// One place where failures of AWS become words and next steps for a person at a terminal.
import { classifyFailure, CredentialsError, type CredentialsErrorCode } from "@daypass/credentials";
import { AuthError, type AuthErrorCode } from "../errors.js";

/** What was asked, for the words of its failure. */
export interface AskedFor {
  /** A phrase that follows "AWS refuses": `the role arn:… to profile dev`. Never a secret. */
  readonly what: string;
  /** The next step where AWS denies it. */
  readonly deniedHint: string;
  /** So that AWS's words never repeat it. `null`: there is none. */
  readonly externalId: string | null;
}

interface Words {
  readonly code: AuthErrorCode;
  readonly message: (what: string) => string;
  readonly hint: string;
}

const LATER = "try again in a minute; check the network, the proxy and the region";

const WORDS: Record<CredentialsErrorCode, Words> = {
  access_denied: { code: "access_denied", message: (what) => `AWS refuses ${what}`, hint: "" },
  caller_credentials: {
    code: "caller_credentials",
    message: (what) => `AWS does not accept the credentials that ask for ${what}`,
    hint: "they are unknown, deactivated, expired or mistyped: sign in again, or add the keys again",
  },
  clock_skew: {
    code: "caller_credentials",
    message: (what) => `AWS refuses ${what}, because the clock of this machine is off by more than five minutes`,
    hint: "set the clock, for example by NTP, then try again",
  },
  throttled: {
    code: "aws_unavailable",
    message: (what) => `AWS is throttling: it did not answer for ${what}`,
    hint: LATER,
  },
  sts_unavailable: {
    code: "aws_unavailable",
    message: (what) => `AWS could not be reached, or gave no usable answer, for ${what}`,
    hint: LATER,
  },
  over_budget: { code: "aws_unavailable", message: (what) => `AWS was not asked for ${what}`, hint: LATER },
  region_disabled: {
    code: "invalid_profile",
    message: (what) => `AWS refuses ${what}, because STS is switched off in this region`,
    hint: "name another region, or have this one activated in the account's settings of IAM",
  },
  session_too_long: {
    code: "invalid_option",
    message: (what) => `the session is longer than AWS allows for ${what}`,
    hint: "ask for 3600 seconds, which every role allows, or for at most the role's MaxSessionDuration",
  },
  invalid_request: {
    code: "invalid_option",
    message: (what) => `AWS refuses the form of what was asked for ${what}`,
    hint: "correct what AWS names",
  },
  expired_on_arrival: {
    code: "aws_unavailable",
    message: (what) => `AWS answered with credentials that are about to expire for ${what}`,
    hint: "compare this machine's clock with the time, then try again",
  },
  audit_unavailable: {
    code: "audit_unavailable",
    message: (what) => `the record could not be written for ${what}`,
    hint: "make room and see to the permissions of the audit file",
  },
  cache_unavailable: { code: "aws_unavailable", message: (what) => `the cache failed for ${what}`, hint: LATER },
  revoked: { code: "access_denied", message: (what) => `the access was ended for ${what}`, hint: "ask for it anew" },
  aborted: { code: "cancelled", message: (what) => `the asking was given up for ${what}`, hint: "ask again" },
};

// STS: "MultiFactorAuthentication failed, unable to validate MFA code. Please verify your MFA serial number is valid and
// associated with this user." Another code does not help there.
const WRONG_DEVICE = /serial number/i;

/** True where AWS did not take the one-time code: another one may be taken. */
export const isWrongCode = (error: unknown): boolean =>
  error instanceof AuthError &&
  error.code === "mfa_refused" &&
  error.cause instanceof CredentialsError &&
  !WRONG_DEVICE.test(wordsOf(error.cause));

/** AWS's own words, as the credentials package keeps them: one line without secrets. */
const wordsOf = ({ cause }: CredentialsError): string => (cause instanceof Error ? cause.message : "");

/** True where the session asked for would be longer than the role, or the way to it, allows. */
export const isTooLong = (error: unknown): boolean =>
  error instanceof AuthError && error.cause instanceof CredentialsError && error.cause.code === "session_too_long";

const explainMfa = (failure: CredentialsError, detail: string, what: string): AuthError => {
  const hint = WRONG_DEVICE.test(detail)
    ? "name a device of this user: AWS lists them with ListMFADevices"
    : "wait for the next code of the device, and check that the clock of what makes the codes is right";
  return new AuthError("mfa_refused", `AWS did not take the MFA code for ${what}: ${detail}`, {
    hint,
    awsCode: failure.awsCode,
    awsRequestId: failure.awsRequestId,
    cause: failure,
  });
};

/**
 * Returns the error for a person, made of whatever a call of STS or IAM threw. An `AuthError` is returned as it is. Its
 * message names what was asked and holds AWS's own words, without secrets.
 */
export const explainFailure = (error: unknown, { what, deniedHint, externalId }: AskedFor): AuthError => {
  if (error instanceof AuthError) return error;
  const failure = classifyFailure(error, { externalId });
  const detail = wordsOf(failure);
  const isMfa = failure.code === "caller_credentials" && failure.awsCode === "AccessDenied";
  if (isMfa) return explainMfa(failure, detail, what);
  const words = WORDS[failure.code];
  // Refused before it was sent: the reason is the whole message.
  const reason = detail === "" && failure.awsCode === undefined ? failure.message : detail;
  return new AuthError(words.code, `${words.message(what)}: ${reason}`, {
    hint: failure.code === "access_denied" ? deniedHint : words.hint,
    awsCode: failure.awsCode,
    awsRequestId: failure.awsRequestId,
    cause: failure,
  });
};
