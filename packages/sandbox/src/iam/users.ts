// Users: create, read, list, rename, delete.
import { findUser } from "../find.js";
import { newUniqueId } from "../identifiers.js";
import { devicesOf } from "../mfa/find-device.js";
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
        groupNames: new Set(),
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
  UpdateUser: defineOperation(
    { UserName: shapes.userName, NewPath: shapes.entityPath, NewUserName: shapes.optionalNewUserName },
    (call, input) => {
      const { world } = call;
      const account = requireAccount(call);
      const user = openUser(call, "iam:UpdateUser", input.UserName);
      const name = input.NewUserName ?? user.name;
      const path = input.NewPath ?? user.path;
      const arn = `arn:aws:iam::${account.id}:user${path}${name}`;
      // IAM API Reference, UpdateUser: "To change a user name, the requester must have appropriate permissions on both the
      // source object and the target object."
      requirePermission(call, "iam:UpdateUser", { arn, accountId: account.id, shown: arn });
      const taken = findUser(world, account.id, name);
      if (taken !== undefined && taken !== user) throw entityAlreadyExists(`User with name ${name} already exists.`);
      account.users.delete(user.name.toLowerCase());
      account.users.set(name.toLowerCase(), { ...user, name, path, arn });
      for (const [id, key] of world.accessKeys) {
        const isTheirs = key.accountId === account.id && key.userName === user.name;
        if (isTheirs) world.accessKeys.set(id, { ...key, userName: name });
      }
      return undefined;
    },
  ),
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
    if (devicesOf(world, user).length > 0) throw deleteConflict("Cannot delete entity, must delete MFA device first.");
    if (user.groupNames.size > 0) throw deleteConflict("Cannot delete entity, must remove users from group first.");
    requireAccount(call).users.delete(user.name.toLowerCase());
    return undefined;
  }),
};
