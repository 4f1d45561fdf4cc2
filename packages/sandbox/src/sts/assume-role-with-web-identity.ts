// AssumeRoleWithWebIdentity: a session for whoever holds a token of a trusted issuer. The call is unsigned: the token is
// checked first, then the trust, then the duration. Sources: STS API Reference, "AssumeRoleWithWebIdentity", and its
// service model for the limits.
import { AwsError } from "../errors.js";
import { findByArn } from "../find.js";
import type { Call } from "../world-types.js";
import { readSessionClaims } from "../web-identity/read-claims.js";
import { verifyWebIdentityToken } from "../web-identity/verify-token.js";
import { defineOperation } from "../wire/operation.js";
import type { QueryOperation } from "../wire/operation.js";
import { integer, list, string, structure } from "../wire/shapes.js";
import { issueSession, renderCredentials } from "./issue-session.js";
import { packedPolicySize } from "./packed-policy-size.js";
import { requireWebIdentityTrust } from "./require-web-identity-trust.js";
import { readSessionPolicies } from "./session-policies.js";
import { readSessionTags } from "./session-tags.js";

const ARN = {
  min: 20,
  max: 2048,
  pattern: "[\\u0009\\u000A\\u000D\\u0020-\\u007E\\u0085\\u00A0-\\uD7FF\\uE000-\\uFFFD]+",
};

const input = {
  RoleArn: string(true, ARN),
  RoleSessionName: string(true, { min: 2, max: 64, pattern: "[\\w+=,.@-]*" }),
  // Its constraint is checked here and not by the shape, whose refusals repeat the value: a token is a secret.
  WebIdentityToken: string(true),
  ProviderId: string(false, { min: 4, max: 2048 }),
  PolicyArns: list(false, structure(true, { arn: string(true, ARN) }), { max: 10 }),
  Policy: string(false, { min: 1, max: 2048, pattern: "[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+" }),
  DurationSeconds: integer(false, { min: 900, max: 43_200 }),
};

const HOUR_IN_SECONDS = 3600;
/** Characters, as the service model has it. */
const TOKEN_LENGTH = { min: 4, max: 20_000 };

/**
 * Returns credentials of a new session of the role. Throws `InvalidIdentityToken` and `ExpiredTokenException` for the token,
 * `AccessDenied` alike for a role that does not exist and for one that refuses, and the refusals of AssumeRole for the rest.
 */
export const assumeRoleWithWebIdentity: QueryOperation = {
  ...defineOperation(input, (signedCall, request) => {
    // Whoever signed the call as well gets nothing by it: the token alone says who asks.
    const call: Call = { ...signedCall, caller: { kind: "anonymous", principal: { type: "anonymous" } } };
    call.noted.resource = request.RoleArn;
    const [, accountId] = /^arn:aws:iam::(\d{12}):role\/[\x21-\x7e]+$/.exec(request.RoleArn) ?? [];
    if (accountId === undefined) throw new AwsError(400, "ValidationError", "Request ARN is invalid");
    requireTokenLength(request.WebIdentityToken);
    if (request.ProviderId !== undefined) {
      // "Do not specify this value for OpenID Connect ID tokens" (STS API Reference); OAuth 2.0 tokens are not served here.
      throw new AwsError(
        400,
        "ValidationError",
        "ProviderId is for OAuth 2.0 access tokens, which are not served here",
      );
    }
    const identity = verifyWebIdentityToken(call.world, accountId, request.WebIdentityToken);
    const asked = readSessionClaims(identity.claims);
    const tags = readSessionTags(call.caller, asked.tags, asked.transitiveTagKeys);
    const found = findByArn(call.inForce, request.RoleArn);
    const role = found?.kind === "role" ? found : undefined;
    const { sourceIdentity } = asked;
    const sessionName = request.RoleSessionName;
    requireWebIdentityTrust(call, role, { identity, sessionName, tags, sourceIdentity });
    const durationSeconds = request.DurationSeconds ?? HOUR_IN_SECONDS;
    if (durationSeconds > role.maxSessionDuration) {
      throw new AwsError(
        400,
        "ValidationError",
        "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
      );
    }
    const policyArns = (request.PolicyArns ?? []).map(({ arn }) => arn);
    const sessionPolicies = readSessionPolicies(call, role, request.Policy, policyArns);
    const packedSize = packedPolicySize(request.Policy, policyArns, tags.all);
    const session = issueSession(call, role, {
      sessionName,
      durationSeconds,
      tags: tags.all,
      transitiveTagKeys: tags.transitiveKeys,
      sourceIdentity,
      sessionPolicies,
      federatedProvider: identity.provider.arn,
    });
    return {
      Audience: identity.audience,
      AssumedRoleUser: { AssumedRoleId: `${role.uniqueId}:${sessionName}`, Arn: session.sessionArn },
      Provider: identity.provider.arn,
      Credentials: renderCredentials(session),
      PackedPolicySize: packedSize,
      SourceIdentity: sourceIdentity,
      SubjectFromWebIdentityToken: identity.subject,
    };
  }),
  unsigned: true,
};

function requireTokenLength({ length }: string): void {
  const broken =
    length < TOKEN_LENGTH.min
      ? `greater than or equal to ${TOKEN_LENGTH.min}`
      : length > TOKEN_LENGTH.max
        ? `less than or equal to ${TOKEN_LENGTH.max}`
        : undefined;
  if (broken === undefined) return;
  throw new AwsError(
    400,
    "ValidationError",
    `1 validation error detected: Value at 'webIdentityToken' failed to satisfy constraint: Member must have length ${broken}`,
  );
}
