// Asks the evaluator about an IAM action, with the condition keys that IAM sets (Service Authorization Reference,
// "Actions, resources, and condition keys for AWS Identity and Access Management").
import type { ContextValue } from "@daypass/policy";
import { requireAllowed } from "../authorize.js";
import type { Role, Tags, User } from "../types.js";
import type { Call } from "../world-types.js";
import { missingAuthentication } from "../wire/auth-errors.js";

export type Context = Readonly<Record<string, ContextValue>>;

/** What an action is about: the ARN that is judged, and the words in which IAM's refusal names it. */
export interface Target {
  readonly arn: string;
  readonly accountId: string;
  readonly shown: string;
}

/**
 * Throws `AccessDenied` unless the caller may do this. IAM's refusals name existing things by type and name
 * ("role deploy", "user alice", "policy arn:…") and things that are to be created or listed by ARN.
 */
export function requirePermission(call: Call, action: string, target: Target, context: Context = {}): void {
  call.noted.resource = target.arn;
  const { arn, accountId, shown } = target;
  requireAllowed(call, { action, resource: arn, resourceAccount: accountId, context, shown });
}

/** Returns the account that the call acts in: always the caller's. Throws for unsigned calls. */
export function callerAccountId(call: Call): string {
  const { caller } = call;
  switch (caller.kind) {
    case "user":
      return caller.user.accountId;
    case "session":
      return caller.session.accountId;
    case "anonymous":
      throw missingAuthentication();
  }
}

/** The actions on an existing user or role for which IAM sets `iam:PermissionsBoundary` to the boundary it has now. */
const ACTIONS_THAT_SEE_THE_BOUNDARY: ReadonlySet<string> = new Set([
  "iam:AttachUserPolicy",
  "iam:DetachUserPolicy",
  "iam:PutUserPolicy",
  "iam:DeleteUserPolicy",
  "iam:DeleteUserPermissionsBoundary",
  "iam:AttachRolePolicy",
  "iam:DetachRolePolicy",
  "iam:PutRolePolicy",
  "iam:DeleteRolePolicy",
  "iam:DeleteRolePermissionsBoundary",
  "iam:GetRole",
  "iam:UpdateRole",
  "iam:DeleteRole",
  "iam:UpdateAssumeRolePolicy",
]);

/** Returns the keys that follow from an existing user or role: its tags and, where the action sees it, its boundary. */
export function entityContext(action: string, entity: User | Role): Context {
  const boundary = ACTIONS_THAT_SEE_THE_BOUNDARY.has(action) ? entity.permissionsBoundaryArn : undefined;
  return {
    ...tagContext("aws:ResourceTag/", entity.tags),
    ...tagContext("iam:ResourceTag/", entity.tags),
    ...boundaryContext(boundary),
  };
}

/** Returns `iam:PermissionsBoundary`; without a boundary the key is absent from the request. */
export function boundaryContext(arn: string | undefined): Context {
  return arn === undefined ? {} : { "iam:PermissionsBoundary": arn };
}

/** Returns `aws:RequestTag/…` and `aws:TagKeys`; without tags both are absent from the request. */
export function requestTagContext(tags: Tags): Context {
  return tags.size === 0 ? {} : { ...tagContext("aws:RequestTag/", tags), "aws:TagKeys": [...tags.keys()] };
}

/**
 * Returns one key for each tag. Condition keys are compared without regard to case, policies' tag keys are not: where
 * two differ only in case the key gets a value that no policy can name, so that neither decides for the other.
 */
export function tagContext(prefix: string, tags: Tags): Context {
  const spelled = new Map<string, { readonly key: string; readonly value: string }>();
  for (const [key, value] of tags) {
    const folded = key.toLowerCase();
    spelled.set(folded, spelled.has(folded) ? { key, value: "\u0000" } : { key, value });
  }
  return Object.fromEntries([...spelled.values()].map(({ key, value }) => [prefix + key, value]));
}
