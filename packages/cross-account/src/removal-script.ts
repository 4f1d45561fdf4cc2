// The commands with which a customer ends it on their side.
import { accountOf, stackOf } from "./link/describe-update.js";
import { deleteStackScript } from "./link/stack-commands.js";
import type { CheckedOptions } from "./cross-account-options.js";
import { parseRoleArn } from "./role-arn.js";
import type { Integration } from "./types.js";

/**
 * Returns a script of AWS CLI commands that removes what the customer made: the stack, or the role with whatever is attached
 * to it; `null` when nothing was ever made for this integration.
 */
export function removalScript(options: CheckedOptions, integration: Integration): string | null {
  const { launch, inspection, role } = integration;
  if (launch !== null || (inspection?.stackId ?? null) !== null) {
    const { region, stackName } = stackOf(options, integration);
    return deleteStackScript({ region, stackName, accountId: accountOf(integration) });
  }
  return role === null ? null : roleScript(role.roleArn);
}

/** Account and name come from a parsed ARN: neither holds a character that a shell reads. */
function roleScript(roleArn: string): string {
  const { accountId, roleName } = parseRoleArn(roleArn);
  return [
    "#!/bin/sh",
    "set -eu",
    "account=$(aws sts get-caller-identity --query Account --output text)",
    `if [ "$account" != ${accountId} ]; then`,
    `  echo "these credentials are for account $account, not ${accountId}" >&2`,
    "  exit 1",
    "fi",
    `role='${roleName}'`,
    `for arn in $(aws iam list-attached-role-policies --role-name "$role" --query 'AttachedPolicies[].PolicyArn' --output text); do`,
    `  aws iam detach-role-policy --role-name "$role" --policy-arn "$arn"`,
    "done",
    `for name in $(aws iam list-role-policies --role-name "$role" --query 'PolicyNames[]' --output text); do`,
    `  aws iam delete-role-policy --role-name "$role" --policy-name "$name"`,
    "done",
    `aws iam delete-role --role-name "$role"`,
    "",
  ].join("\n");
}
