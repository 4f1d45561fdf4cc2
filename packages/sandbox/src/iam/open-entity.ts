// Every operation on an existing user, role or policy starts here: first the permission, then the existence, so that
// nobody learns what exists without the right to look.
import { callerArn } from "../authorize.js";
import { AwsError } from "../errors.js";
import { findGroup, findManagedPolicy, findRole, findUser } from "../find.js";
import type { Group, ManagedPolicy, Role, User } from "../types.js";
import type { Call } from "../world-types.js";
import { invalidInput, isReserved, noSuchEntity, protectedRole, validationError } from "./refusals.js";
import { callerAccountId, entityContext, requirePermission, tagContext } from "./require-permission.js";
import type { Context } from "./require-permission.js";

/** Returns the user of the caller's account. Throws `AccessDenied` or `NoSuchEntity`. */
export function openUser(call: Call, action: string, name: string, context: Context = {}): User {
  const accountId = callerAccountId(call);
  const user = findUser(call.world, accountId, name);
  const arn = user?.arn ?? `arn:aws:iam::${accountId}:user/${name}`;
  requirePermission(
    call,
    action,
    { arn, accountId, shown: `user ${name}` },
    { ...(user === undefined ? {} : entityContext(action, user)), ...context },
  );
  if (user === undefined) throw noSuchEntity(`The user with name ${name} cannot be found.`);
  return user;
}

/** Returns the named user, or the caller without a name. Throws as `openUser`, and for sessions that give no name. */
export function openUserOrCaller(call: Call, action: string, name: string | undefined): User {
  if (name !== undefined) return openUser(call, action, name);
  const { caller } = call;
  if (caller.kind === "user") return openUser(call, action, caller.user.name);
  if (caller.kind === "session" && caller.session.kind === "user") return openUser(call, action, caller.entity.name);
  callerAccountId(call);
  throw validationError("Must specify userName when calling with non-User credentials");
}

/** Returns the group of the caller's account. Throws `AccessDenied` or `NoSuchEntity`. */
export function openGroup(call: Call, action: string, name: string, context: Context = {}): Group {
  const accountId = callerAccountId(call);
  const group = findGroup(call.world, accountId, name);
  const arn = group?.arn ?? `arn:aws:iam::${accountId}:group/${name}`;
  requirePermission(call, action, { arn, accountId, shown: `group ${name}` }, context);
  if (group === undefined) throw noSuchEntity(`The group with name ${name} cannot be found.`);
  return group;
}

/** Returns the role of the caller's account. Throws `AccessDenied` or `NoSuchEntity`. */
export function openRole(call: Call, action: string, name: string, context: Context = {}): Role {
  const accountId = callerAccountId(call);
  const role = findRole(call.world, accountId, name);
  const arn = role?.arn ?? `arn:aws:iam::${accountId}:role/${name}`;
  requirePermission(
    call,
    action,
    { arn, accountId, shown: `role ${name}` },
    { ...(role === undefined ? {} : entityContext(action, role)), ...context },
  );
  if (role === undefined) throw noSuchEntity(`The role with name ${name} cannot be found.`);
  if (isReserved(role.path) && !/^iam:(?:Get|List|Pass)/.test(action)) throw protectedRole(role.name);
  return role;
}

/**
 * Returns the managed policy: the caller's account's, or AWS's. Throws `AccessDenied`, and `NoSuchEntity` in the words
 * of `missing` (by default those of GetPolicy).
 */
export function openPolicy(
  call: Call,
  action: string,
  arn: string,
  options: { readonly context?: Context; readonly missing?: string } = {},
): ManagedPolicy {
  const { accountId: owner } = parsePolicyArn(arn);
  const policy = findManagedPolicy(call.world, arn);
  const caller = callerAccountId(call);
  // AWS's own policies belong to nobody's account: whoever asks is judged by their own policies alone. A policy of
  // another account has no resource policy that could admit the caller, so the evaluator refuses.
  const accountId = owner === "aws" ? caller : owner;
  const tags = policy === undefined ? {} : tagContext("aws:ResourceTag/", policy.tags);
  requirePermission(call, action, { arn, accountId, shown: `policy ${arn}` }, { ...tags, ...options.context });
  if (policy === undefined) throw noSuchEntity(options.missing ?? `Policy ${arn} was not found.`);
  return policy;
}

/** Returns the managed policy for a change. Throws as `openPolicy`, and `AccessDenied` for AWS's own policies. */
export function openPolicyForChange(
  call: Call,
  action: string,
  arn: string,
  options: { readonly context?: Context; readonly missing?: string } = {},
): ManagedPolicy {
  const policy = openPolicy(call, action, arn, options);
  if (policy.accountId === "aws") {
    const who = callerArn(call.caller) ?? "anonymous";
    // IAM User Guide, "Managed policies and inline policies": the permissions in AWS managed policies cannot be changed.
    throw new AwsError(
      403,
      "AccessDenied",
      `User: ${who} is not authorized to perform: ${action} on resource: policy ${arn}`,
    );
  }
  return policy;
}

/**
 * Returns a managed policy that may be attached to the caller's users and roles: their account's or AWS's.
 * The permission to attach it was asked for before. Throws `ValidationError`, `InvalidInput`, or `NoSuchEntity` in the words of `missing`.
 */
export function requireAttachable(call: Call, arn: string, missing: string): ManagedPolicy {
  const { accountId } = parsePolicyArn(arn);
  const policy =
    accountId === "aws" || accountId === callerAccountId(call) ? findManagedPolicy(call.world, arn) : undefined;
  if (policy === undefined) throw noSuchEntity(missing);
  return policy;
}

function parsePolicyArn(arn: string): { readonly accountId: string } {
  if (!arn.startsWith("arn:")) throw validationError(`ARN ${arn} is not valid.`);
  const accountId = /^arn:aws:iam::(\d{12}|aws):policy\/[\x21-\x7e]+$/.exec(arn)?.[1];
  if (accountId === undefined) throw invalidInput(`ARN ${arn} is not valid.`);
  return { accountId };
}
