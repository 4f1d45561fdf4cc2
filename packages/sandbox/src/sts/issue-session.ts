// Mints a session. Called last: whoever gets here has been allowed to.
import type { NamedPolicy } from "@daypass/policy";
import { newAccessKeyId, newSecretAccessKey } from "../identifiers.js";
import { keysOf } from "../rehearsal/source-ip.js";
import type { Role, Session, Tags } from "../types.js";
import type { Call, World } from "../world-types.js";

export interface SessionOrder {
  readonly sessionName: string;
  readonly durationSeconds: number;
  readonly tags: Tags;
  readonly transitiveTagKeys: ReadonlySet<string>;
  readonly sourceIdentity: string | undefined;
  readonly sessionPolicies: readonly NamedPolicy[];
}

/** Every so many sessions the dead ones are swept out, a day after they expired. */
const SWEEP_EVERY = 1000;
const REMEMBER_EXPIRED_MS = 86_400_000;

/** Returns the new session, by which the sandbox will know its credentials. */
export function issueSession(call: Call, role: Role, order: SessionOrder): Session {
  const { world, now } = call;
  if (world.sessions.size % SWEEP_EVERY === SWEEP_EVERY - 1) sweep(world, now.getTime());
  // AWS tells times to the second; what is said and what is checked are one.
  const issued = new Date(Math.floor(now.getTime() / 1000) * 1000);
  const session: Session = {
    accessKeyId: newAccessKeyId(world, "ASIA"),
    secretAccessKey: newSecretAccessKey(world),
    // 768 random bits and nothing else: the token says nothing, it only has to be the same one.
    sessionToken: Buffer.from(world.randomBytes(96)).toString("base64"),
    issued,
    expiration: new Date(issued.getTime() + order.durationSeconds * 1000),
    accountId: role.accountId,
    roleArn: role.arn,
    roleUniqueId: role.uniqueId,
    roleName: role.name,
    sessionName: order.sessionName,
    sessionArn: `arn:aws:sts::${role.accountId}:assumed-role/${role.name}/${order.sessionName}`,
    tags: order.tags,
    transitiveTagKeys: order.transitiveTagKeys,
    sourceIdentity: order.sourceIdentity,
    sessionPolicies: order.sessionPolicies,
    issuedTo: keysOf(call.caller),
  };
  world.sessions.set(session.accessKeyId, session);
  return session;
}

function sweep(world: World, now: number): void {
  for (const [accessKeyId, { expiration }] of world.sessions) {
    if (now - expiration.getTime() > REMEMBER_EXPIRED_MS) world.sessions.delete(accessKeyId);
  }
}
