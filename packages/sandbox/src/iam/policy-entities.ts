// Who uses a managed policy, as permissions policy or as permissions boundary.
import type { Account, Group, Role, User } from "../types.js";
import { defineOperation } from "../wire/operation.js";
import { string } from "../wire/shapes.js";
import * as shapes from "./input-shapes.js";
import { openPolicy } from "./open-entity.js";
import { pageOf } from "./pagination.js";
import { requireAccount } from "./require-account.js";

/** Returns how many of the account's users, groups and roles have the policy attached, and how many have it as their boundary. */
export function usageOf(
  account: Account,
  policyArn: string,
): { readonly attachments: number; readonly boundaries: number } {
  const entities = holdersOf(account);
  return {
    attachments: entities.filter(({ attachedPolicyArns }) => attachedPolicyArns.has(policyArn)).length,
    boundaries: entities.filter((entity) => boundaryOf(entity) === policyArn).length,
  };
}

export const policyEntityOperations = {
  ListEntitiesForPolicy: defineOperation(
    {
      PolicyArn: shapes.policyArn,
      EntityFilter: string(false, { enum: ["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"] }),
      PathPrefix: shapes.attachedEntityPath,
      PolicyUsageFilter: shapes.policyUsageFilter,
      ...shapes.paging,
    },
    (call, input) => {
      const { arn } = openPolicy(call, "iam:ListEntitiesForPolicy", input.PolicyArn);
      const prefix = input.PathPrefix ?? "/";
      const wanted = (entity: Holder) =>
        entity.path.startsWith(prefix) &&
        (input.EntityFilter === undefined || input.EntityFilter.toLowerCase() === entity.kind) &&
        ((input.PolicyUsageFilter !== "PermissionsBoundary" && entity.attachedPolicyArns.has(arn)) ||
          (input.PolicyUsageFilter !== "PermissionsPolicy" && boundaryOf(entity) === arn));
      const scope = ["entities", arn, prefix, input.EntityFilter, input.PolicyUsageFilter];
      const using = holdersOf(requireAccount(call)).filter(wanted);
      const page = pageOf(using, input, scope, ({ kind, name }) => `${kind} ${name.toLowerCase()}`);
      return {
        PolicyGroups: page.items
          .filter(({ kind }) => kind === "group")
          .map(({ name, uniqueId }) => ({ GroupName: name, GroupId: uniqueId })),
        PolicyUsers: page.items
          .filter(({ kind }) => kind === "user")
          .map(({ name, uniqueId }) => ({ UserName: name, UserId: uniqueId })),
        PolicyRoles: page.items
          .filter(({ kind }) => kind === "role")
          .map(({ name, uniqueId }) => ({ RoleName: name, RoleId: uniqueId })),
        ...page.rest,
      };
    },
  ),
};

type Holder = User | Group | Role;

function holdersOf(account: Account): readonly Holder[] {
  return [...account.users.values(), ...account.groups.values(), ...account.roles.values()];
}

/** A group has none. */
function boundaryOf(holder: Holder): string | undefined {
  return holder.kind === "group" ? undefined : holder.permissionsBoundaryArn;
}
