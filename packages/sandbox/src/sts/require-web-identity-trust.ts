// May the holder of this web identity have this role? Only the role's trust policy has a say: the caller is in no account.
// Sources: IAM User Guide, "Available keys for AWS OIDC federation", and "Pass session tags in AWS STS".
import type { ContextValue } from "@daypass/policy";
import { authorize } from "../authorize.js";
import { AwsError } from "../errors.js";
import type { Role } from "../types.js";
import type { Call } from "../world-types.js";
import type { WebIdentity } from "../web-identity/verify-token.js";
import type { SessionTags } from "./session-tags.js";

export interface WebIdentityQuestion {
  readonly identity: WebIdentity;
  readonly sessionName: string;
  readonly tags: SessionTags;
  readonly sourceIdentity: string | undefined;
}

/**
 * Throws `AccessDenied` 403, alike for a role that does not exist and for one that does not trust the identity. With tags
 * or a source identity in the token, the trust policy must allow those too.
 */
export function requireWebIdentityTrust(
  call: Call,
  role: Role | undefined,
  question: WebIdentityQuestion,
): asserts role is Role {
  requireAction(call, role, "sts:AssumeRoleWithWebIdentity", question);
  if (question.tags.all.size > 0) requireAction(call, role, "sts:TagSession", question);
  if (question.sourceIdentity !== undefined) requireAction(call, role, "sts:SetSourceIdentity", question);
}

function requireAction(
  call: Call,
  role: Role | undefined,
  action: string,
  question: WebIdentityQuestion,
): asserts role is Role {
  if (role !== undefined) {
    const principal = { type: "federated", provider: question.identity.provider.arn } as const;
    const decision = authorize(
      { ...call, caller: { kind: "anonymous", principal } },
      {
        action,
        resource: role.arn,
        resourceAccount: role.accountId,
        resourcePolicy: { name: `trust policy of ${role.arn}`, policy: role.trustPolicy.policy },
        context: contextOf(role, question),
      },
    );
    if (decision.allowed) return;
  }
  throw new AwsError(403, "AccessDenied", `Not authorized to perform ${action}`);
}

function contextOf(role: Role, { identity, sessionName, tags, sourceIdentity }: WebIdentityQuestion) {
  const { provider, audience, subject, claims } = identity;
  const context: Record<string, ContextValue> = {
    "sts:RoleSessionName": sessionName,
    [`${provider.url}:aud`]: audience,
    [`${provider.url}:sub`]: subject,
  };
  const { aud, azp, amr } = claims;
  // "oaud": the audience of a token whose `aud` key is taken by the authorized party.
  if (azp !== undefined && typeof aud === "string") context[`${provider.url}:oaud`] = aud;
  if (isListOfText(amr)) context[`${provider.url}:amr`] = amr;
  if (sourceIdentity !== undefined) context["sts:SourceIdentity"] = sourceIdentity;
  for (const [key, value] of tags.requested) context[`aws:RequestTag/${key}`] = value;
  if (tags.requested.size > 0) context["aws:TagKeys"] = [...tags.requested.keys()];
  if (tags.requestedTransitiveKeys.length > 0) context["sts:TransitiveTagKeys"] = tags.requestedTransitiveKeys;
  for (const [key, value] of role.tags) {
    context[`aws:ResourceTag/${key}`] = value;
    context[`iam:ResourceTag/${key}`] = value;
  }
  return context;
}

function isListOfText(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "string");
}
