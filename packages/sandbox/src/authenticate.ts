// From a received request to a proven caller. There is no other way in: no test key, no unsigned shortcut.
import type { RequestPrincipal } from "@daypass/policy";
import { AwsError } from "./errors.js";
import { findRole, findUser } from "./find.js";
import type { AccessKey, Caller, HttpRequest, Role, RoleSession, Session, User } from "./types.js";
import type { Call } from "./world-types.js";
import { expiredToken, invalidToken, missingAuthentication, unknownKey } from "./wire/auth-errors.js";
import type { AuthDialect } from "./wire/auth-errors.js";
import { decodePayload, payloadHashOf } from "./wire/payload.js";
import { readSignature } from "./wire/read-signature.js";
import type { SignatureClaim } from "./wire/read-signature.js";
import {
  requireFresh,
  requireScope,
  requireSignedHeaders,
  sameSignature,
  verifySignature,
} from "./wire/verify-signature.js";

/** What is written, and what of it is in force: only that opens the door. */
export type Known = Pick<Call, "world" | "inForce">;

export interface Authenticated {
  readonly caller: Caller;
  /** The region of the credential scope. */
  readonly region: string;
  /** The request with the payload that was signed, streaming framing taken off. */
  readonly request: HttpRequest;
}

/**
 * Returns who signed the request. S3 may be called unsigned, and of the others the operations that say so
 * (`mayBeUnsigned`); the caller is then `anonymous`.
 * Throws `AwsError` in the service's own words. What differs from the key's owner to the stranger is never told before
 * the signature is right, except that a key id is unknown.
 */
export function authenticate(
  known: Known,
  request: HttpRequest,
  dialect: AuthDialect,
  mayBeUnsigned = dialect === "s3",
): Authenticated {
  const claim = readSignature(request, dialect);
  if (claim === undefined) {
    if (!mayBeUnsigned) throw missingAuthentication();
    return {
      caller: { kind: "anonymous", principal: { type: "anonymous" } },
      region: "us-east-1",
      request: dialect === "s3" ? decodePayload(request, undefined) : request,
    };
  }
  requireSignedHeaders(request, claim, dialect);
  requireScope(claim, dialect);
  const credentials = credentialsOf(known, claim, dialect);
  const payloadHash = payloadHashOf(request, claim, dialect);
  const verified = verifySignature(request, claim, credentials.secretAccessKey, payloadHash, dialect);
  requireFresh(claim, known.world.clock(), dialect);
  const caller = credentials.callerNow();
  return {
    caller,
    region: claim.region,
    request: dialect === "s3" ? decodePayload(request, verified) : request,
  };
}

interface FoundCredentials {
  readonly secretAccessKey: string;
  /** To be asked once the signature is right. */
  readonly callerNow: () => Caller;
}

function credentialsOf({ world, inForce }: Known, claim: SignatureClaim, dialect: AuthDialect): FoundCredentials {
  const session = world.sessions.get(claim.accessKeyId);
  if (session !== undefined) {
    if (claim.sessionToken === undefined) throw unknownKey(dialect);
    if (!sameSignature(session.sessionToken, claim.sessionToken)) throw invalidToken(dialect);
    return {
      secretAccessKey: session.secretAccessKey,
      callerNow: () => sessionCaller({ world, inForce }, session, claim.region, dialect),
    };
  }
  const accessKey = inForce.accessKeys.get(claim.accessKeyId);
  const user = accessKey === undefined ? undefined : findUser(inForce, accessKey.accountId, accessKey.userName);
  if (accessKey === undefined || user === undefined || !accessKey.active) throw unknownKey(dialect);
  // Long-term keys come without a token; one that is sent along belongs to other credentials.
  if (claim.sessionToken !== undefined) throw invalidToken(dialect);
  return {
    secretAccessKey: accessKey.secretAccessKey,
    callerNow: () => {
      const { region, service } = claim;
      const written = world.accessKeys.get(accessKey.accessKeyId);
      if (written !== undefined) written.lastUsed = { date: new Date(world.clock()), region, service };
      return { kind: "user", user, accessKey, principal: userPrincipal(user) };
    },
  };
}

function userPrincipal(user: User): RequestPrincipal {
  const { arn, accountId, uniqueId, name: userName } = user;
  return { type: "user", arn, accountId, uniqueId, userName, tags: Object.fromEntries(user.tags) };
}

/**
 * Returns whom a session stands for at this moment, without a signature; `undefined` when it has expired, or when its role,
 * user or key is gone. For the console, whose own sign-in has proven it.
 */
export function callerOfSession(known: Known, session: Session): Extract<Caller, { kind: "session" }> | undefined {
  try {
    return sessionCaller(known, session, "us-east-1", "query");
  } catch (error) {
    if (error instanceof AwsError) return undefined;
    throw error;
  }
}

function sessionCaller(
  known: Known,
  session: Session,
  region: string,
  dialect: AuthDialect,
): Extract<Caller, { kind: "session" }> {
  if (known.world.clock() >= session.expiration.getTime()) throw expiredToken(dialect);
  if (session.kind === "role") return roleSessionCaller(known, session, region, dialect);
  const user = userBehind(known, session);
  if (user === undefined) throw unknownKey(dialect);
  if (session.kind === "user") return { kind: "session", session, entity: user, principal: userPrincipal(user) };
  const { sessionArn: arn, accountId, federatedUserId: uniqueId } = session;
  const tags = principalTags(user, session);
  return {
    kind: "session",
    session,
    entity: user,
    principal: { type: "federated-user", arn, accountId, uniqueId, tags },
  };
}

/**
 * Returns the user whom a session was issued to, while the key that asked for it works: such a session dies with the user
 * and with the key. What it may is judged by the user's policies of the moment (IAM User Guide, "Disable permissions for
 * temporary security credentials"). AWS does not document that it dies with the key; users of aws-vault report it (issue 132).
 */
function userBehind({ inForce }: Known, session: Exclude<Session, RoleSession>): User | undefined {
  const accessKey: AccessKey | undefined = inForce.accessKeys.get(session.issuedTo[0] ?? "");
  if (accessKey === undefined || !accessKey.active) return undefined;
  const user = findUser(inForce, accessKey.accountId, accessKey.userName);
  return user?.uniqueId === session.userUniqueId ? user : undefined;
}

function roleSessionCaller(
  { world, inForce }: Known,
  session: RoleSession,
  region: string,
  dialect: AuthDialect,
): Extract<Caller, { kind: "session" }> {
  const role = findRole(inForce, session.accountId, session.roleName);
  // A session dies with its role; a role made again under the same name is another role.
  if (role === undefined || role.uniqueId !== session.roleUniqueId) throw unknownKey(dialect);
  const written = findRole(world, session.accountId, session.roleName);
  if (written?.uniqueId === role.uniqueId) written.lastUsed = { date: new Date(world.clock()), region };
  return {
    kind: "session",
    session,
    entity: role,
    principal: {
      type: "role-session",
      roleArn: role.arn,
      roleUniqueId: role.uniqueId,
      accountId: role.accountId,
      sessionArn: session.sessionArn,
      sessionName: session.sessionName,
      tags: principalTags(role, session),
    },
  };
}

/** Session tags override the entity's of the same key, without regard to case (IAM User Guide, "Pass session tags in AWS STS"). */
function principalTags(
  entity: User | Role,
  session: Exclude<Session, { readonly kind: "user" }>,
): Readonly<Record<string, string>> {
  const overridden = new Set([...session.tags.keys()].map((key) => key.toLowerCase()));
  const kept = [...entity.tags].filter(([key]) => !overridden.has(key.toLowerCase()));
  return Object.fromEntries([...kept, ...session.tags]);
}
