// GetFederationToken: a session of somebody whom a user vouches for. Sources: STS API Reference, "GetFederationToken"; IAM
// User Guide, "Permissions for GetFederationToken".
import { accountDecides } from "../account-decides.js";
import { authorize, callerArn } from "../authorize.js";
import { AwsError } from "../errors.js";
import { defineOperation } from "../wire/operation.js";
import { integer, string } from "../wire/shapes.js";
import type { Call } from "../world-types.js";
import { accountOf } from "./caller-account.js";
import * as shapes from "./input-shapes.js";
import { issueFederatedSession, renderCredentials } from "./issue-session.js";
import { packedPolicySize } from "./packed-policy-size.js";
import { requireLongTermKey } from "./require-long-term-key.js";
import { readSessionPolicies } from "./session-policies.js";
import { readSessionTags } from "./session-tags.js";
import type { SessionTags } from "./session-tags.js";

/** 12 hours unless the user asks for another duration, up to 36. */
const DEFAULT_SECONDS = 43_200;

/**
 * Returns credentials that may do what both the user and the policies of the request allow; without policies nothing.
 * Throws `AccessDenied`, `MalformedPolicyDocument` and `PackedPolicyTooLarge`.
 */
export const getFederationToken = defineOperation(
  {
    Name: string(true, { min: 2, max: 32, pattern: "[\\w+=,.@-]*" }),
    ...shapes.sessionPolicyInput,
    DurationSeconds: integer(false, { min: 900, max: 129_600 }),
    Tags: shapes.tags,
  },
  (call, request) => {
    const user = requireLongTermKey(call, "GetFederationToken");
    const arn = `arn:aws:sts::${user.accountId}:federated-user/${request.Name}`;
    call.noted.resource = arn;
    const tags = readSessionTags(call.caller, request.Tags ?? [], []);
    requireAction(call, "sts:GetFederationToken", arn, tags);
    // IAM User Guide, "Pass session tags in AWS STS", "Permissions required to add session tags".
    if (tags.all.size > 0) requireAction(call, "sts:TagSession", arn, tags);
    const policyArns = (request.PolicyArns ?? []).map((policy) => policy.arn);
    const sessionPolicies = readSessionPolicies(call, user, request.Policy, policyArns);
    const packedSize = packedPolicySize(request.Policy, policyArns, tags.all);
    const session = issueFederatedSession(call, user, {
      name: request.Name,
      durationSeconds: request.DurationSeconds ?? DEFAULT_SECONDS,
      tags: tags.all,
      sessionPolicies,
    });
    return {
      Credentials: renderCredentials(session),
      FederatedUser: { FederatedUserId: session.federatedUserId, Arn: session.sessionArn },
      PackedPolicySize: packedSize,
    };
  },
);

function requireAction(call: Call, action: string, resource: string, { requested }: SessionTags): void {
  const context = Object.fromEntries([...requested].map(([key, value]) => [`aws:RequestTag/${key}`, value]));
  const resourceAccount = accountOf(call.caller);
  const { allowed } = authorize(call, {
    action,
    resource,
    resourceAccount,
    // No role is asked for, so that no trust policy has a say about the tags.
    resourcePolicy: accountDecides(resourceAccount),
    context: requested.size === 0 ? context : { ...context, "aws:TagKeys": [...requested.keys()] },
  });
  if (allowed) return;
  const who = callerArn(call.caller) ?? "anonymous";
  throw new AwsError(
    403,
    "AccessDenied",
    `User: ${who} is not authorized to perform: ${action} on resource: ${resource}`,
  );
}
