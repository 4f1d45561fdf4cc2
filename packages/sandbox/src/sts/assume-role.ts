// AssumeRole: temporary credentials of a role. Asks first (MFA, trust, permissions, duration), mints last.
// Sources: STS API Reference, "AssumeRole", and its service model for the limits; IAM User Guide, "Methods to assume a
// role", "Pass session tags in AWS STS", "Monitor and control actions taken with assumed roles".
import { AwsError } from "../errors.js";
import { findByArn } from "../find.js";
import type { Role } from "../types.js";
import type { Call } from "../world-types.js";
import { defineOperation } from "../wire/operation.js";
import { integer, list, string } from "../wire/shapes.js";
import * as shapes from "./input-shapes.js";
import { issueSession, renderCredentials } from "./issue-session.js";
import { packedPolicySize } from "./packed-policy-size.js";
import { readSessionPolicies } from "./session-policies.js";
import { readSessionTags } from "./session-tags.js";
import { requireMfa } from "./require-mfa.js";
import { inheritedSourceIdentity, requireTrust } from "./require-trust.js";

const input = {
  RoleArn: string(true, shapes.arn),
  RoleSessionName: string(true, { min: 2, max: 64, pattern: "[\\w+=,.@-]*" }),
  ...shapes.sessionPolicyInput,
  DurationSeconds: integer(false, { min: 900, max: 43_200 }),
  Tags: shapes.tags,
  TransitiveTagKeys: list(false, string(true, shapes.tagKey), { max: 50 }),
  ExternalId: string(false, { min: 2, max: 1224, pattern: "[\\w+=,.@:\\/-]*" }),
  ...shapes.mfaInput,
  SourceIdentity: string(false, { min: 2, max: 64, pattern: "[\\w+=,.@-]*" }),
};

const HOUR_IN_SECONDS = 3600;

/**
 * Returns credentials of a new session of the role. Throws `AccessDenied` alike for a role that does not exist and for
 * one that refuses, `ValidationError` for durations, `MalformedPolicyDocument` and `PackedPolicyTooLarge`.
 */
export const assumeRole = defineOperation(input, (call, request) => {
  call.noted.resource = request.RoleArn;
  if (!/^arn:aws:iam::\d{12}:role\/[\x21-\x7e]+$/.test(request.RoleArn)) {
    throw new AwsError(400, "ValidationError", `${request.RoleArn} is invalid`);
  }
  const showedCode = requireMfa(call, request.SerialNumber, request.TokenCode);
  const tags = readSessionTags(call.caller, request.Tags ?? [], request.TransitiveTagKeys ?? []);
  const found = findByArn(call.inForce, request.RoleArn);
  const role = found?.kind === "role" ? found : undefined;
  const sourceIdentity = request.SourceIdentity ?? inheritedSourceIdentity(call.caller);
  requireTrust(call, role, {
    roleArn: request.RoleArn,
    sessionName: request.RoleSessionName,
    externalId: request.ExternalId,
    sourceIdentity,
    tags,
    showedCode,
  });
  const durationSeconds = request.DurationSeconds ?? HOUR_IN_SECONDS;
  requireDuration(call, role, durationSeconds);
  const policyArns = (request.PolicyArns ?? []).map(({ arn }) => arn);
  const sessionPolicies = readSessionPolicies(call, role, request.Policy, policyArns);
  const packedSize = packedPolicySize(request.Policy, policyArns, tags.all);
  const session = issueSession(call, role, {
    sessionName: request.RoleSessionName,
    durationSeconds,
    tags: tags.all,
    transitiveTagKeys: tags.transitiveKeys,
    sourceIdentity,
    sessionPolicies,
  });
  return {
    AssumedRoleUser: {
      AssumedRoleId: `${role.uniqueId}:${session.sessionName}`,
      Arn: session.sessionArn,
    },
    Credentials: renderCredentials(session),
    PackedPolicySize: packedSize,
    SourceIdentity: sourceIdentity,
  };
});

function requireDuration(call: Call, role: Role, durationSeconds: number): void {
  if (durationSeconds > role.maxSessionDuration) {
    throw new AwsError(
      400,
      "ValidationError",
      "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    );
  }
  // STS counts every session as one, a user's own included: with the credentials of GetSessionToken more than an hour is
  // refused in these words too, as users of aws-runas (issue 11) and aws-vault (issue 263) report.
  if (call.caller.kind === "session" && durationSeconds > HOUR_IN_SECONDS) {
    throw new AwsError(
      400,
      "ValidationError",
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
    );
  }
}
