// Mints sessions. Called last: whoever gets here has been allowed to.
import type { NamedPolicy } from "@daypass/policy";
import { newAccessKeyId, newSecretAccessKey } from "../identifiers.js";
import { keysOf } from "../rehearsal/source-ip.js";
import type { FederatedSession, Role, RoleSession, Session, Tags, User, UserSession } from "../types.js";
import type { Call, World } from "../world-types.js";
import type { XmlObject } from "../wire/xml.js";

export interface SessionOrder {
  readonly sessionName: string;
  readonly durationSeconds: number;
  readonly tags: Tags;
  readonly transitiveTagKeys: ReadonlySet<string>;
  readonly sourceIdentity: string | undefined;
  readonly sessionPolicies: readonly NamedPolicy[];
  /** The ARN of the identity provider whose token the session is issued for. */
  readonly federatedProvider?: string;
}

export interface FederationOrder {
  readonly name: string;
  readonly durationSeconds: number;
  readonly tags: Tags;
  readonly sessionPolicies: readonly NamedPolicy[];
}

/** Every so many sessions the dead ones are swept out, a day after they expired. */
const SWEEP_EVERY = 1000;
const REMEMBER_EXPIRED_MS = 86_400_000;

/** Returns a new session of the role, by which the sandbox will know its credentials. */
export function issueSession(call: Call, role: Role, order: SessionOrder): RoleSession {
  return keep(call, {
    ...mint(call, role.accountId, order.durationSeconds),
    kind: "role",
    roleArn: role.arn,
    roleUniqueId: role.uniqueId,
    roleName: role.name,
    sessionName: order.sessionName,
    sessionArn: `arn:aws:sts::${role.accountId}:assumed-role/${role.name}/${order.sessionName}`,
    tags: order.tags,
    transitiveTagKeys: order.transitiveTagKeys,
    sourceIdentity: order.sourceIdentity,
    sessionPolicies: order.sessionPolicies,
    ...(order.federatedProvider === undefined ? {} : { federatedProvider: order.federatedProvider }),
  });
}

/** Returns a new session of the user themselves. */
export function issueUserSession(
  call: Call,
  user: User,
  order: { readonly durationSeconds: number; readonly mfaAuthenticated: Date | undefined },
): UserSession {
  return keep(call, {
    ...mint(call, user.accountId, order.durationSeconds),
    kind: "user",
    sessionArn: user.arn,
    userUniqueId: user.uniqueId,
    mfaAuthenticated: order.mfaAuthenticated,
  });
}

/** Returns a new session of somebody whom the user vouches for. */
export function issueFederatedSession(call: Call, user: User, order: FederationOrder): FederatedSession {
  return keep(call, {
    ...mint(call, user.accountId, order.durationSeconds),
    kind: "federated",
    sessionArn: `arn:aws:sts::${user.accountId}:federated-user/${order.name}`,
    userUniqueId: user.uniqueId,
    federatedUserId: `${user.accountId}:${order.name}`,
    tags: order.tags,
    sessionPolicies: order.sessionPolicies,
  });
}

/** Returns the `Credentials` of an answer. */
export function renderCredentials(session: Session): XmlObject {
  return {
    AccessKeyId: session.accessKeyId,
    SecretAccessKey: session.secretAccessKey,
    SessionToken: session.sessionToken,
    Expiration: session.expiration,
  };
}

function mint(call: Call, accountId: string, durationSeconds: number) {
  const { world, now } = call;
  if (world.sessions.size % SWEEP_EVERY === SWEEP_EVERY - 1) sweep(world, now.getTime());
  // AWS tells times to the second; what is said and what is checked are one.
  const issued = new Date(Math.floor(now.getTime() / 1000) * 1000);
  return {
    accessKeyId: newAccessKeyId(world, "ASIA"),
    secretAccessKey: newSecretAccessKey(world),
    // 768 random bits and nothing else: the token says nothing, it only has to be the same one.
    sessionToken: Buffer.from(world.randomBytes(96)).toString("base64"),
    issued,
    expiration: new Date(issued.getTime() + durationSeconds * 1000),
    accountId,
    issuedTo: keysOf(call.caller),
  };
}

function keep<S extends Session>({ world }: Call, session: S): S {
  world.sessions.set(session.accessKeyId, session);
  return session;
}

function sweep(world: World, now: number): void {
  for (const [accessKeyId, { expiration }] of world.sessions) {
    if (now - expiration.getTime() > REMEMBER_EXPIRED_MS) world.sessions.delete(accessKeyId);
  }
}
