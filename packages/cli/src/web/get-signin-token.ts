// Temporary credentials exchanged for a sign-in link. They go to AWS's own host in a POST, so that they are in no address
// that a proxy or a log would keep; the link works once, and for 15 minutes.
// Source: IAM User Guide, "Enable custom identity broker access to the AWS console".
import type { ClientAgents, TemporaryCredentials } from "@daypass/auth";
import { AuthError } from "@daypass/auth/terminal";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import * as v from "valibot";

const ANSWER = v.object({ SigninToken: v.pipe(v.string(), v.minLength(1)) });
const LONGEST_WAIT_MS = 20_000;
/** A token has some two thousand characters. */
const MOST_BYTES = 65_536;

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

interface Answer {
  readonly status: number;
  readonly text: string;
}

const unavailable = (message: string, cause?: unknown): AuthError =>
  new AuthError("aws_unavailable", message, { hint: "try again in a moment", cause });

/** Not by fetch, which knows neither proxies nor other certificates, and stops verifying where a variable says so. */
const post = (endpoint: string, body: string, agents: ClientAgents | undefined): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const isSecure = endpoint.startsWith("https:");
    const agent = isSecure ? agents?.httpsAgent : agents?.httpAgent;
    const settings = {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded", "content-length": Buffer.byteLength(body) },
      rejectUnauthorized: true,
      signal: AbortSignal.timeout(LONGEST_WAIT_MS),
      ...(agent !== undefined && { agent }),
    };
    const call = (isSecure ? requestHttps : requestHttp)(endpoint, settings, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => {
        text += part;
        if (text.length > MOST_BYTES) call.destroy(new Error("the answer is too long"));
      });
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      response.on("error", reject);
    });
    call.on("error", reject);
    call.end(body);
  });

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
  const { status, text } = await post(endpoint, body, agents).catch((cause: unknown) => {
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
