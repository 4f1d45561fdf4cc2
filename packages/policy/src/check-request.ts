// A question that contradicts itself is not answered: an account that does not fit the ARN would turn a cross-account
// question into a same-account one.
import { PolicyError } from "./errors.js";
import type { AccessRequest, RequestPrincipal } from "./types.js";

const ACCOUNT = /^\d{12}$/;
const ACTION = /^[A-Za-z0-9-]+:[A-Za-z0-9_.-]+$/;

/** Throws `PolicyError` `invalid_request` unless the parts of the question are well formed and fit together. */
export function checkRequest({ principal, action, resource, resourceAccount }: AccessRequest): void {
  require(ACTION.test(action), "malformed action", "write service:Operation without wildcards");
  require(resource === "*" ||
    /^arn:[^:]+:[^:]+:[^:]*:[^:]*:/.test(
      resource,
    ), "malformed resource", "write an ARN, or * for actions without a resource");
  require(ACCOUNT.test(resourceAccount), "malformed account ID of the resource", "write 12 digits");
  require(isOwnedBy(
    resource,
    resourceAccount,
  ), "the resource's ARN names another account than its owner", "take both from the same resource");
  require(!("accountId" in principal) ||
    ACCOUNT.test(principal.accountId), "malformed account ID of the principal", "write 12 digits");
  // Also for those who have no account: a user without one would pass for an outsider, who needs no permissions.
  require(fitsTogether(
    principal,
  ), "the parts of the principal contradict each other", "take ARN, account and name from the same identity");
}

function fitsTogether(principal: RequestPrincipal): boolean {
  switch (principal.type) {
    case "user": {
      const { accountId, userName, arn } = principal;
      return isArn(arn, "iam", accountId, "user/") && arn.slice(arn.lastIndexOf("/") + 1) === userName;
    }
    case "role-session": {
      const { accountId, roleArn, sessionArn, sessionName } = principal;
      const roleName = roleArn.slice(roleArn.lastIndexOf("/") + 1);
      return (
        isArn(roleArn, "iam", accountId, "role/") &&
        isArn(sessionArn, "sts", accountId, "assumed-role/") &&
        sessionArn.endsWith(`:assumed-role/${roleName}/${sessionName}`) &&
        partitionOf(roleArn) === partitionOf(sessionArn)
      );
    }
    case "federated-user":
      return isArn(principal.arn, "sts", principal.accountId, "federated-user/");
    case "root":
    case "service":
    case "federated":
    case "anonymous":
      return true;
  }
}

/** ARNs without an account, of S3 for example, may be anybody's. */
function isOwnedBy(arn: string, accountId: string): boolean {
  const named = arn.split(":", 5)[4] ?? "";
  return !ACCOUNT.test(named) || named === accountId;
}

function isArn(arn: string, service: string, accountId: string, resource: string): boolean {
  return arn.startsWith(`arn:${partitionOf(arn)}:${service}::${accountId}:${resource}`);
}

/** Returns the partition of an ARN: `aws`, `aws-cn`, `aws-us-gov`, … */
export function partitionOf(arn: string): string {
  return arn.slice(4, arn.indexOf(":", 4));
}

function require(holds: boolean, message: string, hint: string): void {
  if (!holds) throw new PolicyError("invalid_request", message, { path: "", hint });
}
