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
  if (!("accountId" in principal)) return;
  require(ACCOUNT.test(principal.accountId), "malformed account ID of the principal", "write 12 digits");
  require(fitsTogether(
    principal,
  ), "the parts of the principal contradict each other", "take ARN, account and name from the same identity");
}

function fitsTogether(principal: RequestPrincipal): boolean {
  switch (principal.type) {
    case "user": {
      const { accountId, userName, arn } = principal;
      return isArn(arn, "iam", accountId, "user/") && arn.endsWith(`/${userName}`);
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
