// A role assumed with other credentials: the step that every chain, hub and profile is made of.
import { createAssumeRole, CredentialsError } from "@daypass/credentials";
import { AuthError } from "../errors.js";
import { getOfOneSignIn } from "../sessions/get-of-one-sign-in.js";
import { sessionKey } from "../sessions/session-key.js";
import type {
  AwsCredentials,
  ClientSettings,
  CredentialsSource,
  MfaDevice,
  Narrowing,
  ObtainedSession,
  RoleRequest,
  SessionQuestion,
  SourceContext,
} from "../types.js";
import { copyKeys } from "./ask-aws.js";
import { askWithCode } from "./ask-with-code.js";
import { checkSessionPolicy } from "./check-session-policy.js";
import { explainFailure, type AskedFor } from "./explain-failure.js";

export interface RoleSourceOptions {
  /** Who assumes the role. */
  readonly from: CredentialsSource;
  /** `region` must be the client's. `mfaSerial` may be left out: it is the device's. */
  readonly request: RoleRequest;
  readonly mfa?: MfaDevice;
  readonly client: ClientSettings;
  readonly description: string;
}

/** A role can always be made less of: AssumeRole takes every narrowing. */
export interface RoleSource extends CredentialsSource {
  readonly narrow: (narrowing: Narrowing) => RoleSource;
}

/** The longest session of a role that is assumed by a session: 3,600 seconds. */
export const CHAINED_SECONDS = 3_600;

// IAM User Guide, "Roles terms and concepts", "Role chaining": one hour at most. STS holds sessions of GetSessionToken to
// the same, in the same words (mmmorris1975/aws-runas issue 11, coinbase/assume-role issue 24).
const SESSIONS: ReadonlySet<SessionQuestion["kind"]> = new Set([
  "assume_role",
  "session_token",
  "sso_role",
  "web_identity",
  "container",
  "instance",
]);

/** True where what this source gives is a session for certain, so that a role assumed by it ends after an hour. */
const isSessionSource = (source: CredentialsSource): boolean => SESSIONS.has(source.question.kind);

const capRequest = ({ from, request, mfa, client }: RoleSourceOptions): RoleRequest => {
  if (request.region !== client.region) {
    throw new AuthError("invalid_option", "the role is asked for in one region and the client is of another", {
      hint: "give both the same region",
    });
  }
  if (request.mfaSerial !== undefined && request.mfaSerial !== mfa?.serial) {
    throw new AuthError("invalid_option", "the role is asked for with an MFA device whose codes nobody gives", {
      hint: "give `mfa` with the serial that the request names",
    });
  }
  checkSessionPolicy(request.policy);
  const { durationSeconds } = request;
  return {
    ...request,
    durationSeconds: isSessionSource(from) ? Math.min(durationSeconds, CHAINED_SECONDS) : durationSeconds,
    ...(mfa !== undefined && { mfaSerial: mfa.serial }),
  };
};

const questionOf = (request: RoleRequest, client: ClientSettings, from: CredentialsSource): SessionQuestion => {
  // Naming every field here makes the compiler refuse a field of RoleRequest that the question forgets.
  const asked: Record<keyof RoleRequest, SessionQuestion[string]> = {
    roleArn: request.roleArn,
    roleSessionName: request.roleSessionName,
    externalId: request.externalId,
    durationSeconds: request.durationSeconds,
    region: request.region,
    policy: request.policy,
    // Sets to STS: their order makes no other question.
    policyArns: request.policyArns?.toSorted(),
    tags: request.tags,
    transitiveTagKeys: request.transitiveTagKeys?.toSorted(),
    sourceIdentity: request.sourceIdentity,
    mfaSerial: request.mfaSerial,
  };
  return {
    kind: "assume_role",
    ...asked,
    endpoint: client.endpoint,
    useFipsEndpoint: client.useFipsEndpoint,
    useDualstackEndpoint: client.useDualstackEndpoint,
    source: sessionKey(from.question),
  };
};

const accountOf = (roleArn: string): string | undefined => /^arn:[a-z-]+:iam::(\d{12}):/.exec(roleArn)?.[1];

const deniedHint = (mfa: MfaDevice | undefined): string =>
  mfa === undefined
    ? "check the role's name and account, that its trust policy names who asks, and that their policies allow it; a role that asks for MFA needs a device to be named"
    : "check the role's name and account, that its trust policy names who asks, and that their policies allow it";

const FIELDS = ["policy", "policyArns", "tags", "transitiveTagKeys", "sourceIdentity"] as const;

/**
 * The request with less. What is set already stays: of two policies AWS would take the sum, and of two values the second,
 * so that "less" could turn out to be more.
 */
const narrowRequest = (request: RoleRequest, narrowing: Narrowing): RoleRequest => {
  const isNarrowed = request.policy !== undefined || request.policyArns !== undefined;
  const isPolicy = (field: string) => field === "policy" || field === "policyArns";
  const clash = FIELDS.find(
    (field) => narrowing[field] !== undefined && (request[field] !== undefined || (isPolicy(field) && isNarrowed)),
  );
  const { externalId } = narrowing;
  const isOtherId = externalId !== undefined && request.externalId !== null && externalId !== request.externalId;
  if (clash !== undefined || isOtherId) {
    throw new AuthError("cannot_narrow", `the role is asked for with another ${clash ?? "externalId"} already`, {
      hint: "change it where the role is set up",
    });
  }
  const given = Object.entries(narrowing).filter(([, value]) => value !== undefined);
  return { ...request, ...Object.fromEntries(given) };
};

/**
 * Returns a source that assumes a role with what `from` gives, kept by the whole question. Where `from` is a session the
 * role's session is capped at one hour, and the description says so. Throws `invalid_option` where the request
 * contradicts the client or the device, or its policy cannot be read. `get` rejects with `access_denied`, `mfa_refused`, `caller_credentials`,
 * `aws_unavailable`, `invalid_option`, or what `from` and the device reject with.
 */
export const createRoleSource = (context: SourceContext, options: RoleSourceOptions): RoleSource => {
  const { from, mfa, client } = options;
  const request = capRequest(options);
  const isCapped = request.durationSeconds < options.request.durationSeconds;
  const question = questionOf(request, client, from);
  const asksPerson = mfa !== undefined || from.asksPerson === true;
  const ofSignIn = from.signInId !== undefined && { signInId: from.signInId };
  const asked: AskedFor = {
    what: `${request.roleArn} to ${from.description}`,
    deniedHint: deniedHint(mfa),
    externalId: request.externalId,
  };

  const assume = async (credentials: AwsCredentials, code: string | undefined): Promise<ObtainedSession> => {
    try {
      const { region: _, ...reach } = client;
      const assumeRole = createAssumeRole({
        credentials: copyKeys(credentials),
        now: context.now,
        ...reach,
        ...(context.requestHandler !== undefined && { requestHandler: context.requestHandler }),
        ...(code !== undefined && { mfaCode: async () => code }),
      });
      const role = await assumeRole(request);
      const accountId = accountOf(request.roleArn);
      return {
        credentials: { ...role.credentials, ...(accountId !== undefined && { accountId }) },
        arn: role.assumedRoleArn,
        ...(role.clockOffsetMs !== undefined && { clockOffsetMs: role.clockOffsetMs }),
      };
    } catch (error) {
      throw explainFailure(error, asked);
    }
  };

  const obtain = async (): Promise<ObtainedSession> => {
    const { credentials, signInId } = await getOfOneSignIn(from);
    try {
      const role = await askWithCode(context.prompt, mfa, (code) => assume(credentials, code));
      return { ...role, ...(signInId !== undefined && { signInId }) };
    } catch (error) {
      if (!isDeadSession(error)) throw error;
      // Revoked or dead with the key it came from: the next asking must not be answered from the cache.
      await context.keeper.forget(from.question);
      throw error;
    }
  };

  return {
    question,
    description: isCapped
      ? `${options.description} (one hour at most: a session assumes the role)`
      : options.description,
    ...(asksPerson && { asksPerson }),
    narrow: (narrowing) =>
      createRoleSource(context, { ...options, request: narrowRequest(options.request, narrowing) }),
    ...ofSignIn,
    get: async () => {
      const kept = await context.keeper.get(question, { needsPerson: asksPerson, obtain, ...ofSignIn });
      return kept.credentials;
    },
  };
};

/** True where AWS does not know the session that asked, or says that it has ended. A wrong clock is not that. */
const isDeadSession = (error: unknown): boolean =>
  error instanceof AuthError &&
  error.code === "caller_credentials" &&
  error.cause instanceof CredentialsError &&
  error.cause.code === "caller_credentials";
