// The same role without CloudFormation: commands for the AWS CLI.
import { freezeDeep } from "./freeze-deep.js";
import { renderPolicyDocuments } from "./render-role.js";
import type { CliCommands, RenderedRole, RoleDescription, RoleParameters } from "./types.js";

/**
 * Returns the commands that make the role of `renderPolicyDocuments`, as lists of arguments and as a script. Policies get
 * names, as IAM's API wants them. Throws what `renderPolicyDocuments` throws.
 */
export function createCliCommands(description: RoleDescription, parameters: RoleParameters): CliCommands {
  const role = renderPolicyDocuments(description, parameters);
  const { accountId } = parameters;
  const policyArn = (name: string) =>
    `arn:${description.partition}:iam::${accountId}:policy${role.path}${role.roleName}-${name}`;
  const commands = [
    ...role.policies.map(({ name, document }) => [
      ...words("aws iam create-policy"),
      ...option("policy-name", `${role.roleName}-${name}`),
      ...option("path", role.path),
      ...option("policy-document", JSON.stringify(document)),
    ]),
    createRole(role),
    ...role.policies.map(({ name }) => [
      ...words("aws iam attach-role-policy"),
      ...option("role-name", role.roleName),
      ...option("policy-arn", policyArn(name)),
    ]),
  ];
  return freezeDeep({ commands, script: writeScript(accountId, commands, role.roleArn) });
}

function createRole(role: RenderedRole): readonly string[] {
  const boundary = role.permissionsBoundaryArn;
  const tags = Object.entries(role.tags).map(([Key, Value]) => ({ Key, Value }));
  return [
    ...words("aws iam create-role"),
    ...option("role-name", role.roleName),
    ...option("path", role.path),
    ...option("description", role.description),
    ...option("max-session-duration", String(role.maxSessionDuration)),
    ...option("assume-role-policy-document", JSON.stringify(role.trustPolicy)),
    ...option("tags", JSON.stringify(tags)),
    ...(boundary === null ? [] : option("permissions-boundary", boundary)),
  ];
}

function words(command: string): readonly string[] {
  return command.split(" ");
}

function option(name: string, value: string): readonly string[] {
  return [`--${name}`, value];
}

/** The account is asked for before the first change: the right commands in the wrong account make a role nobody looks for. */
function writeScript(accountId: string, commands: readonly (readonly string[])[], roleArn: string): string {
  return [
    "#!/bin/sh",
    "set -eu",
    "account=$(aws sts get-caller-identity --query Account --output text)",
    `if [ "$account" != ${accountId} ]; then`,
    `  echo "these credentials are for account $account, not ${accountId}" >&2`,
    "  exit 1",
    "fi",
    ...commands.map((words) => `${words.map(quote).join(" ")} > /dev/null`),
    `echo ${quote(roleArn)}`,
    "",
  ].join("\n");
}

/** Plain words stay plain; everything else goes into single quotes (POSIX, "Shell Command Language", 2.2.2). */
function quote(word: string): string {
  return /^[\w./:=@%+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
