// What GetSessionToken and GetFederationToken answer is believed only where it is whole.
import { CredentialsError } from "@daypass/credentials";
import type { TemporaryCredentials } from "../types.js";

/** Credentials with no more life than this when they arrive are refused. */
const LEAST_LIFE_MS = 60_000;
/** An answer that claims to live this much longer than asked is not believed. */
const MOST_SURPLUS_MS = 600_000;

/** What the SDK hands over, nothing of it certain. */
export interface GivenCredentials {
  readonly AccessKeyId?: string | undefined;
  readonly SecretAccessKey?: string | undefined;
  readonly SessionToken?: string | undefined;
  readonly Expiration?: Date | undefined;
}

/** Printable ASCII without blanks: a line break in a key could write lines into files and headers. */
const isPlain = (value: unknown): value is string => typeof value === "string" && /^[\x21-\x7e]+$/.test(value);

const unusable = (what: string) =>
  new CredentialsError("sts_unavailable", `the answer ${what}`, { hint: "ask again later" });

/**
 * Returns the session's credentials, frozen. `time` is AWS's time as well as we know it, in milliseconds.
 * Throws `sts_unavailable` of the credentials package where a part is missing or malformed, and `expired_on_arrival`
 * where at most 60 seconds are left.
 */
export const checkSession = (
  given: GivenCredentials | undefined,
  { durationSeconds, time, accountId }: { durationSeconds: number; time: number; accountId: string | undefined },
): TemporaryCredentials => {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = given ?? {};
  if (!isPlain(AccessKeyId) || !isPlain(SecretAccessKey) || !isPlain(SessionToken)) {
    throw unusable("lacks a key, a secret or a token");
  }
  if (!(Expiration instanceof Date) || Number.isNaN(Expiration.getTime())) throw unusable("lacks an expiration");
  const left = Expiration.getTime() - time;
  if (left <= LEAST_LIFE_MS) {
    throw new CredentialsError("expired_on_arrival", "the answer is expired or about to be", { hint: "ask again" });
  }
  if (left > durationSeconds * 1000 + MOST_SURPLUS_MS) throw unusable("claims a longer life than was asked for");
  return Object.freeze({
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: SessionToken,
    expiration: Expiration,
    ...(accountId !== undefined && { accountId }),
  });
};
