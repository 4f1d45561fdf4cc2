// How long a role's sessions may be: IAM says it to whoever may ask, which is seldom more than the role itself.
import { askAws, clientConfig, hearClock, type HeardClock } from "../sts/ask-aws.js";
import { explainFailure } from "../sts/explain-failure.js";
import type { AwsCredentials, ClientSettings, SourceContext } from "../types.js";

export interface RoleLimitOptions {
  /** Of the role's own account: a session of the role, for instance. */
  readonly credentials: AwsCredentials;
  /** Of the `iam` service. */
  readonly client: ClientSettings;
  readonly roleName: string;
}

/**
 * Returns the role's MaxSessionDuration in seconds, or `undefined` where these credentials may not ask. Rejects as calls
 * of AWS do.
 */
export const readRoleLimit = async (
  context: Pick<SourceContext, "now" | "requestHandler">,
  { credentials, client, roleName }: RoleLimitOptions,
): Promise<number | undefined> => {
  const { IAMClient, GetRoleCommand } = await import("@aws-sdk/client-iam");
  const heard: HeardClock = { offsetMs: undefined };
  const iam = new IAMClient(clientConfig(context, client, credentials, 3));
  iam.middlewareStack.add(hearClock(heard, context.now), { step: "deserialize", priority: "low" });
  const send = (abortSignal: AbortSignal) => iam.send(new GetRoleCommand({ RoleName: roleName }), { abortSignal });
  try {
    const answer = await askAws(iam, { now: context.now, heard, send });
    return answer.Role?.MaxSessionDuration;
  } catch (error) {
    const failure = explainFailure(error, { what: `the role ${roleName}`, deniedHint: "", externalId: null });
    if (failure.code === "access_denied") return undefined;
    throw failure;
  }
};
