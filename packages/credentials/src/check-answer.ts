// STS's answer is believed only where it is whole and answers the question that was asked.
import { parseRoleArn } from "./check-request.js";
import { createError } from "./classify-failure.js";
import { copyAssumedRole, copyCredentials } from "./copy-frozen.js";
import { encodeRequest } from "./request-key.js";
import type { AssumedRole, CachedRole, RoleRequest } from "./types.js";

/** Credentials with no more life than this when they arrive are refused. */
const LEAST_LIFE_MS = 60_000;
/** An answer that claims to live this much longer than asked is not believed. */
const MOST_SURPLUS_MS = 600_000;

/** What the SDK hands over, nothing of it certain. */
export interface Answer {
  readonly Credentials?:
    | {
        readonly AccessKeyId?: string | undefined;
        readonly SecretAccessKey?: string | undefined;
        readonly SessionToken?: string | undefined;
        readonly Expiration?: Date | undefined;
      }
    | undefined;
  readonly AssumedRoleUser?:
    | { readonly Arn?: string | undefined; readonly AssumedRoleId?: string | undefined }
    | undefined;
}

/** Printable ASCII without blanks: a line break in a key could write lines into files and headers. */
const isPlain = (value: unknown): value is string => typeof value === "string" && /^[\x21-\x7e]+$/.test(value);

/** STS API reference, AssumedRoleUser: the part of AssumedRoleId before the colon. */
const isUniqueId = (value: unknown): value is string => typeof value === "string" && /^\w{16,128}$/.test(value);

/** Role names are unique without regard to case; everything else of the ARN is exact. */
const isRoleOf = (assumedRoleArn: string, request: RoleRequest): boolean => {
  const role = parseRoleArn(request.roleArn);
  const [, partition, accountId, roleName, session] =
    /^arn:(aws[a-z-]*):sts::(\d{12}):assumed-role\/([^/]+)\/([^/]+)$/.exec(assumedRoleArn) ?? [];
  return (
    role !== undefined &&
    partition === role.partition &&
    accountId === role.accountId &&
    roleName?.toLowerCase() === role.roleName.toLowerCase() &&
    session === request.roleSessionName
  );
};

const unusable = (detail: string) => createError("sts_unavailable", { detail });

/**
 * Returns the assumed role. `time` is STS's time as well as we know it, in milliseconds.
 * Throws `sts_unavailable` where anything is missing, malformed or of another role or session, and
 * `expired_on_arrival` where at most 60 seconds are left. There is no partial answer.
 */
export const checkAnswer = (answer: Answer, request: RoleRequest, time: number): AssumedRole => {
  const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = answer.Credentials ?? {};
  const { Arn, AssumedRoleId } = answer.AssumedRoleUser ?? {};
  if (!isPlain(AccessKeyId) || !isPlain(SecretAccessKey) || !isPlain(SessionToken)) {
    throw unusable("the answer lacks a key, a secret or a token");
  }
  if (!(Expiration instanceof Date) || Number.isNaN(Expiration.getTime())) {
    throw unusable("the answer lacks an expiration");
  }
  if (!isPlain(Arn) || !isRoleOf(Arn, request)) throw unusable("the answer is for another role or session");
  const [roleUniqueId, session, ...rest] = (AssumedRoleId ?? "").split(":");
  if (!isUniqueId(roleUniqueId) || session !== request.roleSessionName || rest.length > 0) {
    throw unusable("the answer lacks the role's unique id");
  }
  const left = Expiration.getTime() - time;
  if (left <= LEAST_LIFE_MS) throw createError("expired_on_arrival");
  if (left > request.durationSeconds * 1000 + MOST_SURPLUS_MS) {
    throw unusable("the answer claims a longer life than was asked for");
  }
  return Object.freeze({
    credentials: copyCredentials({
      accessKeyId: AccessKeyId,
      secretAccessKey: SecretAccessKey,
      sessionToken: SessionToken,
      expiration: Expiration,
    }),
    assumedRoleArn: Arn,
    roleUniqueId,
  });
};

const isAnswer = ({ assumedRole, obtained }: CachedRole, request: RoleRequest): boolean => {
  const { credentials, assumedRoleArn, roleUniqueId, clockOffsetMs = 0 } = assumedRole;
  const life = credentials.expiration.getTime() - (obtained.getTime() + clockOffsetMs);
  return (
    life <= request.durationSeconds * 1000 + MOST_SURPLUS_MS &&
    isPlain(assumedRoleArn) &&
    isRoleOf(assumedRoleArn, request) &&
    isUniqueId(roleUniqueId) &&
    isPlain(credentials.accessKeyId) &&
    isPlain(credentials.secretAccessKey) &&
    isPlain(credentials.sessionToken)
  );
};

/**
 * Returns a frozen copy of a cache entry, or of an answer just come, where it answers exactly this question, whatever
 * key it was found under, and is whole; else `undefined`. The copy is what is checked: the entry itself may change.
 */
export const readAnswer = (entry: CachedRole, request: RoleRequest): CachedRole | undefined => {
  try {
    const { request: asked, assumedRole, obtained } = entry;
    if (asked !== request && encodeRequest(asked) !== encodeRequest(request)) return undefined;
    const copy = Object.freeze({ request, assumedRole: copyAssumedRole(assumedRole), obtained: new Date(obtained) });
    return isAnswer(copy, request) ? copy : undefined;
  } catch {
    // An entry with parts missing, from a cache that others can write to.
    return undefined;
  }
};
