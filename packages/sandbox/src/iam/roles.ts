// Roles: create, read, list, update, delete.
import { findRole } from "../find.js";
import { newUniqueId } from "../identifiers.js";
import type { Role } from "../types.js";
import { defineOperation } from "../wire/operation.js";
import * as shapes from "./input-shapes.js";
import { openRole } from "./open-entity.js";
import { pageOf } from "./pagination.js";
import { requireBoundary } from "./permissions-boundaries.js";
import { deleteConflict, entityAlreadyExists, invalidInput, isReserved } from "./refusals.js";
import { renderRole } from "./render.js";
import { requireAccount } from "./require-account.js";
import { boundaryContext, requestTagContext, requirePermission } from "./require-permission.js";
import { readTags } from "./tags.js";
import { storeTrustPolicy } from "./trust-policies.js";

/** IAM API Reference, CreateRole, MaxSessionDuration: the default is one hour. */
const DEFAULT_MAX_SESSION_SECONDS = 3600;

export const roleOperations = {
  CreateRole: defineOperation(
    {
      RoleName: shapes.roleName,
      Path: shapes.entityPath,
      AssumeRolePolicyDocument: shapes.policyDocument,
      Description: shapes.roleDescription,
      MaxSessionDuration: shapes.maxSessionDuration,
      PermissionsBoundary: shapes.optionalPermissionsBoundary,
      Tags: shapes.optionalTags,
    },
    (call, input) => {
      const { world } = call;
      const account = requireAccount(call);
      const tags = readTags(input.Tags, "role");
      const path = input.Path ?? "/";
      const arn = `arn:aws:iam::${account.id}:role${path}${input.RoleName}`;
      const target = { arn, accountId: account.id, shown: arn };
      const context = { ...boundaryContext(input.PermissionsBoundary), ...requestTagContext(tags) };
      requirePermission(call, "iam:CreateRole", target, context);
      // Nobody could change or delete it. AWS documents neither the code nor the text.
      if (isReserved(path)) throw invalidInput(`The path ${path} is reserved for AWS.`);
      // IAM User Guide, "Tags for IAM roles": adding tags when the role is created takes iam:TagRole too.
      if (tags.size > 0) requirePermission(call, "iam:TagRole", target, context);
      if (findRole(world, account.id, input.RoleName) !== undefined) {
        throw entityAlreadyExists(`Role with name ${input.RoleName} already exists.`);
      }
      const role: Role = {
        kind: "role",
        accountId: account.id,
        name: input.RoleName,
        path,
        arn,
        uniqueId: newUniqueId(world, "AROA"),
        created: call.now,
        description: input.Description ?? "",
        maxSessionDuration: input.MaxSessionDuration ?? DEFAULT_MAX_SESSION_SECONDS,
        trustPolicy: storeTrustPolicy(world, input.AssumeRolePolicyDocument),
        tags,
        permissionsBoundaryArn: requireBoundary(call, input.PermissionsBoundary),
        inlinePolicies: new Map(),
        attachedPolicyArns: new Set(),
        lastUsed: undefined,
      };
      account.roles.set(role.name.toLowerCase(), role);
      return { Role: renderRole(world, role, "created") };
    },
  ),
  GetRole: defineOperation({ RoleName: shapes.roleName }, (call, input) => ({
    Role: renderRole(call.world, openRole(call, "iam:GetRole", input.RoleName), "read"),
  })),
  ListRoles: defineOperation({ PathPrefix: shapes.entityPathPrefix, ...shapes.paging }, (call, input) => {
    const account = requireAccount(call);
    const prefix = input.PathPrefix ?? "/";
    requirePermission(call, "iam:ListRoles", {
      // ListRoles has no resource types: only policies for "*" allow it.
      arn: "*",
      accountId: account.id,
      shown: `arn:aws:iam::${account.id}:role${prefix}`,
    });
    const roles = [...account.roles.values()].filter(({ path }) => path.startsWith(prefix));
    const page = pageOf(roles, input, ["roles", account.id, prefix], ({ name }) => name.toLowerCase());
    return { Roles: page.items.map((role) => renderRole(call.world, role, "listed")), ...page.rest };
  }),
  UpdateRole: defineOperation(
    { RoleName: shapes.roleName, Description: shapes.roleDescription, MaxSessionDuration: shapes.maxSessionDuration },
    (call, input) => {
      const role = openRole(call, "iam:UpdateRole", input.RoleName);
      if (input.Description !== undefined) role.description = input.Description;
      if (input.MaxSessionDuration !== undefined) role.maxSessionDuration = input.MaxSessionDuration;
      return {};
    },
  ),
  UpdateAssumeRolePolicy: defineOperation(
    { RoleName: shapes.roleName, PolicyDocument: shapes.policyDocument },
    (call, input) => {
      const role = openRole(call, "iam:UpdateAssumeRolePolicy", input.RoleName);
      role.trustPolicy = storeTrustPolicy(call.world, input.PolicyDocument);
      return undefined;
    },
  ),
  DeleteRole: defineOperation({ RoleName: shapes.roleName }, (call, input) => {
    const role = openRole(call, "iam:DeleteRole", input.RoleName);
    if (role.attachedPolicyArns.size > 0) throw deleteConflict("Cannot delete entity, must detach all policies first.");
    if (role.inlinePolicies.size > 0) throw deleteConflict("Cannot delete entity, must delete policies first.");
    // IAM API Reference, DeleteRole: "The role must not have any policies attached", and be in no instance profile.
    const profiles = [...requireAccount(call).instanceProfiles.values()];
    if (profiles.some(({ roleName }) => roleName?.toLowerCase() === role.name.toLowerCase())) {
      throw deleteConflict("Cannot delete entity, must remove roles from instance profile first.");
    }
    requireAccount(call).roles.delete(role.name.toLowerCase());
    return undefined;
  }),
};
