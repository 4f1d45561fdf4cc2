// Whom a Principal element means. Sources: IAM User Guide, "AWS JSON policy elements: Principal" and "NotPrincipal".
import { partitionOf } from "./check-request.js";
import type { Effect, PolicyKind, PrincipalElement, PrincipalPattern, RequestPrincipal } from "./types.js";

/**
 * How a resource-based policy means the caller. In the same account this decides which of the caller's own policies
 * still count (IAM User Guide, "Policy evaluation logic", resource-based policies and implicit denies):
 * `direct`    the caller itself, or everyone: an implicit denial elsewhere does not matter
 * `role`      the caller's role: permissions boundary and session policy must allow too
 * `account`   the caller's account, which decides by its own policies
 */
export type Grant = "direct" | "role" | "account";

/**
 * Returns the strongest way in which the element means the caller; `undefined` when it does not. "Everyone" of a trust
 * policy, which can only be written under AWS, gives nothing to services and outside identities: AWS documents for them
 * Service and Federated (IAM Access Analyzer policy checks, "Mismatched action for principal").
 */
export function matchPrincipal(
  { negated, principals }: PrincipalElement,
  caller: RequestPrincipal,
  { effect, kind, hasBoundary }: { readonly effect: Effect; readonly kind: PolicyKind; readonly hasBoundary: boolean },
): Grant | undefined {
  if (negated) return isExempt(principals, caller, hasBoundary) ? undefined : "direct";
  let strongest: Grant | undefined;
  const outside = caller.type === "service" || caller.type === "federated";
  const byName = outside && kind === "trust" && effect === "Allow";
  for (const pattern of principals) {
    if (byName && pattern.type === "everyone") continue;
    const grant = matchPattern(pattern, caller, effect);
    if (grant === "direct") return grant;
    if (strongest !== "role") strongest = grant ?? strongest;
  }
  return strongest;
}

/**
 * NotPrincipal, which stands with Deny only: the caller is spared only when it *and* what it belongs to are listed,
 * the account and, for a session, the role. It never spares a caller that has a permissions boundary (IAM User Guide,
 * "Permissions boundaries for IAM entities").
 */
function isExempt(principals: readonly PrincipalPattern[], caller: RequestPrincipal, hasBoundary: boolean): boolean {
  if (hasBoundary) return false;
  if (principals.some(({ type }) => type === "everyone")) return true;
  const grants = new Set(principals.map((pattern) => matchPattern(pattern, caller, "Allow")));
  switch (caller.type) {
    case "root":
      return grants.has("account");
    case "user":
    case "federated-user":
      return grants.has("direct") && grants.has("account");
    case "role-session":
      return grants.has("direct") && grants.has("role") && grants.has("account");
    case "service":
    case "federated":
      return grants.has("direct");
    case "anonymous":
      return false;
  }
}

function matchPattern(pattern: PrincipalPattern, caller: RequestPrincipal, effect: Effect): Grant | undefined {
  switch (pattern.type) {
    case "everyone":
      return "direct";
    case "account":
      return isOfAccount(pattern, caller) ? "account" : undefined;
    case "user":
      if (caller.type === "federated-user" && effect === "Deny") return sharesAccount(pattern.arn, caller.arn);
      return caller.type === "user" && isSame(pattern, caller.arn, caller.uniqueId) ? "direct" : undefined;
    case "role":
      return caller.type === "role-session" && isSame(pattern, caller.roleArn, caller.roleUniqueId)
        ? "role"
        : undefined;
    case "unique-id":
      if (caller.type === "federated-user" && effect === "Deny") {
        return pattern.uniqueId.startsWith("AIDA") ? "direct" : undefined;
      }
      if (caller.type === "user" && caller.uniqueId === pattern.uniqueId) return "direct";
      return caller.type === "role-session" && caller.roleUniqueId === pattern.uniqueId ? "role" : undefined;
    case "role-session":
      return caller.type === "role-session" && caller.sessionArn === pattern.arn ? "direct" : undefined;
    case "federated-user":
      return caller.type === "federated-user" && caller.arn === pattern.arn ? "direct" : undefined;
    case "service":
      return caller.type === "service" && caller.service === pattern.service ? "direct" : undefined;
    case "federated":
      return caller.type === "federated" && caller.provider === pattern.provider ? "direct" : undefined;
    case "canonical-user":
      // The caller's canonical ID is not part of the question, so that it might be anybody's who has an account:
      // that is enough to deny and not enough to allow.
      return effect === "Deny" && "accountId" in caller ? "direct" : undefined;
  }
}

/** Once pinned, only that very user or role counts, whatever its name is now. */
function isSame(
  pattern: { readonly arn: string; readonly uniqueId: string | undefined },
  arn: string,
  uniqueId: string,
): boolean {
  return pattern.uniqueId === undefined ? pattern.arn === arn : pattern.uniqueId === uniqueId;
}

/** A Deny that names a user also holds for the sessions which that user federates; whose session it is, we are not told. */
function sharesAccount(arn: string, callerArn: string): Grant | undefined {
  return arn.split(":")[4] === callerArn.split(":")[4] ? "direct" : undefined;
}

function isOfAccount(
  pattern: { readonly accountId: string; readonly written: string },
  caller: RequestPrincipal,
): boolean {
  if (!("accountId" in caller) || caller.accountId !== pattern.accountId) return false;
  // A bare account ID names no partition.
  return !pattern.written.startsWith("arn:") || partitionOf(pattern.written) === partitionOfCaller(caller);
}

function partitionOfCaller(caller: Extract<RequestPrincipal, { readonly accountId: string }>): string {
  switch (caller.type) {
    case "root":
      return caller.partition;
    case "role-session":
      return partitionOf(caller.roleArn);
    case "user":
    case "federated-user":
      return partitionOf(caller.arn);
  }
}
