// GetSessionToken and GetFederationToken differ in what is asked; how it is asked and believed is here, once.
import type { STSClient } from "@aws-sdk/client-sts";
import type { AwsCredentials, ClientSettings, ObtainedSession, SourceContext } from "../types.js";
import { askAws, clientConfig, hearClock, type HeardClock } from "./ask-aws.js";
import { checkSession, type GivenCredentials } from "./check-session.js";
import { explainFailure, type AskedFor } from "./explain-failure.js";

/** What of the two answers is looked at. */
export interface SessionAnswer {
  readonly Credentials?: GivenCredentials | undefined;
  readonly FederatedUser?: { readonly Arn?: string | undefined } | undefined;
}

export interface SessionAsking {
  /** A user's own keys. */
  readonly credentials: AwsCredentials;
  readonly client: ClientSettings;
  readonly durationSeconds: number;
  readonly asked: AskedFor;
  readonly send: (sts: STSClient, signal: AbortSignal) => Promise<SessionAnswer>;
}

/**
 * Asks STS once and returns the session, checked. Rejects with the `AuthError` that `explainFailure` makes.
 * The AWS SDK is loaded here, on a cold path only.
 */
export const askForSession = async (
  context: Pick<SourceContext, "now" | "requestHandler">,
  { credentials, client, durationSeconds, asked, send }: SessionAsking,
): Promise<ObtainedSession> => {
  const { STSClient } = await import("@aws-sdk/client-sts");
  const heard: HeardClock = { offsetMs: undefined };
  // Tokens of the global endpoint are not valid in opt-in regions: IAM User Guide, "Manage AWS STS in an AWS Region".
  const sts = new STSClient({ ...clientConfig(context, client, credentials, 1), useGlobalEndpoint: false });
  sts.middlewareStack.add(hearClock(heard, context.now), { step: "deserialize", priority: "low" });
  try {
    const answer = await askAws(sts, { now: context.now, heard, send: (signal) => send(sts, signal) });
    const offset = heard.offsetMs ?? 0;
    const time = context.now() + offset;
    const arn = answer.FederatedUser?.Arn;
    return {
      credentials: checkSession(answer.Credentials, { durationSeconds, time, accountId: credentials.accountId }),
      ...(arn !== undefined && { arn }),
      ...(offset !== 0 && { clockOffsetMs: offset }),
    };
  } catch (error) {
    throw explainFailure(error, asked);
  }
};
