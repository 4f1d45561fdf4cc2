// Keys in the environment, read anew at each asking.
// Source: AWS SDKs and Tools Reference Guide, "AWS access keys"; AWS CLI User Guide, "Environment variables".
import { AuthError } from "../errors.js";
import type { Environment } from "../profiles/profile-types.js";
import { faultOf } from "../profiles/read-setting.js";
import { readVariable } from "../profiles/read-variable.js";
import type { Clock, CredentialsSource } from "../types.js";
import { toCredentials, type KeyParts } from "./check-credentials.js";

const fault = (message: string, hint: string): AuthError => new AuthError("no_credentials", message, { hint });

const read = (env: Environment, variable: string, form: string): string | undefined => {
  const value = readVariable(env, variable);
  if (value === undefined) return undefined;
  const wanted = faultOf(form, value);
  if (wanted === undefined) return value;
  throw fault(`${variable} is not of its form`, `it wants ${wanted}`);
};

const expirationOf = (env: Environment): Date | undefined => {
  const text = readVariable(env, "AWS_CREDENTIAL_EXPIRATION");
  if (text === undefined) return undefined;
  const time = new Date(text);
  if (!Number.isNaN(time.getTime())) return time;
  throw fault("AWS_CREDENTIAL_EXPIRATION is no time", "unset it, or write it as 2030-01-31T12:00:00Z");
};

/** AWS_SESSION_TOKEN goes before its older name; botocore has it the other way round, and a stale one then wins. */
const readKeys = (env: Environment): KeyParts => {
  const accessKeyId = read(env, "AWS_ACCESS_KEY_ID", "aws_access_key_id");
  const secretAccessKey = read(env, "AWS_SECRET_ACCESS_KEY", "aws_secret_access_key");
  if (accessKeyId === undefined)
    throw fault("there are no keys in the environment", "set AWS_ACCESS_KEY_ID, or choose another source");
  if (secretAccessKey === undefined) {
    throw fault("AWS_ACCESS_KEY_ID is set and AWS_SECRET_ACCESS_KEY is not", "set both, or neither");
  }
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken:
      read(env, "AWS_SESSION_TOKEN", "aws_session_token") ?? read(env, "AWS_SECURITY_TOKEN", "aws_session_token"),
    expiration: expirationOf(env),
    accountId: /^\d{12}$/.exec(env["AWS_ACCOUNT_ID"] ?? "")?.[0],
  };
};

/**
 * Returns a source of the environment's keys. `get` rejects with `no_credentials` where there are none or only half, and
 * with `caller_credentials` past AWS_CREDENTIAL_EXPIRATION.
 */
export const createEnvironmentSource = (
  { now }: { readonly now: Clock },
  { env, description }: { readonly env: Environment; readonly description: string },
): CredentialsSource => ({
  get question() {
    return { kind: "environment", accessKeyId: env["AWS_ACCESS_KEY_ID"] } as const;
  },
  description,
  async get() {
    const keys = readKeys(env);
    if (keys.expiration !== undefined && keys.expiration.getTime() <= now()) {
      throw new AuthError("caller_credentials", "the keys in the environment have expired", {
        hint: "get new ones, or unset AWS_ACCESS_KEY_ID and its companions",
      });
    }
    return toCredentials(keys, now);
  },
});
