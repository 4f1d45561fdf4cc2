// What IAM's answers show of users, groups, roles and policies. IAM shows less in some answers than in others: IAM API
// Reference, "User", "Role", "Policy", and the notes of CreateRole, ListUsers, ListRoles and ListPolicies.
import { readPolicy } from "../stored-policy.js";
import type { Group, ManagedPolicy, PolicyVersion, Role, StoredPolicy, Tags, User } from "../types.js";
import type { World } from "../world-types.js";
import type { XmlObject } from "../wire/xml.js";

/** `created` and `read` answers carry boundary and tags, `listed` ones do not. */
export type Detail = "created" | "read" | "listed";

export function renderUser(user: User, detail: Detail): XmlObject {
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.uniqueId,
    Arn: user.arn,
    CreateDate: user.created,
    ...(detail === "listed"
      ? {}
      : { PermissionsBoundary: renderBoundary(user), Tags: renderTagsUnlessNone(user.tags) }),
  };
}

export function renderGroup({ path, name, uniqueId, arn, created }: Group): XmlObject {
  return { Path: path, GroupName: name, GroupId: uniqueId, Arn: arn, CreateDate: created };
}

/** Description and MaxSessionDuration are missing from CreateRole's answer, RoleLastUsed from all but GetRole's. */
export function renderRole(world: World, role: Role, detail: Detail): XmlObject {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.uniqueId,
    Arn: role.arn,
    CreateDate: role.created,
    AssumeRolePolicyDocument: renderDocument(world, role.trustPolicy),
    ...(detail === "created"
      ? {}
      : {
          Description: role.description === "" ? undefined : role.description,
          MaxSessionDuration: role.maxSessionDuration,
        }),
    ...(detail === "listed"
      ? {}
      : { PermissionsBoundary: renderBoundary(role), Tags: renderTagsUnlessNone(role.tags) }),
    ...(detail === "read"
      ? { RoleLastUsed: { LastUsedDate: role.lastUsed?.date, Region: role.lastUsed?.region } }
      : {}),
  };
}

/** Description comes with GetPolicy alone; Tags with GetPolicy always and with CreatePolicy when there are any. */
export function renderManagedPolicy(
  policy: ManagedPolicy,
  usage: { readonly attachments: number; readonly boundaries: number },
  detail: Detail,
): XmlObject {
  return {
    PolicyName: policy.name,
    PolicyId: policy.uniqueId,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersionId,
    AttachmentCount: usage.attachments,
    PermissionsBoundaryUsageCount: usage.boundaries,
    IsAttachable: true,
    Description: detail === "read" && policy.description !== "" ? policy.description : undefined,
    CreateDate: policy.created,
    UpdateDate: policy.updated,
    Tags:
      detail === "read"
        ? renderTags(policy.tags)
        : detail === "created"
          ? renderTagsUnlessNone(policy.tags)
          : undefined,
  };
}

/** The document is in GetPolicyVersion's answer only: pass the world to have it. */
export function renderVersion(policy: ManagedPolicy, version: PolicyVersion, world?: World): XmlObject {
  return {
    Document: world === undefined ? undefined : renderDocument(world, version.document),
    VersionId: version.id,
    IsDefaultVersion: version.id === policy.defaultVersionId,
    CreateDate: version.created,
  };
}

/** Returns the document as IAM sends it: "URL-encoded compliant with RFC 3986" (IAM API Reference, GetRolePolicy). */
export function renderDocument(world: World, stored: StoredPolicy): string {
  return encodeURIComponent(readPolicy(world, stored)).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

export function renderTags(tags: Tags): readonly XmlObject[] {
  return [...tags].map(([key, value]) => ({ Key: key, Value: value }));
}

function renderTagsUnlessNone(tags: Tags): readonly XmlObject[] | undefined {
  return tags.size === 0 ? undefined : renderTags(tags);
}

/** AWS sends `Policy`, although its service model names the only value `PermissionsBoundaryPolicy`. */
function renderBoundary(entity: { readonly permissionsBoundaryArn: string | undefined }): XmlObject | undefined {
  const arn = entity.permissionsBoundaryArn;
  return arn === undefined ? undefined : { PermissionsBoundaryType: "Policy", PermissionsBoundaryArn: arn };
}
