// Tags of users, roles and managed policies.
import type { Tags } from "../types.js";
import { defineOperation } from "../wire/operation.js";
import type { XmlObject } from "../wire/xml.js";
import * as shapes from "./input-shapes.js";
import { TAGS_PER_RESOURCE } from "./limits.js";
import { openPolicy, openPolicyForChange, openRole, openUser } from "./open-entity.js";
import { pageOf } from "./pagination.js";
import type { PageRequest } from "./pagination.js";
import { invalidInput, limitExceeded } from "./refusals.js";
import { renderTags } from "./render.js";
import { requestTagContext } from "./require-permission.js";

type TagInput = readonly { readonly Key: string; readonly Value: string }[];
/**
 * IAM User Guide, "Tags for IAM resources": "For IAM users and roles, tag keys are not case sensitive"; for everything
 * else they are. The spelling of the last writer stays.
 */
type TagOwner = "user" | "role" | "policy" | "oidc-provider";

/** Returns the tags of a request. Throws `InvalidInput` when a key comes twice. */
export function readTags(input: TagInput | undefined, owner: TagOwner): Map<string, string> {
  const tags = new Map<string, string>();
  for (const { Key, Value } of input ?? []) {
    if (spellingIn(tags, Key, owner) !== undefined) {
      throw invalidInput(
        isCaseSensitive(owner)
          ? "Duplicate tag keys found."
          : "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
      );
    }
    tags.set(Key, Value);
  }
  return tags;
}

export const tagOperations = {
  TagUser: defineOperation({ UserName: shapes.userName, Tags: shapes.tags }, (call, input) => {
    const tags = readTags(input.Tags, "user");
    addTags(openUser(call, "iam:TagUser", input.UserName, requestTagContext(tags)), tags, "user");
    return undefined;
  }),
  UntagUser: defineOperation({ UserName: shapes.userName, TagKeys: shapes.tagKeys }, (call, input) => {
    removeTags(openUser(call, "iam:UntagUser", input.UserName, tagKeysContext(input.TagKeys)), input.TagKeys, "user");
    return undefined;
  }),
  ListUserTags: defineOperation({ UserName: shapes.userName, ...shapes.paging }, (call, input) =>
    listTags(openUser(call, "iam:ListUserTags", input.UserName), input),
  ),
  TagRole: defineOperation({ RoleName: shapes.roleName, Tags: shapes.tags }, (call, input) => {
    const tags = readTags(input.Tags, "role");
    addTags(openRole(call, "iam:TagRole", input.RoleName, requestTagContext(tags)), tags, "role");
    return undefined;
  }),
  UntagRole: defineOperation({ RoleName: shapes.roleName, TagKeys: shapes.tagKeys }, (call, input) => {
    removeTags(openRole(call, "iam:UntagRole", input.RoleName, tagKeysContext(input.TagKeys)), input.TagKeys, "role");
    return undefined;
  }),
  ListRoleTags: defineOperation({ RoleName: shapes.roleName, ...shapes.paging }, (call, input) =>
    listTags(openRole(call, "iam:ListRoleTags", input.RoleName), input),
  ),
  TagPolicy: defineOperation({ PolicyArn: shapes.policyArn, Tags: shapes.tags }, (call, input) => {
    const tags = readTags(input.Tags, "policy");
    const context = requestTagContext(tags);
    addTags(openPolicyForChange(call, "iam:TagPolicy", input.PolicyArn, { context }), tags, "policy");
    return undefined;
  }),
  UntagPolicy: defineOperation({ PolicyArn: shapes.policyArn, TagKeys: shapes.tagKeys }, (call, input) => {
    const context = tagKeysContext(input.TagKeys);
    removeTags(openPolicyForChange(call, "iam:UntagPolicy", input.PolicyArn, { context }), input.TagKeys, "policy");
    return undefined;
  }),
  ListPolicyTags: defineOperation({ PolicyArn: shapes.policyArn, ...shapes.paging }, (call, input) =>
    listTags(openPolicy(call, "iam:ListPolicyTags", input.PolicyArn), input),
  ),
};

const QUOTAS: Readonly<Record<TagOwner, string>> = {
  user: "TagsPerUser",
  role: "TagsPerRole",
  policy: "TagsPerPolicy",
  "oidc-provider": "TagsPerOpenIdConnectProvider",
};

/** Adds tags to a resource, replacing those of the same keys. Throws `LimitExceeded`. */
export function addTags(resource: { tags: Map<string, string> }, added: Tags, owner: TagOwner): void {
  const tags = new Map(resource.tags);
  for (const [key, value] of added) {
    const spelled = spellingIn(tags, key, owner);
    if (spelled !== undefined && spelled !== key) tags.delete(spelled);
    tags.set(key, value);
  }
  if (tags.size > TAGS_PER_RESOURCE) {
    // The service model names the code; the words follow the form of IAM's other quotas.
    const quota = QUOTAS[owner];
    throw limitExceeded(`Cannot exceed quota for ${quota}: ${TAGS_PER_RESOURCE}`);
  }
  resource.tags = tags;
}

/** Takes tags away; those that are not there are passed over. */
export function removeTags(resource: { tags: Map<string, string> }, keys: readonly string[], owner: TagOwner): void {
  for (const key of keys) {
    const spelled = spellingIn(resource.tags, key, owner);
    if (spelled !== undefined) resource.tags.delete(spelled);
  }
}

/** Returns a page of the resource's tags. */
export function listTags(resource: { readonly arn: string; readonly tags: Tags }, request: PageRequest): XmlObject {
  const page = pageOf(resource.tags, request, ["tags", resource.arn], ([key]) => key);
  return { Tags: renderTags(new Map(page.items)), ...page.rest };
}

/** Returns `aws:TagKeys` for keys that are to be taken away. */
export function tagKeysContext(keys: readonly string[]): Readonly<Record<string, readonly string[]>> {
  return keys.length === 0 ? {} : { "aws:TagKeys": keys };
}

function isCaseSensitive(owner: TagOwner): boolean {
  return owner === "policy" || owner === "oidc-provider";
}

function spellingIn(tags: Tags, key: string, owner: TagOwner): string | undefined {
  if (isCaseSensitive(owner)) return tags.has(key) ? key : undefined;
  const folded = key.toLowerCase();
  return [...tags.keys()].find((existing) => existing.toLowerCase() === folded);
}
