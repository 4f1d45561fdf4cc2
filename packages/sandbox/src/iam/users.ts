// Users: create, read, list, delete.
import { findUser } from "../find.js";
import { newUniqueId } from "../identifiers.js";
import type { User } from "../types.js";
import { defineOperation } from "../wire/operation.js";
import { requireAccount } from "./require-account.js";
import * as shapes from "./input-shapes.js";
import { openUser, openUserOrCaller } from "./open-entity.js";
import { pageOf } from "./pagination.js";
import { requireBoundary } from "./permissions-boundaries.js";
import { deleteConflict, entityAlreadyExists } from "./refusals.js";
import { renderUser } from "./render.js";
import { boundaryContext, requestTagContext, requirePermission } from "./require-permission.js";
import { readTags } from "./tags.js";

export const userOperations = {
  CreateUser: defineOperation(
    {
      UserName: shapes.newUserName,
      Path: shapes.entityPath,
      PermissionsBoundary: shapes.optionalPermissionsBoundary,
      Tags: shapes.optionalTags,
    },
    (call, input) => {
      const { world } = call;
      const account = requireAccount(call);
      const tags = readTags(input.Tags, "user");
      const path = input.Path ?? "/";
      const arn = `arn:aws:iam::${account.id}:user${path}${input.UserName}`;
      const target = { arn, accountId: account.id, shown: arn };
      const context = { ...boundaryContext(input.PermissionsBoundary), ...requestTagContext(tags) };
      requirePermission(call, "iam:CreateUser", target, context);
      // IAM User Guide, "Tags for IAM users": adding tags when the user is created takes iam:TagUser too.
      if (tags.size > 0) requirePermission(call, "iam:TagUser", target, context);
      if (findUser(world, account.id, input.UserName) !== undefined) {
        throw entityAlreadyExists(`User with name ${input.UserName} already exists.`);
      }
      const user: User = {
        kind: "user",
        accountId: account.id,
        name: input.UserName,
        path,
        arn,
        uniqueId: newUniqueId(world, "AIDA"),
        created: call.now,
        tags,
        permissionsBoundaryArn: requireBoundary(call, input.PermissionsBoundary),
        inlinePolicies: new Map(),
        attachedPolicyArns: new Set(),
      };
      account.users.set(user.name.toLowerCase(), user);
      return { User: renderUser(user, "created") };
    },
  ),
  GetUser: defineOperation({ UserName: shapes.optionalUserName }, (call, input) => ({
    User: renderUser(openUserOrCaller(call, "iam:GetUser", input.UserName), "read"),
  })),
  ListUsers: defineOperation({ PathPrefix: shapes.entityPathPrefix, ...shapes.paging }, (call, input) => {
    const account = requireAccount(call);
    const prefix = input.PathPrefix ?? "/";
    requirePermission(call, "iam:ListUsers", {
      // ListUsers has no resource types: only policies for "*" allow it.
      arn: "*",
      accountId: account.id,
      shown: `arn:aws:iam::${account.id}:user${prefix}`,
    });
    const users = [...account.users.values()].filter(({ path }) => path.startsWith(prefix));
    const page = pageOf(users, input, ["users", account.id, prefix], ({ name }) => name.toLowerCase());
    return { Users: page.items.map((user) => renderUser(user, "listed")), ...page.rest };
  }),
  DeleteUser: defineOperation({ UserName: shapes.userName }, (call, input) => {
    const { world } = call;
    const user = openUser(call, "iam:DeleteUser", input.UserName);
    // IAM API Reference, DeleteUser: everything attached to the user must be removed first.
    if (user.attachedPolicyArns.size > 0) throw deleteConflict("Cannot delete entity, must detach all policies first.");
    if (user.inlinePolicies.size > 0) throw deleteConflict("Cannot delete entity, must delete policies first.");
    for (const key of world.accessKeys.values()) {
      if (key.accountId === user.accountId && key.userName === user.name) {
        throw deleteConflict("Cannot delete entity, must delete access keys first.");
      }
    }
    requireAccount(call).users.delete(user.name.toLowerCase());
    return undefined;
  }),
};
