// Permissions boundaries of users and roles.
import type { Call } from "../world-types.js";
import { defineOperation } from "../wire/operation.js";
import * as shapes from "./input-shapes.js";
import { openRole, openUser, requireAttachable } from "./open-entity.js";
import { boundaryContext } from "./require-permission.js";

/**
 * Returns the ARN of a policy that can be a boundary; `undefined` when none was given.
 * Throws `ValidationError`, `InvalidInput` or `NoSuchEntity`.
 */
export function requireBoundary(call: Call, arn: string | undefined): string | undefined {
  if (arn === undefined) return undefined;
  return requireAttachable(call, arn, `Scope ARN: ${arn} does not exist or is not attachable.`).arn;
}

// For Put…, iam:PermissionsBoundary is the boundary asked for, not the present one (IAM User Guide, "Permissions
// boundaries for IAM entities", the example of delegating responsibility): it is what a delegated administrator may set.
export const permissionsBoundaryOperations = {
  PutUserPermissionsBoundary: defineOperation(
    { UserName: shapes.newUserName, PermissionsBoundary: shapes.permissionsBoundary },
    (call, input) => {
      const context = boundaryContext(input.PermissionsBoundary);
      const user = openUser(call, "iam:PutUserPermissionsBoundary", input.UserName, context);
      user.permissionsBoundaryArn = requireBoundary(call, input.PermissionsBoundary);
      return undefined;
    },
  ),
  DeleteUserPermissionsBoundary: defineOperation({ UserName: shapes.newUserName }, (call, input) => {
    openUser(call, "iam:DeleteUserPermissionsBoundary", input.UserName).permissionsBoundaryArn = undefined;
    return undefined;
  }),
  PutRolePermissionsBoundary: defineOperation(
    { RoleName: shapes.roleName, PermissionsBoundary: shapes.permissionsBoundary },
    (call, input) => {
      const context = boundaryContext(input.PermissionsBoundary);
      const role = openRole(call, "iam:PutRolePermissionsBoundary", input.RoleName, context);
      role.permissionsBoundaryArn = requireBoundary(call, input.PermissionsBoundary);
      return undefined;
    },
  ),
  DeleteRolePermissionsBoundary: defineOperation({ RoleName: shapes.roleName }, (call, input) => {
    openRole(call, "iam:DeleteRolePermissionsBoundary", input.RoleName).permissionsBoundaryArn = undefined;
    return undefined;
  }),
};
