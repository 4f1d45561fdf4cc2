// A hub user's own calls of IAM: with the keys, and where the user's policies ask for MFA, with the hub's session.
import type { IAMClient } from "@aws-sdk/client-iam";
import { AuthError } from "../errors.js";
import { askAws, clientConfig, hearClock, type HeardClock } from "../sts/ask-aws.js";
import { explainFailure } from "../sts/explain-failure.js";
import type { AwsCredentials, ClientSettings, CredentialsSource, SourceContext } from "../types.js";

export interface IamCall<Answer> {
  /** Of the `iam` service. */
  readonly client: ClientSettings;
  readonly keys: CredentialsSource;
  /** The user's session with MFA; absent where the user is used without. Made, and the code asked for, when it is needed. */
  readonly createSession?: () => Promise<CredentialsSource>;
  /** What is asked, for errors. */
  readonly what: string;
  readonly send: (iam: IAMClient, signal: AbortSignal) => Promise<Answer>;
}

/**
 * Asks IAM once with the keys, and once more with the session where that is denied. Rejects with what AWS says, in words.
 */
export const callIam = async <Answer>(
  context: Pick<SourceContext, "now" | "requestHandler">,
  { client, keys, createSession, what, send }: IamCall<Answer>,
): Promise<Answer> => {
  const ask = async (credentials: AwsCredentials): Promise<Answer> => {
    const { IAMClient } = await import("@aws-sdk/client-iam");
    const heard: HeardClock = { offsetMs: undefined };
    const iam = new IAMClient(clientConfig(context, client, credentials, 1));
    iam.middlewareStack.add(hearClock(heard, context.now), { step: "deserialize", priority: "low" });
    try {
      return await askAws(iam, { now: context.now, heard, send: (signal) => send(iam, signal) });
    } catch (error) {
      const deniedHint =
        "have the user allowed to manage its own access keys, then try again: it goes on where it stopped";
      throw explainFailure(error, { what, deniedHint, externalId: null });
    }
  };
  try {
    return await ask(await keys.get());
  } catch (error) {
    const isDenied = error instanceof AuthError && error.code === "access_denied";
    if (!isDenied || createSession === undefined) throw error;
    return ask(await (await createSession()).get());
  }
};
