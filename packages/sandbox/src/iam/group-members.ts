// Who is in which group.
import { findUser } from "../find.js";
import type { Account, Group, User } from "../types.js";
import { defineOperation } from "../wire/operation.js";
import type { Call } from "../world-types.js";
import * as shapes from "./input-shapes.js";
import { GROUPS_PER_USER } from "./limits.js";
import { openGroup, openUser } from "./open-entity.js";
import { pageOf } from "./pagination.js";
import { limitExceeded, noSuchEntity } from "./refusals.js";
import { renderGroup } from "./render.js";
import { requireAccount } from "./require-account.js";

const member = { GroupName: shapes.groupName, UserName: shapes.userName };

/** Returns the group's users. */
export function membersOf(account: Pick<Account, "users">, group: Group): readonly User[] {
  return [...account.users.values()].filter(({ groupNames }) => groupNames.has(group.name.toLowerCase()));
}

export const groupMemberOperations = {
  AddUserToGroup: defineOperation(member, (call, input) => {
    const group = openGroup(call, "iam:AddUserToGroup", input.GroupName);
    const user = requireUser(call, input.UserName);
    const key = group.name.toLowerCase();
    if (user.groupNames.has(key)) return undefined;
    if (user.groupNames.size >= GROUPS_PER_USER) {
      throw limitExceeded(`Cannot exceed quota for GroupsPerUser: ${GROUPS_PER_USER}`);
    }
    user.groupNames.add(key);
    return undefined;
  }),
  RemoveUserFromGroup: defineOperation(member, (call, input) => {
    const group = openGroup(call, "iam:RemoveUserFromGroup", input.GroupName);
    const user = requireUser(call, input.UserName);
    if (!user.groupNames.delete(group.name.toLowerCase())) {
      throw noSuchEntity(`User ${user.name} is not in group ${group.name}.`);
    }
    return undefined;
  }),
  ListGroupsForUser: defineOperation({ UserName: shapes.userName, ...shapes.paging }, (call, input) => {
    const user = openUser(call, "iam:ListGroupsForUser", input.UserName);
    const { groups } = requireAccount(call);
    const all = [...user.groupNames].flatMap((name) => groups.get(name) ?? []);
    const page = pageOf(all, input, ["groups-of", user.arn], ({ name }) => name.toLowerCase());
    return { Groups: page.items.map(renderGroup), ...page.rest };
  }),
};

/** The permission is for the group alone (Service Authorization Reference, "AWS Identity and Access Management"). */
function requireUser(call: Call, name: string): User {
  const user = findUser(call.world, requireAccount(call).id, name);
  if (user === undefined) throw noSuchEntity(`The user with name ${name} cannot be found.`);
  return user;
}
