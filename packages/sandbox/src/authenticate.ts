// From a received request to a proven caller. There is no other way in: no test key, no unsigned shortcut.
import { findRole, findUser } from "./find.js";
import type { Caller, HttpRequest, Role, Session } from "./types.js";
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
 * Returns who signed the request. Only S3 may be called unsigned, and then the caller is `anonymous`.
 * Throws `AwsError` in the service's own words. What differs from the key's owner to the stranger is never told before
 * the signature is right, except that a key id is unknown.
 */
export function authenticate(known: Known, request: HttpRequest, dialect: AuthDialect): Authenticated {
  const claim = readSignature(request, dialect);
  if (claim === undefined) {
    if (dialect === "query") throw missingAuthentication();
    return {
      caller: { kind: "anonymous", principal: { type: "anonymous" } },
      region: "us-east-1",
      request: decodePayload(request, undefined),
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
      const { arn, accountId, uniqueId, name: userName } = user;
      const tags = Object.fromEntries(user.tags);
      const principal = { type: "user", arn, accountId, uniqueId, userName, tags } as const;
      return { kind: "user", user, accessKey, principal };
    },
  };
}

function sessionCaller({ world, inForce }: Known, session: Session, region: string, dialect: AuthDialect): Caller {
  if (world.clock() >= session.expiration.getTime()) throw expiredToken(dialect);
  const role = findRole(inForce, session.accountId, session.roleName);
  // A session dies with its role; a role made again under the same name is another role.
  if (role === undefined || role.uniqueId !== session.roleUniqueId) throw unknownKey(dialect);
  const written = findRole(world, session.accountId, session.roleName);
  if (written?.uniqueId === role.uniqueId) written.lastUsed = { date: new Date(world.clock()), region };
  return {
    kind: "session",
    session,
    role,
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

/** Session tags override the role's tags of the same key, without regard to case (IAM User Guide, "Pass session tags in AWS STS"). */
function principalTags(role: Role, session: Session): Readonly<Record<string, string>> {
  const overridden = new Set([...session.tags.keys()].map((key) => key.toLowerCase()));
  const kept = [...role.tags].filter(([key]) => !overridden.has(key.toLowerCase()));
  return Object.fromEntries([...kept, ...session.tags]);
}
