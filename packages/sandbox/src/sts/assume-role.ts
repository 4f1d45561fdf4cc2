// AssumeRole: the one way to temporary credentials here. Asks first (MFA, trust, permissions, duration), mints last.
// Sources: STS API Reference, "AssumeRole", and its service model for the limits; IAM User Guide, "Methods to assume a
// role", "Pass session tags in AWS STS", "Monitor and control actions taken with assumed roles".
import { AwsError } from "../errors.js";
import { findByArn } from "../find.js";
import type { Role } from "../types.js";
import type { Call } from "../world-types.js";
import { defineOperation } from "../wire/operation.js";
import { integer, list, string, structure } from "../wire/shapes.js";
import { issueSession } from "./issue-session.js";
import { packedPolicySize } from "./packed-policy-size.js";
import { readSessionPolicies } from "./session-policies.js";
import { readSessionTags } from "./session-tags.js";
import { requireTrust } from "./require-trust.js";

const ARN = {
  min: 20,
  max: 2048,
  pattern: "[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD]+",
};
const TAG_KEY = { min: 1, max: 128, pattern: "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]+" };

const input = {
  RoleArn: string(true, ARN),
  RoleSessionName: string(true, { min: 2, max: 64, pattern: "[\\w+=,.@-]*" }),
  // "You can provide up to 10 managed policy ARNs"; "The plaintext … can't exceed 2,048 characters".
  PolicyArns: list(false, structure(true, { arn: string(true, ARN) }), { max: 10 }),
  Policy: string(false, { min: 1, max: 2048, pattern: "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+" }),
  DurationSeconds: integer(false, { min: 900, max: 43_200 }),
  Tags: list(
    false,
    structure(true, {
      Key: string(true, TAG_KEY),
      Value: string(true, { min: 0, max: 256, pattern: "[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*" }),
    }),
    { max: 50 },
  ),
  TransitiveTagKeys: list(false, string(true, TAG_KEY), { max: 50 }),
  ExternalId: string(false, { min: 2, max: 1224, pattern: "[\\w+=,.@:\\/-]*" }),
  SerialNumber: string(false, { min: 9, max: 256, pattern: "[\\w+=/:,.@-]*" }),
  TokenCode: string(false, { min: 6, max: 6, pattern: "[\\d]*" }),
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
  refuseMfa(request.SerialNumber, request.TokenCode);
  const tags = readSessionTags(call.caller, request.Tags ?? [], request.TransitiveTagKeys ?? []);
  const found = findByArn(call.inForce, request.RoleArn);
  const role = found?.kind === "role" ? found : undefined;
  const sourceIdentity = request.SourceIdentity ?? inheritedSourceIdentity(call);
  requireTrust(call, role, {
    roleArn: request.RoleArn,
    sessionName: request.RoleSessionName,
    externalId: request.ExternalId,
    sourceIdentity,
    tags,
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
    Credentials: {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: session.secretAccessKey,
      SessionToken: session.sessionToken,
      Expiration: session.expiration,
    },
    PackedPolicySize: packedSize,
    SourceIdentity: sourceIdentity,
  };
});

/** The sandbox has no MFA devices, so no code can be right. Texts as users of the AWS CLI report them. */
function refuseMfa(serialNumber: string | undefined, tokenCode: string | undefined): void {
  if (serialNumber === undefined && tokenCode === undefined) return;
  throw new AwsError(
    403,
    "AccessDenied",
    serialNumber === undefined || tokenCode === undefined
      ? "MultiFactorAuthentication failed, must provide both MFA serial number and one time pass code."
      : "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is valid and associated with this user.",
  );
}

/** A source identity, once set, goes on through every chained session (IAM User Guide, "Considerations when using source identity"). */
function inheritedSourceIdentity(call: Call): string | undefined {
  return call.caller.kind === "session" ? call.caller.session.sourceIdentity : undefined;
}

function requireDuration(call: Call, role: Role, durationSeconds: number): void {
  if (durationSeconds > role.maxSessionDuration) {
    throw new AwsError(
      400,
      "ValidationError",
      "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
    );
  }
  if (call.caller.kind === "session" && durationSeconds > HOUR_IN_SECONDS) {
    throw new AwsError(
      400,
      "ValidationError",
      "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.",
    );
  }
}
