// May this caller have this role, with these tags and this source identity? The role's trust policy and the caller's own
// policies are asked together, once for each action that the call amounts to.
import type { ContextValue } from "@daypass/policy";
import { authorize, callerArn } from "../authorize.js";
import { AwsError } from "../errors.js";
import { codeInTheCall } from "../mfa/mfa-context.js";
import type { Caller, Role } from "../types.js";
import type { Call } from "../world-types.js";
import type { SessionTags } from "./session-tags.js";

export interface TrustQuestion {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly externalId: string | undefined;
  /** Asked for, or inherited by chaining. */
  readonly sourceIdentity: string | undefined;
  readonly tags: SessionTags;
  /** The call carried a right MFA code. */
  readonly showedCode: boolean;
}

/**
 * Throws `AccessDenied` 403 unless the role exists and everything is allowed. The texts do not tell a missing role from a
 * refusing one, nor whose policy refused: AWS's do not either.
 */
export function requireTrust(call: Call, role: Role | undefined, question: TrustQuestion): asserts role is Role {
  requireAction(call, role, "sts:AssumeRole", question);
  // "Tag … requires sts:TagSession", checked on its own in both policies, also for tags that only come along by
  // chaining (IAM User Guide, "Pass session tags in AWS STS", "Permissions required to add session tags").
  if (question.tags.all.size > 0) requireAction(call, role, "sts:TagSession", question);
  // The same holds for the source identity ("Permissions required to set source identity").
  if (question.sourceIdentity !== undefined) {
    requireAction(call, role, "sts:SetSourceIdentity", question);
    const inherited = inheritedSourceIdentity(call.caller);
    // "After the source identity is set, the value cannot be changed."
    if (inherited !== undefined && inherited !== question.sourceIdentity) {
      throw refusal(call, "sts:SetSourceIdentity", question.roleArn);
    }
  }
}

/** A source identity, once set, goes on through every chained session (IAM User Guide, "Considerations when using source identity"). */
export function inheritedSourceIdentity(caller: Caller): string | undefined {
  return caller.kind === "session" && caller.session.kind === "role" ? caller.session.sourceIdentity : undefined;
}

function requireAction(
  call: Call,
  role: Role | undefined,
  action: string,
  question: TrustQuestion,
): asserts role is Role {
  if (role === undefined) throw refusal(call, action, question.roleArn);
  const decision = authorize(call, {
    action,
    resource: role.arn,
    resourceAccount: role.accountId,
    resourcePolicy: { name: `trust policy of ${role.arn}`, policy: role.trustPolicy.policy },
    context: trustContext(role, question),
  });
  if (!decision.allowed) throw refusal(call, action, question.roleArn);
}

function refusal(call: Call, action: string, roleArn: string): AwsError {
  const who = callerArn(call.caller) ?? "anonymous";
  return new AwsError(
    403,
    "AccessDenied",
    `User: ${who} is not authorized to perform: ${action} on resource: ${roleArn}`,
  );
}

/** Service Authorization Reference, "Actions, resources, and condition keys for AWS Security Token Service". */
function trustContext(role: Role, question: TrustQuestion): Record<string, ContextValue> {
  const context: Record<string, ContextValue> = { "sts:RoleSessionName": question.sessionName };
  // Judged with this call alone: what the role's session gets does not include it (IAM User Guide, "Secure API access with
  // MFA", on AssumeRole).
  if (question.showedCode) Object.assign(context, codeInTheCall);
  if (question.externalId !== undefined) context["sts:ExternalId"] = question.externalId;
  if (question.sourceIdentity !== undefined) context["sts:SourceIdentity"] = question.sourceIdentity;
  const { requested, requestedTransitiveKeys } = question.tags;
  for (const [key, value] of requested) context[`aws:RequestTag/${key}`] = value;
  if (requested.size > 0) context["aws:TagKeys"] = [...requested.keys()];
  if (requestedTransitiveKeys.length > 0) context["sts:TransitiveTagKeys"] = requestedTransitiveKeys;
  for (const [key, value] of role.tags) {
    context[`aws:ResourceTag/${key}`] = value;
    context[`iam:ResourceTag/${key}`] = value;
  }
  return context;
}
