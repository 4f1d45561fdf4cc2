// Temporary credentials exchanged for a sign-in link. They go to AWS's own host in a POST, so that they are in no address
// that a proxy or a log would keep; the link works once, and for 15 minutes.
// Source: IAM User Guide, "Enable custom identity broker access to the AWS console".
import { askThrough, type ClientAgents, type TemporaryCredentials } from "@daypass/auth";
import { AuthError } from "@daypass/auth/terminal";
import * as v from "valibot";

const ANSWER = v.object({ SigninToken: v.pipe(v.string(), v.minLength(1)) });
const LONGEST_WAIT_MS = 20_000;

export interface SignInLinkOptions {
  /** `https://signin…`, or a sandbox on this machine. */
  readonly signIn: string;
  readonly credentials: TemporaryCredentials;
  readonly destination: string;
  /** Shown by AWS where the session has ended. */
  readonly issuer: string;
  /** By which proxy, and trusting whom: as for the clients of AWS. */
  readonly agents: ClientAgents | undefined;
}

const unavailable = (message: string, cause?: unknown): AuthError =>
  new AuthError("aws_unavailable", message, { hint: "try again in a moment", cause });

const readJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const ask = async (endpoint: string, session: string, agents: ClientAgents | undefined): Promise<string> => {
  const body = new URLSearchParams({ Action: "getSigninToken", Session: session }).toString();
  // Nor is a redirect followed: that would be to hand the credentials to whoever it names.
  const send = askThrough(agents, LONGEST_WAIT_MS);
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const { status, body: text } = await send(endpoint, { headers, body }).catch((cause: unknown) => {
    throw unavailable("AWS's sign-in cannot be reached", cause);
  });
  if (status === 400 || status === 403) {
    throw new AuthError("access_denied", "AWS's sign-in does not take these credentials", {
      hint: "they may have ended; the console takes roles and federated sessions only",
    });
  }
  if (status !== 200) throw unavailable(`AWS's sign-in answered with ${status}`);
  const parsed = v.safeParse(ANSWER, readJson(text));
  if (!parsed.success) throw unavailable("AWS's sign-in answered what it never says");
  return parsed.output.SigninToken;
};

/** Returns the link. It is a secret: whoever opens it first is signed in. Rejects with `access_denied` or `aws_unavailable`. */
export const getSignInLink = async (options: SignInLinkOptions): Promise<string> => {
  const { signIn, credentials, destination, issuer, agents } = options;
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const endpoint = `${signIn}/federation`;
  const session = JSON.stringify({ sessionId: accessKeyId, sessionKey: secretAccessKey, sessionToken });
  const token = await ask(endpoint, session, agents);
  const link = new URLSearchParams({ Action: "login", Issuer: issuer, Destination: destination, SigninToken: token });
  return `${endpoint}?${link.toString()}`;
};
