// What commands, metadata services and files give is believed only where it is whole. The reasons name fields, never
// values.
import * as v from "valibot";
import type { AwsCredentials, Clock } from "../types.js";

/** Printable ASCII without blanks: a line break in a key could write lines into files and headers. */
const plainText = v.pipe(v.string(), v.maxLength(20_000), v.regex(/^[\x21-\x7e]+$/));
const time = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/),
  v.transform((text) => new Date(text)),
  v.date(),
);
const accountId = v.pipe(v.string(), v.regex(/^\d{12}$/));

const keyFields = { AccessKeyId: v.pipe(v.string(), v.regex(/^\w{16,128}$/)), SecretAccessKey: plainText };

/** AWS SDKs and Tools Reference Guide, "Process credential provider: expected output". */
const PROCESS = v.object({
  Version: v.literal(1),
  ...keyFields,
  SessionToken: v.optional(plainText),
  Expiration: v.optional(time),
  AccountId: v.optional(accountId),
});

/** AWS SDKs and Tools Reference Guide, "Container credential provider"; EC2 User Guide, "Retrieve security credentials". */
const METADATA = v.object({
  ...keyFields,
  Token: plainText,
  Expiration: time,
  AccountId: v.optional(accountId),
});

/**
 * How long a token without an expiration is taken to live: the least that STS gives, 900 seconds. Whoever holds it asks
 * again before that, and the file, command or variable is read anew.
 */
const UNKNOWN_LIFE_MS = 900_000;

/** A reason why an answer is none, in words: it follows "the command". */
export interface Unusable {
  readonly reason: string;
}

export interface KeyParts {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  readonly expiration?: Date | undefined;
  readonly accountId?: string | undefined;
}

/** Returns the credentials that the parts make: with a token they are temporary, and live 15 minutes where nobody says how long. */
export const toCredentials = (parts: KeyParts, now: Clock): AwsCredentials => {
  const { accessKeyId, secretAccessKey, sessionToken, expiration, accountId: account } = parts;
  const keys = { accessKeyId, secretAccessKey, ...(account !== undefined && { accountId: account }) };
  // Not frozen: the AWS SDK notes on a credentials object where it came from.
  return sessionToken === undefined
    ? keys
    : { ...keys, sessionToken, expiration: expiration ?? new Date(now() + UNKNOWN_LIFE_MS) };
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text.trim());
  } catch {
    // JSON.parse repeats the text in its message, and the text may be a secret.
    return undefined;
  }
};

const faultOf = (issues: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]]): Unusable => {
  const field = v.getDotPath(issues[0]);
  return { reason: field === null ? "gave no JSON object" : `gave no usable ${field}` };
};

const judge = (parts: KeyParts, now: Clock): AwsCredentials | Unusable =>
  parts.expiration !== undefined && parts.expiration.getTime() <= now()
    ? { reason: "gave credentials that have expired" }
    : toCredentials(parts, now);

/** Returns what a credential_process gave, or why it is none. Expiring keys without a token are refused. */
export const checkProcessAnswer = (text: string, now: Clock): AwsCredentials | Unusable => {
  const read = v.safeParse(PROCESS, parse(text));
  if (!read.success) return faultOf(read.issues);
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration, AccountId } = read.output;
  if (Expiration !== undefined && SessionToken === undefined)
    return { reason: "gave an Expiration and no SessionToken" };
  return judge(
    {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: Expiration,
      accountId: AccountId,
    },
    now,
  );
};

/** Returns what a metadata service gave, or why it is none. */
export const checkMetadataAnswer = (text: string, now: Clock): AwsCredentials | Unusable => {
  const read = v.safeParse(METADATA, parse(text));
  if (!read.success) return faultOf(read.issues);
  const { AccessKeyId, SecretAccessKey, Token, Expiration, AccountId } = read.output;
  return judge(
    {
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: Token,
      expiration: Expiration,
      accountId: AccountId,
    },
    now,
  );
};

/** True where a check found no credentials. */
export const isUnusable = (found: AwsCredentials | Unusable): found is Unusable => "reason" in found;
