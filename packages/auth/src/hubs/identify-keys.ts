// Whose keys these are, asked of AWS: nobody has to type an account id or a user's name, and nobody can mistype them.
import { AuthError } from "../errors.js";
import { askAws, clientConfig, hearClock, type HeardClock } from "../sts/ask-aws.js";
import { explainFailure } from "../sts/explain-failure.js";
import type { AwsCredentials, ClientSettings, SourceContext } from "../types.js";

/** The user that keys belong to. */
export interface KeysOwner {
  readonly partition: string;
  readonly accountId: string;
  readonly userName: string;
  readonly arn: string;
}

/**
 * Asks STS whose keys these are. Rejects with `invalid_option` where they are the root user's or a session's, and as a
 * call of AWS does. `what`: in words, for errors.
 */
export const identifyKeys = async (
  context: Pick<SourceContext, "now" | "requestHandler">,
  { credentials, client, what }: { credentials: AwsCredentials; client: ClientSettings; what: string },
): Promise<KeysOwner> => {
  const { STSClient, GetCallerIdentityCommand } = await import("@aws-sdk/client-sts");
  const heard: HeardClock = { offsetMs: undefined };
  const sts = new STSClient({ ...clientConfig(context, client, credentials, 3), useGlobalEndpoint: false });
  sts.middlewareStack.add(hearClock(heard, context.now), { step: "deserialize", priority: "low" });
  const send = (abortSignal: AbortSignal) => sts.send(new GetCallerIdentityCommand({}), { abortSignal });
  try {
    const { Arn = "" } = await askAws(sts, { now: context.now, heard, send });
    return readOwner(Arn);
  } catch (error) {
    // STS API reference, GetCallerIdentity: no permission is needed, so that nobody can be denied it.
    throw explainFailure(error, { what, deniedHint: "add the keys of another user", externalId: null });
  }
};

const readOwner = (arn: string): KeysOwner => {
  if (/^arn:[a-z-]+:iam::\d{12}:root$/.test(arn)) {
    throw new AuthError("invalid_option", "these are keys of an account's root user", {
      hint: "delete them in the console, and make an IAM user for yourself: a root user's keys cannot be limited",
    });
  }
  const [, partition, accountId, userName] = /^arn:([a-z-]+):iam::(\d{12}):user\/(?:[^/]+\/)*([^/]+)$/.exec(arn) ?? [];
  if (partition === undefined || accountId === undefined || userName === undefined) {
    throw new AuthError("invalid_option", "these are not keys of an IAM user", { hint: "give a user's own keys" });
  }
  return { partition, accountId, userName, arn };
};
