// A user's own session by GetSessionToken: one MFA code, and then every role for as long as it lives.
import { AuthError } from "../errors.js";
import { sessionKey } from "../sessions/session-key.js";
import type {
  AwsCredentials,
  ClientSettings,
  CredentialsSource,
  MfaDevice,
  ObtainedSession,
  SessionQuestion,
  SourceContext,
} from "../types.js";
import { askForSession } from "./ask-for-session.js";
import { askWithCode } from "./ask-with-code.js";
import type { AskedFor } from "./explain-failure.js";

export interface SessionTokenOptions {
  /** A user's own keys. */
  readonly from: CredentialsSource;
  /** 900 to 129,600 seconds: STS API reference, GetSessionToken. */
  readonly durationSeconds: number;
  readonly mfa?: MfaDevice;
  readonly client: ClientSettings;
  readonly description: string;
}

/** Throws `invalid_option` where STS would not take the duration of a user's session or of a federated one. */
export const checkUserDuration = (durationSeconds: number): void => {
  if (Number.isInteger(durationSeconds) && durationSeconds >= 900 && durationSeconds <= 129_600) return;
  throw new AuthError("invalid_option", "the session of a user is not a whole number of seconds from 900 to 129600", {
    hint: "43200 is twelve hours",
  });
};

/** Returns a user's own keys. Throws `invalid_option` where they are a session's: STS gives sessions none. */
export const requireUserKeys = (credentials: AwsCredentials, call: string): AwsCredentials => {
  if (credentials.sessionToken === undefined) return credentials;
  throw new AuthError("invalid_option", `${call} is for a user's own keys, and these are a session's`, {
    hint: "use the session as it is, or assume a role with it",
  });
};

/** Throws `invalid_option` where the source gives sessions for certain. */
export const refuseSessionSource = (from: CredentialsSource, call: string): void => {
  const { kind } = from.question;
  // The kinds that may be a user's own keys. What they turn out to be is looked at again when they are there.
  if (kind === "keys" || kind === "environment" || kind === "process") return;
  throw new AuthError("invalid_option", `${call} is for a user's own keys, and ${from.description} is a session`, {
    hint: "use the session as it is, or assume a role with it",
  });
};

/**
 * Returns a source of a user's own session. Throws `invalid_option` where `from` gives sessions or the duration is out of
 * bounds. `get` rejects as a role's source does.
 */
export const createSessionTokenSource = (context: SourceContext, options: SessionTokenOptions): CredentialsSource => {
  const { from, durationSeconds, mfa, client, description } = options;
  checkUserDuration(durationSeconds);
  refuseSessionSource(from, "GetSessionToken");
  const asksPerson = mfa !== undefined || from.asksPerson === true;
  const question: SessionQuestion = {
    kind: "session_token",
    durationSeconds,
    mfaSerial: mfa?.serial,
    region: client.region,
    endpoint: client.endpoint,
    useFipsEndpoint: client.useFipsEndpoint,
    useDualstackEndpoint: client.useDualstackEndpoint,
    source: sessionKey(from.question),
  };
  const asked: AskedFor = {
    what: `a session to ${from.description}`,
    deniedHint: "no policy must deny sts:GetSessionToken to this user",
    externalId: null,
  };

  const ask = (credentials: AwsCredentials, code: string | undefined): Promise<ObtainedSession> =>
    askForSession(context, {
      credentials,
      client,
      durationSeconds,
      asked,
      send: async (sts, abortSignal) => {
        const { GetSessionTokenCommand } = await import("@aws-sdk/client-sts");
        const device = mfa !== undefined && { SerialNumber: mfa.serial, TokenCode: code };
        return sts.send(new GetSessionTokenCommand({ DurationSeconds: durationSeconds, ...device }), { abortSignal });
      },
    });

  // Keys that are kept are read from the person's secrets; what another source takes is not asked for twice.
  const opening = mfa !== undefined && from.question.kind === "keys" && { open: () => from.get() };

  const obtain = async (): Promise<ObtainedSession> => {
    const credentials = requireUserKeys(await from.get(), "GetSessionToken");
    return askWithCode(context.prompt, mfa, (code) => ask(credentials, code));
  };

  return {
    question,
    description,
    ...(asksPerson && { asksPerson }),
    get: async () => (await context.keeper.get(question, { needsPerson: asksPerson, obtain, ...opening })).credentials,
  };
};
