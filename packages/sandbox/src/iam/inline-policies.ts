// Inline policies of users, groups and roles.
import { storePolicy } from "../stored-policy.js";
import type { Group, Role, StoredPolicy, User } from "../types.js";
import type { Call } from "../world-types.js";
import { defineOperation } from "../wire/operation.js";
import type { XmlObject } from "../wire/xml.js";
import * as shapes from "./input-shapes.js";
import { requireInlinePolicySize } from "./limits.js";
import { openGroup, openRole, openUser } from "./open-entity.js";
import { pageOf } from "./pagination.js";
import type { PageRequest } from "./pagination.js";
import { noSuchEntity } from "./refusals.js";
import { renderDocument } from "./render.js";

const ofUser = { UserName: shapes.userName, PolicyName: shapes.policyName };
const ofGroup = { GroupName: shapes.groupName, PolicyName: shapes.policyName };
const ofRole = { RoleName: shapes.roleName, PolicyName: shapes.policyName };

export const inlinePolicyOperations = {
  PutUserPolicy: defineOperation({ ...ofUser, PolicyDocument: shapes.policyDocument }, (call, input) =>
    putPolicy(call, openUser(call, "iam:PutUserPolicy", input.UserName), input.PolicyName, input.PolicyDocument),
  ),
  GetUserPolicy: defineOperation(ofUser, (call, input) => {
    const user = openUser(call, "iam:GetUserPolicy", input.UserName);
    return { UserName: user.name, ...renderPolicy(call, user, input.PolicyName) };
  }),
  ListUserPolicies: defineOperation({ UserName: shapes.userName, ...shapes.paging }, (call, input) =>
    listPolicies(openUser(call, "iam:ListUserPolicies", input.UserName), input),
  ),
  DeleteUserPolicy: defineOperation(ofUser, (call, input) =>
    deletePolicy(openUser(call, "iam:DeleteUserPolicy", input.UserName), input.PolicyName),
  ),
  PutGroupPolicy: defineOperation({ ...ofGroup, PolicyDocument: shapes.policyDocument }, (call, input) =>
    putPolicy(call, openGroup(call, "iam:PutGroupPolicy", input.GroupName), input.PolicyName, input.PolicyDocument),
  ),
  GetGroupPolicy: defineOperation(ofGroup, (call, input) => {
    const group = openGroup(call, "iam:GetGroupPolicy", input.GroupName);
    return { GroupName: group.name, ...renderPolicy(call, group, input.PolicyName) };
  }),
  ListGroupPolicies: defineOperation({ GroupName: shapes.groupName, ...shapes.paging }, (call, input) =>
    listPolicies(openGroup(call, "iam:ListGroupPolicies", input.GroupName), input),
  ),
  DeleteGroupPolicy: defineOperation(ofGroup, (call, input) =>
    deletePolicy(openGroup(call, "iam:DeleteGroupPolicy", input.GroupName), input.PolicyName),
  ),
  PutRolePolicy: defineOperation({ ...ofRole, PolicyDocument: shapes.policyDocument }, (call, input) =>
    putPolicy(call, openRole(call, "iam:PutRolePolicy", input.RoleName), input.PolicyName, input.PolicyDocument),
  ),
  GetRolePolicy: defineOperation(ofRole, (call, input) => {
    const role = openRole(call, "iam:GetRolePolicy", input.RoleName);
    return { RoleName: role.name, ...renderPolicy(call, role, input.PolicyName) };
  }),
  ListRolePolicies: defineOperation({ RoleName: shapes.roleName, ...shapes.paging }, (call, input) =>
    listPolicies(openRole(call, "iam:ListRolePolicies", input.RoleName), input),
  ),
  DeleteRolePolicy: defineOperation(ofRole, (call, input) =>
    deletePolicy(openRole(call, "iam:DeleteRolePolicy", input.RoleName), input.PolicyName),
  ),
};

function putPolicy(call: Call, entity: User | Group | Role, name: string, document: string): undefined {
  const stored = storePolicy(call.world, document, "identity");
  requireInlinePolicySize(entity, name, document);
  entity.inlinePolicies.set(name, stored);
  return undefined;
}

function renderPolicy(call: Call, entity: User | Group | Role, name: string): XmlObject {
  return { PolicyName: name, PolicyDocument: renderDocument(call.world, requirePolicy(entity, name)) };
}

function listPolicies(entity: User | Group | Role, request: PageRequest): XmlObject {
  const page = pageOf(entity.inlinePolicies.keys(), request, ["inline", entity.arn], (name) => name);
  return { PolicyNames: page.items, ...page.rest };
}

function deletePolicy(entity: User | Group | Role, name: string): undefined {
  requirePolicy(entity, name);
  entity.inlinePolicies.delete(name);
  return undefined;
}

function requirePolicy(entity: User | Group | Role, name: string): StoredPolicy {
  const stored = entity.inlinePolicies.get(name);
  if (stored === undefined) throw noSuchEntity(`The ${entity.kind} policy with name ${name} cannot be found.`);
  return stored;
}
