// Scripts for roles that were made without a stack, and for those that were made by hand. Account, path and name come from a
// parsed ARN and from our own options: none of them holds a character that a shell reads.
import { createTrustPolicy } from "@daypass/templates";
import type { CheckedOptions } from "../cross-account-options.js";
import { parseRoleArn } from "../role-arn.js";

/** Returns a script that removes a role with whatever is attached to it, and the policies under the vendor's path. */
export function deleteRoleScript(options: CheckedOptions, roleArn: string): string {
  return script(roleArn, [
    ...forEachAttached([`  ${detach}`, ...deleteOwn(options, roleArn)]),
    `for name in $(aws iam list-role-policies --role-name "$role" --query 'PolicyNames[]' --output text); do`,
    `  aws iam delete-role-policy --role-name "$role" --policy-name "$name"`,
    "done",
    `aws iam delete-role --role-name "$role"`,
  ]);
}

/** Returns a script that takes away the policies of the setup, and nothing else. */
export function detachSetupScript(options: CheckedOptions, roleArn: string): string {
  return script(roleArn, [
    ...forEachAttached([
      `  case "$arn" in *":policy${options.rolePath}$role-SetupPolicy"*) ;; *) continue ;; esac`,
      `  ${detach}`,
      ...deleteOwn(options, roleArn),
    ]),
  ]);
}

/** Returns a script that puts our trust policy, with these external IDs, in the place of the role's. */
export function updateTrustScript(options: CheckedOptions, roleArn: string, externalIds: readonly string[]): string {
  const { partition, vendorAccountId, vendorPrincipals, template } = options;
  const trustConditions = template?.description.trustConditions;
  const who = { partition, vendorAccountId, vendorPrincipals };
  const trust = createTrustPolicy(trustConditions === undefined ? who : { ...who, trustConditions }, externalIds);
  // No quote is in it: principals, ids and addresses have none.
  return script(roleArn, [
    `aws iam update-assume-role-policy --role-name "$role" --policy-document '${JSON.stringify(trust)}'`,
  ]);
}

const detach = `aws iam detach-role-policy --role-name "$role" --policy-arn "$arn"`;

function forEachAttached(commands: readonly string[]): readonly string[] {
  const list = `aws iam list-attached-role-policies --role-name "$role" --query 'AttachedPolicies[].PolicyArn' --output text`;
  return [`for arn in $(${list}); do`, ...commands, "done"];
}

/** Only policies that were made for this role: others of the path are other integrations'. */
function deleteOwn({ rolePath }: CheckedOptions, roleArn: string): readonly string[] {
  const { partition, accountId } = parseRoleArn(roleArn);
  const own = `arn:${partition}:iam::${accountId}:policy${rolePath}$role-`;
  return [`  case "$arn" in "${own}"*) aws iam delete-policy --policy-arn "$arn" ;; esac`];
}

function script(roleArn: string, commands: readonly string[]): string {
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
    ...commands,
    "",
  ].join("\n");
}
