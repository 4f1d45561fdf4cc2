// Mints the role session that stands for a permission set, for clients and for the portal's own way to the console.
import { findRole } from "../find.js";
import { issueSession } from "../sts/issue-session.js";
import type { Session } from "../types.js";
import type { Call } from "../world-types.js";
import { assignmentsOf } from "./list-assignments.js";
import { noAccess } from "./refusals.js";
import type { Instance } from "./types.js";

export interface RoleSessionOrder {
  readonly instance: Instance;
  /** The person's name, which the session gets too. */
  readonly person: string;
  readonly accountId: string;
  readonly permissionSet: string;
}

/**
 * Returns a session for as long as the permission set says. Throws `ForbiddenException` alike for what the person is not
 * assigned to and for what does not exist.
 */
export function issueRoleSession(
  call: Call,
  { instance, person, accountId, permissionSet }: RoleSessionOrder,
): Session {
  const assignment = assignmentsOf(instance, person).find(
    (each) => each.accountId === accountId && each.permissionSet === permissionSet,
  );
  if (assignment === undefined) throw noAccess();
  const role = findRole(call.inForce, assignment.accountId, assignment.roleName);
  if (role === undefined) throw noAccess();
  call.noted.resource = role.arn;
  return issueSession(call, role, {
    sessionName: person,
    durationSeconds: role.maxSessionDuration,
    tags: new Map(),
    transitiveTagKeys: new Set(),
    sourceIdentity: undefined,
    sessionPolicies: [],
  });
}
