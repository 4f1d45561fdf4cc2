// Reads a description as a suspicious security engineer would, before anybody deploys it.
import { checkRoleDescription, checkUserDescription } from "./check-description.js";
import { freezeDeep } from "./freeze-deep.js";
import { lintActions } from "./lint-actions.js";
import { lintBuckets } from "./lint-buckets.js";
import { lintConditions } from "./lint-conditions.js";
import { lintEscalation } from "./lint-escalation.js";
import { lintGrants } from "./lint-grants.js";
import { lintPhases } from "./lint-phases.js";
import { lintResources } from "./lint-resources.js";
import { viewDescription } from "./lint-view.js";
import type { Draft, LintSubject, LintView } from "./lint-view.js";
import type { Finding, RoleDescription, UserDescription } from "./types.js";

const RULES = [lintPhases, lintActions, lintResources, lintConditions, lintGrants, lintBuckets, lintEscalation];

/**
 * Returns what is wrong with the role's permissions, or doubtful: errors keep it from working or give away more than it
 * seems. In the order of the statements; a finding that the description accepts carries the reason. Throws
 * `TemplateError` for a description that is not one.
 */
export function lintPermissions(description: RoleDescription): readonly Finding[] {
  const { rolePath, accept = [], ...role } = checkRoleDescription(description);
  return lintSubject({ ...role, kind: "role", path: rolePath, accept });
}

/** Returns the same of an IAM user's permissions. */
export function lintUserPermissions(description: UserDescription): readonly Finding[] {
  const { userPath, permissions, accept = [], ...user } = checkUserDescription(description);
  return lintSubject({ ...user, kind: "user", path: userPath, ongoing: permissions, setup: [], accept });
}

function lintSubject(subject: LintSubject): readonly Finding[] {
  const view = viewDescription(subject);
  const order = ["", ...view.statements.map(({ sid }) => sid)];
  const found = RULES.flatMap((rule) => rule(view)).sort((a, b) => order.indexOf(a.sid) - order.indexOf(b.sid));
  return freezeDeep([...found.map((draft) => acceptDraft(draft, view)), ...findUnused(view, found)]);
}

function acceptDraft(draft: Draft, { accept }: LintView): Finding {
  const accepted = accept.find(({ code, sid }) => code === draft.code && sid === draft.sid)?.reason ?? null;
  return { ...draft, accepted };
}

// What nobody finds any more would silently accept the next mistake of the kind.
function findUnused({ accept, statements }: LintView, found: readonly Draft[]): readonly Finding[] {
  return accept
    .filter(({ code, sid }) => code !== "needs_s3" && !found.some((each) => each.code === code && each.sid === sid))
    .map(({ code, sid }) => ({
      severity: "warning",
      code: "accept_unused",
      sid,
      phase: statements.find((each) => each.sid === sid)?.phase ?? "ongoing",
      message: `${code} is accepted ${sid === "" ? "for the whole" : `in ${sid}`}, and is not found there`,
      fix: "take the entry out of `accept`",
      accepted: null,
    }));
}
