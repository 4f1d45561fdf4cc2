// Groups: create, read, list, delete. A group gives its policies to its users; it can be nobody's principal and has neither
// tags nor a boundary (IAM User Guide, "IAM user groups").
import { newUniqueId } from "../identifiers.js";
import type { Group } from "../types.js";
import { defineOperation } from "../wire/operation.js";
import * as shapes from "./input-shapes.js";
import { membersOf } from "./group-members.js";
import { openGroup } from "./open-entity.js";
import { pageOf } from "./pagination.js";
import { deleteConflict, entityAlreadyExists } from "./refusals.js";
import { renderGroup, renderUser } from "./render.js";
import { requireAccount } from "./require-account.js";
import { requirePermission } from "./require-permission.js";

export const groupOperations = {
  CreateGroup: defineOperation({ Path: shapes.entityPath, GroupName: shapes.groupName }, (call, input) => {
    const account = requireAccount(call);
    const path = input.Path ?? "/";
    const arn = `arn:aws:iam::${account.id}:group${path}${input.GroupName}`;
    requirePermission(call, "iam:CreateGroup", { arn, accountId: account.id, shown: arn });
    if (account.groups.has(input.GroupName.toLowerCase())) {
      throw entityAlreadyExists(`Group with name ${input.GroupName} already exists.`);
    }
    const group: Group = {
      kind: "group",
      accountId: account.id,
      name: input.GroupName,
      path,
      arn,
      uniqueId: newUniqueId(call.world, "AGPA"),
      created: call.now,
      inlinePolicies: new Map(),
      attachedPolicyArns: new Set(),
    };
    account.groups.set(group.name.toLowerCase(), group);
    return { Group: renderGroup(group) };
  }),
  GetGroup: defineOperation({ GroupName: shapes.groupName, ...shapes.paging }, (call, input) => {
    const group = openGroup(call, "iam:GetGroup", input.GroupName);
    const members = membersOf(requireAccount(call), group);
    const page = pageOf(members, input, ["members", group.arn], ({ name }) => name.toLowerCase());
    return {
      Group: renderGroup(group),
      Users: page.items.map((user) => renderUser(user, "listed")),
      ...page.rest,
    };
  }),
  ListGroups: defineOperation({ PathPrefix: shapes.entityPathPrefix, ...shapes.paging }, (call, input) => {
    const account = requireAccount(call);
    const prefix = input.PathPrefix ?? "/";
    requirePermission(call, "iam:ListGroups", {
      // ListGroups has no resource types: only policies for "*" allow it.
      arn: "*",
      accountId: account.id,
      shown: `arn:aws:iam::${account.id}:group${prefix}`,
    });
    const groups = [...account.groups.values()].filter(({ path }) => path.startsWith(prefix));
    const page = pageOf(groups, input, ["groups", account.id, prefix], ({ name }) => name.toLowerCase());
    return { Groups: page.items.map(renderGroup), ...page.rest };
  }),
  DeleteGroup: defineOperation({ GroupName: shapes.groupName }, (call, input) => {
    const group = openGroup(call, "iam:DeleteGroup", input.GroupName);
    const account = requireAccount(call);
    // IAM API Reference, DeleteGroup: "The group must not contain any users or have any attached policies."
    if (membersOf(account, group).length > 0) {
      throw deleteConflict("Cannot delete entity, must remove users from group first.");
    }
    if (group.attachedPolicyArns.size > 0) {
      throw deleteConflict("Cannot delete entity, must detach all policies first.");
    }
    if (group.inlinePolicies.size > 0) throw deleteConflict("Cannot delete entity, must delete policies first.");
    account.groups.delete(group.name.toLowerCase());
    return undefined;
  }),
};
