// Credentials that a service gets for the role of an instance or of a task: asked for in the service's own name, given when
// the role's trust policy names that service, and made anew before they expire.
// Sources: Amazon EC2 User Guide, "Retrieve security credentials from instance metadata"; Amazon ECS Developer Guide,
// "Amazon ECS task IAM role".
import type { ContextValue } from "@daypass/policy";
import { callerOfSession } from "../authenticate.js";
import { authorize } from "../authorize.js";
import { findByArn } from "../find.js";
import { newRequestId } from "../identifiers.js";
import { viewInForce } from "../rehearsal/view-in-force.js";
import { issueSession } from "../sts/issue-session.js";
import type { HttpRequest, Role, RoleSession } from "../types.js";
import type { Call, World } from "../world-types.js";

/** Six hours, as EC2 and ECS have it: the role's own limit is for those who call STS themselves. */
const DURATION_SECONDS = 6 * 3600;
/** "We make new credentials available at least five minutes before the expiration of the old credentials." */
const RENEW_EARLY_MS = 15 * 60_000;

export interface ServedRole {
  readonly roleArn: string;
  readonly service: "ec2.amazonaws.com" | "ecs-tasks.amazonaws.com";
  readonly sessionName: string;
  readonly region: string;
  /** What the service tells about itself in the request for the role. */
  readonly context: Readonly<Record<string, ContextValue>>;
  /** The credentials that are handed out until they are renewed. */
  session: RoleSession | undefined;
}

/** Returns the role as it is in force; `undefined` when it is gone. */
export function findServedRole(world: World, { roleArn }: Pick<ServedRole, "roleArn">): Role | undefined {
  const found = findByArn(viewInForce(world), roleArn);
  return found?.kind === "role" ? found : undefined;
}

/** Returns credentials that are good for a while; `undefined` when the role is gone or does not trust the service. */
export function credentialsFor(world: World, served: ServedRole, request: HttpRequest): RoleSession | undefined {
  const inForce = viewInForce(world);
  const { session } = served;
  if (session !== undefined && session.expiration.getTime() - world.clock() > RENEW_EARLY_MS) {
    if (callerOfSession({ world, inForce }, session) !== undefined) return session;
  }
  const role = findServedRole(world, served);
  const call: Call = {
    world,
    inForce,
    request,
    caller: { kind: "anonymous", principal: { type: "service", service: served.service } },
    sourceIp: request.remoteAddress,
    region: served.region,
    requestId: newRequestId(world),
    now: new Date(world.clock()),
    noted: { action: undefined, resource: undefined },
  };
  served.session =
    role !== undefined && trusts(call, role, served)
      ? issueSession(call, role, {
          sessionName: served.sessionName,
          durationSeconds: DURATION_SECONDS,
          tags: new Map(),
          transitiveTagKeys: new Set(),
          sourceIdentity: undefined,
          sessionPolicies: [],
        })
      : undefined;
  return served.session;
}

function trusts(call: Call, role: Role, { sessionName, context }: ServedRole): boolean {
  const decision = authorize(call, {
    action: "sts:AssumeRole",
    resource: role.arn,
    resourceAccount: role.accountId,
    resourcePolicy: { name: `trust policy of ${role.arn}`, policy: role.trustPolicy.policy },
    context: { "sts:RoleSessionName": sessionName, ...context },
  });
  return decision.allowed;
}
