// A user's keys made less: GetFederationToken gives the overlap of what the user may and what the policy says.
import { AuthError } from "../errors.js";
import { sessionKey } from "../sessions/session-key.js";
import type { ClientSettings, CredentialsSource, ObtainedSession, SessionQuestion, SourceContext } from "../types.js";
import { askForSession } from "./ask-for-session.js";
import { checkSessionPolicy } from "./check-session-policy.js";
import type { AskedFor } from "./explain-failure.js";
import { checkUserDuration, refuseSessionSource, requireUserKeys } from "./session-token-source.js";

export interface FederationTokenOptions {
  /** A user's own keys. */
  readonly from: CredentialsSource;
  /** 2 to 32 of letters, digits and `_+=,.@-`: STS API reference, GetFederationToken, Name. */
  readonly name: string;
  /** 900 to 129,600 seconds. */
  readonly durationSeconds: number;
  /** Session policy as JSON text. Without it and `policyArns`, the session may do next to nothing. */
  readonly policy?: string;
  readonly policyArns?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly client: ClientSettings;
  readonly description: string;
}

const refuse = (message: string, hint: string): never => {
  throw new AuthError("invalid_option", message, { hint });
};

const checkForm = ({ name, durationSeconds, policy, policyArns }: FederationTokenOptions): void => {
  checkUserDuration(durationSeconds);
  if (!/^[\w+=,.@-]{2,32}$/.test(name)) {
    refuse("the name of the federated session is not 2 to 32 of letters, digits and _+=,.@-", "shorten or correct it");
  }
  // STS API reference: at most 2,048 characters and ten ARNs. No ARNs would narrow nothing.
  if (policy !== undefined && policy.length > 2_048) refuse("the session policy is longer than 2048", "use policyArns");
  checkSessionPolicy(policy);
  if (policyArns !== undefined && (policyArns.length === 0 || policyArns.length > 10)) {
    refuse("policyArns are not 1 to 10 ARNs of managed policies", "name at least one, or leave it out");
  }
};

/**
 * Returns a source of a federated session: at most what the user may, and of that only what the policies allow. Such a
 * session can call neither IAM nor STS (but GetCallerIdentity), so no role can be assumed with it.
 * Throws `invalid_option` where `from` gives sessions or a field is malformed. `get` rejects as a role's source does.
 */
export const createFederationTokenSource = (
  context: SourceContext,
  options: FederationTokenOptions,
): CredentialsSource => {
  const { from, name, durationSeconds, policy, policyArns, tags, client, description } = options;
  checkForm(options);
  refuseSessionSource(from, "GetFederationToken");
  const question: SessionQuestion = {
    kind: "federation_token",
    name,
    durationSeconds,
    policy,
    policyArns: policyArns?.toSorted(),
    tags,
    region: client.region,
    endpoint: client.endpoint,
    useFipsEndpoint: client.useFipsEndpoint,
    useDualstackEndpoint: client.useDualstackEndpoint,
    source: sessionKey(from.question),
  };
  const asked: AskedFor = {
    what: `a federated session to ${from.description}`,
    deniedHint: "the user's policies must allow sts:GetFederationToken, and sts:TagSession where tags are given",
    externalId: null,
  };

  const input = {
    Name: name,
    DurationSeconds: durationSeconds,
    ...(policy !== undefined && { Policy: policy }),
    ...(policyArns !== undefined && { PolicyArns: policyArns.map((arn) => ({ arn })) }),
    // An empty list would go over the wire as an empty parameter.
    ...(tags !== undefined &&
      Object.keys(tags).length > 0 && { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }),
  };
  const obtain = async (): Promise<ObtainedSession> =>
    askForSession(context, {
      credentials: requireUserKeys(await from.get(), "GetFederationToken"),
      client,
      durationSeconds,
      asked,
      send: async (sts, abortSignal) => {
        const { GetFederationTokenCommand } = await import("@aws-sdk/client-sts");
        return sts.send(new GetFederationTokenCommand(input), { abortSignal });
      },
    });
  const asksPerson = from.asksPerson === true;
  return {
    question,
    description,
    ...(asksPerson && { asksPerson }),
    get: async () => (await context.keeper.get(question, { needsPerson: asksPerson, obtain })).credentials,
  };
};
