// IAM's default quotas (IAM User Guide, "IAM and AWS STS quotas") and the refusals that guard them.
import type { StoredPolicy } from "../types.js";
import { limitExceeded } from "./refusals.js";

export const ACCESS_KEYS_PER_USER = 2;
export const GROUPS_PER_USER = 10;
export const MFA_DEVICES_PER_USER = 8;
export const VERSIONS_PER_POLICY = 5;
export const TAGS_PER_RESOURCE = 50;
const MANAGED_POLICIES_PER_ENTITY = 10;
const MANAGED_POLICY_CHARACTERS = 6144;
const TRUST_POLICY_CHARACTERS = 2048;
/** All inline policies of one entity together. */
const INLINE_CHARACTERS = { user: 2048, group: 5120, role: 10_240 } as const;

/** The same page: "IAM doesn't count white space when calculating the size of a policy against these quotas." */
function countedCharacters(document: string): number {
  return document.replace(/\s/g, "").length;
}

/** Throws `LimitExceeded` when the document is too long for a managed policy. */
export function requireManagedPolicySize(document: string): void {
  if (countedCharacters(document) > MANAGED_POLICY_CHARACTERS) {
    throw limitExceeded(`Cannot exceed quota for PolicySize: ${MANAGED_POLICY_CHARACTERS}`);
  }
}

/** Throws `LimitExceeded` when the document is too long for a trust policy. */
export function requireTrustPolicySize(document: string): void {
  if (countedCharacters(document) > TRUST_POLICY_CHARACTERS) {
    throw limitExceeded(`Cannot exceed quota for ACLSizePerRole: ${TRUST_POLICY_CHARACTERS}`);
  }
}

/** Throws `LimitExceeded` when the entity's inline policies, with this one put in, are too long together. */
export function requireInlinePolicySize(
  entity: {
    readonly kind: "user" | "group" | "role";
    readonly name: string;
    readonly inlinePolicies: ReadonlyMap<string, StoredPolicy>;
  },
  policyName: string,
  document: string,
): void {
  let characters = countedCharacters(document);
  for (const [name, { text }] of entity.inlinePolicies) if (name !== policyName) characters += countedCharacters(text);
  const limit = INLINE_CHARACTERS[entity.kind];
  if (characters > limit) {
    throw limitExceeded(`Maximum policy size of ${limit} bytes exceeded for ${entity.kind} ${entity.name}`);
  }
}

/** Throws `LimitExceeded` when no further managed policy can be attached. */
export function requireRoomForAttachment(entity: {
  readonly kind: "user" | "group" | "role";
  readonly attachedPolicyArns: ReadonlySet<string>;
}): void {
  if (entity.attachedPolicyArns.size >= MANAGED_POLICIES_PER_ENTITY) {
    const quota = { user: "PoliciesPerUser", group: "PoliciesPerGroup", role: "PoliciesPerRole" }[entity.kind];
    throw limitExceeded(`Cannot exceed quota for ${quota}: ${MANAGED_POLICIES_PER_ENTITY}`);
  }
}
