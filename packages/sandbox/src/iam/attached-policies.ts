// Managed policies on users, groups and roles: attach, detach, list.
import { findManagedPolicy } from "../find.js";
import type { Group, ManagedPolicy, Role, User } from "../types.js";
import type { Call } from "../world-types.js";
import { defineOperation } from "../wire/operation.js";
import type { XmlObject } from "../wire/xml.js";
import * as shapes from "./input-shapes.js";
import { requireRoomForAttachment } from "./limits.js";
import { openGroup, openRole, openUser, requireAttachable } from "./open-entity.js";
import { pageOf } from "./pagination.js";
import type { PageRequest } from "./pagination.js";
import { noSuchEntity } from "./refusals.js";
import type { Context } from "./require-permission.js";

const ofUser = { UserName: shapes.newUserName, PolicyArn: shapes.policyArn };
const ofGroup = { GroupName: shapes.groupName, PolicyArn: shapes.policyArn };
const ofRole = { RoleName: shapes.roleName, PolicyArn: shapes.policyArn };
const listed = { PathPrefix: shapes.managedPolicyPath, ...shapes.paging };

export const attachedPolicyOperations = {
  AttachUserPolicy: defineOperation(ofUser, (call, { UserName, PolicyArn }) =>
    attach(call, openUser(call, "iam:AttachUserPolicy", UserName, policyArnContext(PolicyArn)), PolicyArn),
  ),
  DetachUserPolicy: defineOperation(ofUser, (call, { UserName, PolicyArn }) =>
    detach(openUser(call, "iam:DetachUserPolicy", UserName, policyArnContext(PolicyArn)), PolicyArn),
  ),
  ListAttachedUserPolicies: defineOperation({ UserName: shapes.newUserName, ...listed }, (call, input) =>
    listAttached(call, openUser(call, "iam:ListAttachedUserPolicies", input.UserName), input),
  ),
  AttachGroupPolicy: defineOperation(ofGroup, (call, { GroupName, PolicyArn }) =>
    attach(call, openGroup(call, "iam:AttachGroupPolicy", GroupName, policyArnContext(PolicyArn)), PolicyArn),
  ),
  DetachGroupPolicy: defineOperation(ofGroup, (call, { GroupName, PolicyArn }) =>
    detach(openGroup(call, "iam:DetachGroupPolicy", GroupName, policyArnContext(PolicyArn)), PolicyArn),
  ),
  ListAttachedGroupPolicies: defineOperation({ GroupName: shapes.groupName, ...listed }, (call, input) =>
    listAttached(call, openGroup(call, "iam:ListAttachedGroupPolicies", input.GroupName), input),
  ),
  AttachRolePolicy: defineOperation(ofRole, (call, { RoleName, PolicyArn }) =>
    attach(call, openRole(call, "iam:AttachRolePolicy", RoleName, policyArnContext(PolicyArn)), PolicyArn),
  ),
  DetachRolePolicy: defineOperation(ofRole, (call, { RoleName, PolicyArn }) =>
    detach(openRole(call, "iam:DetachRolePolicy", RoleName, policyArnContext(PolicyArn)), PolicyArn),
  ),
  ListAttachedRolePolicies: defineOperation({ RoleName: shapes.roleName, ...listed }, (call, input) =>
    listAttached(call, openRole(call, "iam:ListAttachedRolePolicies", input.RoleName), input),
  ),
};

function policyArnContext(arn: string): Context {
  return { "iam:PolicyARN": arn };
}

function attach(call: Call, entity: User | Group | Role, arn: string): undefined {
  const policy = requireAttachable(call, arn, `Policy ${arn} does not exist or is not attachable.`);
  if (entity.attachedPolicyArns.has(policy.arn)) return undefined;
  requireRoomForAttachment(entity);
  entity.attachedPolicyArns.add(policy.arn);
  return undefined;
}

function detach(entity: User | Group | Role, arn: string): undefined {
  if (!entity.attachedPolicyArns.delete(arn)) throw noSuchEntity(`Policy ${arn} was not found.`);
  return undefined;
}

function listAttached(
  call: Call,
  entity: User | Group | Role,
  request: PageRequest & { readonly PathPrefix: string | undefined },
): XmlObject {
  const prefix = request.PathPrefix ?? "/";
  const attached = [...entity.attachedPolicyArns]
    .map((arn) => findManagedPolicy(call.world, arn))
    .filter((policy): policy is ManagedPolicy => policy !== undefined && policy.path.startsWith(prefix));
  const page = pageOf(
    attached,
    request,
    ["attached", entity.arn, prefix],
    ({ name, accountId }) => `${name} ${accountId}`,
  );
  return {
    AttachedPolicies: page.items.map((policy) => ({ PolicyName: policy.name, PolicyArn: policy.arn })),
    ...page.rest,
  };
}
