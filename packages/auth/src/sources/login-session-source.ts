// `aws login`: the AWS CLI signs a person in and keeps the session; we read it and never renew or write it, because its
// refresh token is good once and the CLI's copy would be lost.
// Source: AWS CLI User Guide, "Sign in with console credentials using aws login"; AWS SDKs and Tools Reference Guide,
// "Login credentials provider".
import { createHash } from "node:crypto";
import { join } from "node:path";
import * as v from "valibot";
import { readTextFile } from "../files/read-text-file.js";
import { AuthError } from "../errors.js";
import type { Environment } from "../profiles/profile-types.js";
import { expandPath } from "../profiles/read-profiles.js";
import { readVariable } from "../profiles/read-variable.js";
import type { AwsCredentials, Clock, CredentialsSource } from "../types.js";
import { toCredentials } from "./check-credentials.js";

/** With no more life than this they would be refused on their way. */
const LEAST_LEFT_MS = 60_000;

const text = v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/));
const CACHED = v.object({
  accessToken: v.object({
    accessKeyId: v.pipe(v.string(), v.regex(/^\w{16,128}$/)),
    secretAccessKey: text,
    sessionToken: text,
    accountId: v.pipe(v.string(), v.regex(/^\d{12}$/)),
    expiresAt: v.pipe(
      v.string(),
      v.transform((time) => new Date(time)),
      v.date(),
    ),
  }),
});

const parse = (content: string): unknown => {
  try {
    return JSON.parse(content);
  } catch {
    // JSON.parse repeats the text in its message, and the text holds keys.
    return undefined;
  }
};

export interface LoginSessionOptions {
  /** The profile's name. */
  readonly name: string;
  /** The ARN that the sign-in is kept under. */
  readonly loginSession: string;
  readonly env: Environment;
  readonly homeDir: string;
  readonly description: string;
}

/** Returns where the AWS CLI keeps the sign-in. */
const loginCacheFile = ({ loginSession, env, homeDir }: Omit<LoginSessionOptions, "name" | "description">): string => {
  const folder = readVariable(env, "AWS_LOGIN_CACHE_DIRECTORY") ?? join(homeDir, ".aws", "login", "cache");
  return join(expandPath(folder, homeDir), `${createHash("sha256").update(loginSession).digest("hex")}.json`);
};

/**
 * Returns a source of what `aws login` keeps, read at each asking. `get` rejects with `sign_in_required` where nobody is
 * signed in or less than a minute is left, with `file_malformed` and with `file_unusable`.
 */
export const createLoginSessionSource = (
  { now }: { readonly now: Clock },
  options: LoginSessionOptions,
): CredentialsSource => {
  const path = loginCacheFile(options);
  const { name, loginSession, description } = options;
  const signIn = (what: string): AuthError =>
    new AuthError("sign_in_required", `profile ${name} ${what}`, { hint: `type: aws login --profile ${name}` });
  const read = async (): Promise<AwsCredentials> => {
    const content = await readTextFile(path);
    if (content === undefined) throw signIn("is not signed in");
    const found = v.safeParse(CACHED, parse(content));
    if (!found.success) {
      throw new AuthError("file_malformed", `${path} is no sign-in of the AWS CLI`, {
        hint: `type: aws login --profile ${name}`,
      });
    }
    const { expiresAt, ...keys } = found.output.accessToken;
    if (expiresAt.getTime() - now() <= LEAST_LEFT_MS) throw signIn("was signed in, and that has expired");
    return toCredentials({ ...keys, expiration: expiresAt }, now);
  };
  return { question: { kind: "login_session", loginSession, path }, description, get: read };
};
