// Temporary credentials exchanged for a sign-in link. They go to AWS's own host in a POST, so that they are in no address
// that a proxy or a log would keep; the link works once, and for 15 minutes.
// Source: IAM User Guide, "Enable custom identity broker access to the AWS console".
import type { TemporaryCredentials } from "@daypass/auth";
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
}

const unavailable = (message: string, cause?: unknown): AuthError =>
  new AuthError("aws_unavailable", message, { hint: "try again in a moment", cause });

const ask = async (endpoint: string, session: string): Promise<string> => {
  const response = await fetch(endpoint, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ Action: "getSigninToken", Session: session }).toString(),
    // To follow a redirect would be to hand the credentials to whoever it names.
    redirect: "error",
    signal: AbortSignal.timeout(LONGEST_WAIT_MS),
  }).catch((cause: unknown) => {
    throw unavailable("AWS's sign-in cannot be reached", cause);
  });
  if (response.status === 400 || response.status === 403) {
    throw new AuthError("access_denied", "AWS's sign-in does not take these credentials", {
      hint: "they may have ended; the console takes roles and federated sessions only",
    });
  }
  if (!response.ok) throw unavailable(`AWS's sign-in answered with ${response.status}`);
  const parsed = v.safeParse(ANSWER, await response.json().catch(() => undefined));
  if (!parsed.success) throw unavailable("AWS's sign-in answered what it never says");
  return parsed.output.SigninToken;
};

/** Returns the link. It is a secret: whoever opens it first is signed in. Rejects with `access_denied` or `aws_unavailable`. */
export const getSignInLink = async ({
  signIn,
  credentials,
  destination,
  issuer,
}: SignInLinkOptions): Promise<string> => {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials;
  const endpoint = `${signIn}/federation`;
  const token = await ask(
    endpoint,
    JSON.stringify({ sessionId: accessKeyId, sessionKey: secretAccessKey, sessionToken }),
  );
  const link = new URLSearchParams({ Action: "login", Issuer: issuer, Destination: destination, SigninToken: token });
  return `${endpoint}?${link.toString()}`;
};
