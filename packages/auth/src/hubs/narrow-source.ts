// Less of an identity: where AWS has a way, it is taken; where it has none, that is said, never passed over.
import { AuthError } from "../errors.js";
import { createFederationTokenSource } from "../sts/federation-token-source.js";
import type {
  AwsCredentials,
  ClientSettings,
  CredentialsSource,
  Narrowing,
  SessionQuestion,
  SourceContext,
} from "../types.js";

export interface NarrowOptions {
  /** Of the `sts` service. */
  readonly client: ClientSettings;
  /** Of a federated session, where no `roleSessionName` is given: 2 to 32 characters. */
  readonly federatedName: string;
}

const FEDERATED_SECONDS = 3_600;

const cannot = (message: string, hint: string): AuthError => new AuthError("cannot_narrow", message, { hint });

const REMEDY = "name a role that trusts this identity, and narrow that";

/** Why AWS has no way, by kind. */
const WHY: Partial<Record<SessionQuestion["kind"], string>> = {
  session_token: "a session of a user is the whole user: GetSessionToken takes no policy",
  sso_role: "a role of IAM Identity Center is its permission set: GetRoleCredentials takes no policy",
  federation_token: "a federated session cannot ask for another one",
};

/** Where keys may be a user's own. */
const FEDERATED: ReadonlySet<SessionQuestion["kind"]> = new Set(["keys", "environment", "process"]);

const isEmpty = (narrowing: Narrowing): boolean => Object.values(narrowing).every((value) => value === undefined);

/** GetFederationToken has no place for these; to leave them out would be to drop a limit. */
const NOT_FEDERATED = ["externalId", "sourceIdentity", "transitiveTagKeys"] as const;

const federate = (
  context: SourceContext,
  source: CredentialsSource,
  narrowing: Narrowing,
  { client, federatedName }: NarrowOptions,
): CredentialsSource => {
  const lost = NOT_FEDERATED.find((field) => narrowing[field] !== undefined);
  if (lost !== undefined) throw cannot(`a user's own keys cannot be narrowed by ${lost}`, REMEDY);
  const { policy, policyArns, tags, durationSeconds = FEDERATED_SECONDS, roleSessionName = federatedName } = narrowing;
  // STS API reference, GetFederationToken: without a policy the session may do next to nothing.
  if (policy === undefined && policyArns === undefined) {
    throw cannot("a user's own keys are narrowed by a policy, and none is given", "give policy or policyArns");
  }
  // What the environment or a command gives is known when it is there.
  const get = async (): Promise<AwsCredentials> => {
    const credentials = await source.get();
    if (credentials.sessionToken === undefined) return credentials;
    throw cannot(
      `${source.description} cannot be narrowed: they are keys of a session, and AWS makes nothing less of those`,
      REMEDY,
    );
  };
  return createFederationTokenSource(context, {
    from: { ...source, get },
    name: roleSessionName,
    durationSeconds,
    client,
    description: `${source.description}, narrowed (a federated session: it can call neither IAM nor STS, and assume no role)`,
    ...(policy !== undefined && { policy }),
    ...(policyArns !== undefined && { policyArns }),
    ...(tags !== undefined && { tags }),
  });
};

/**
 * Returns a source with less: a role is assumed with all of the narrowing, a user's own keys become a federated session.
 * Throws `cannot_narrow` with the remedy for every other identity, and `invalid_option` where a field is malformed.
 * A narrowing of nothing returns the source itself.
 */
export const narrowSource = (
  context: SourceContext,
  source: CredentialsSource,
  narrowing: Narrowing,
  options: NarrowOptions,
): CredentialsSource => {
  if (isEmpty(narrowing)) return source;
  if (source.narrow !== undefined) return source.narrow(narrowing);
  const { kind } = source.question;
  if (FEDERATED.has(kind)) return federate(context, source, narrowing, options);
  throw cannot(`${source.description} cannot be narrowed: ${WHY[kind] ?? "AWS has no way to make less of it"}`, REMEDY);
};
