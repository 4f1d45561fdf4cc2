// How STS and IAM are asked for a person: by the clock and the network of this machine, and not for ever.
import { classifyFailure, CredentialsError, signByClock, type Clock } from "@daypass/credentials";
import type { AwsCredentials, ClientSettings, RequestHandler, SourceContext } from "../types.js";

/** The whole of one question, the network's retries included. */
const DEADLINE_MS = 20_000;
const CONNECT_MS = 3_000;
const ANSWER_MS = 10_000;
/** AWS tolerates 5 minutes; the AWS SDK corrects from 4 on. */
const SKEW_THAT_COUNTS_MS = 240_000;

/** What an answer, good or bad, said of AWS's clock. */
export interface HeardClock {
  /** How far AWS's clock is ahead of ours in milliseconds; 0 for less than four minutes, `undefined` before an answer. */
  offsetMs: number | undefined;
}

export interface SigningKeys {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

/** Returns what a client signs with, as an object of its own: the AWS SDK writes into those that it is given. */
export const copyKeys = ({ accessKeyId, secretAccessKey, sessionToken }: AwsCredentials): SigningKeys => ({
  accessKeyId,
  secretAccessKey,
  ...(sessionToken !== undefined && { sessionToken }),
});

/** What every client of AWS that is made here takes. */
export interface AwsClientConfig {
  readonly region: string;
  readonly credentials: SigningKeys;
  readonly maxAttempts: number;
  readonly endpoint?: string;
  readonly useFipsEndpoint?: boolean;
  readonly useDualstackEndpoint?: boolean;
  readonly requestHandler: RequestHandler;
}

/**
 * Returns the configuration of an AWS client. `attempts`: 1 where asking twice is not the same as asking once (a code
 * is spent, a key is made), 3 for what only reads.
 */
export const clientConfig = (
  context: Pick<SourceContext, "requestHandler">,
  settings: ClientSettings,
  credentials: AwsCredentials,
  attempts: 1 | 3,
): AwsClientConfig => {
  const { requestHandler = {} } = context;
  return {
    region: settings.region,
    credentials: copyKeys(credentials),
    maxAttempts: attempts,
    ...(settings.endpoint !== undefined && { endpoint: settings.endpoint }),
    ...(settings.useFipsEndpoint !== undefined && { useFipsEndpoint: settings.useFipsEndpoint }),
    ...(settings.useDualstackEndpoint !== undefined && { useDualstackEndpoint: settings.useDualstackEndpoint }),
    requestHandler:
      "handle" in requestHandler
        ? requestHandler
        : {
            connectionTimeout: CONNECT_MS,
            requestTimeout: ANSWER_MS,
            throwOnRequestTimeout: true,
            ...requestHandler,
          },
  };
};

/** A middleware for the client's `deserialize` step that notes AWS's clock. */
export const hearClock =
  (heard: HeardClock, now: Clock) =>
  <Asked, Answer extends { readonly response: unknown }>(next: (asked: Asked) => Promise<Answer>) =>
  async (asked: Asked): Promise<Answer> => {
    const answer = await next(asked);
    const headers: unknown = Reflect.get(Object(answer.response), "headers");
    const skew = Date.parse(String(Reflect.get(Object(headers), "date"))) - now();
    if (!Number.isNaN(skew)) heard.offsetMs = Math.abs(skew) < SKEW_THAT_COUNTS_MS ? 0 : skew;
    return answer;
  };

interface Client {
  readonly config: { systemClockOffset: number };
  destroy(): void;
}

/**
 * Asks AWS and ends the client. Where AWS refuses the signature for this machine's clock it has not looked at the
 * question, so it is asked once more by its own clock. Rejects with what `send` rejects with, or with
 * `sts_unavailable` of the credentials package after twenty seconds.
 */
export const askAws = async <Answer>(
  client: Client,
  { now, heard, send }: { now: Clock; heard: HeardClock; send: (signal: AbortSignal) => Promise<Answer> },
): Promise<Answer> => {
  signByClock(client, now);
  const signal = AbortSignal.timeout(DEADLINE_MS);
  try {
    return await send(signal).catch((error: unknown) => {
      // The SDK's client has noted AWS's clock from the refusal, and signs by it from now on.
      if (classifyFailure(error, { externalId: null }).code !== "clock_skew" || !heard.offsetMs) throw error;
      return send(signal);
    });
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new CredentialsError("sts_unavailable", `no answer within ${DEADLINE_MS / 1000} seconds`, {
      hint: "ask again later",
    });
  } finally {
    client.destroy();
  }
};
