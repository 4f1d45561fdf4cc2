// What becoming somebody changes in a shell's environment. Pure: the shell-env command prints it, exec applies it.
import type { Names } from "../names.js";
import type { EnvironmentChange } from "./render-statements.js";

/**
 * By what SDKs find credentials, current and old names. All go before any is set: which of two wins differs between SDKs
 * (github.com/aws/aws-sdk-js-v3/issues/2549: AWS_PROFILE before keys there, after them in the AWS CLI). The last two are
 * read with the keys: another account's number beside them would name its endpoints (AWS SDKs and Tools Reference Guide,
 * "Account-based endpoints"), and the SDK for JavaScript takes a scope from the second.
 */
export const CREDENTIAL_VARIABLES = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_SECURITY_TOKEN",
  "AWS_CREDENTIAL_FILE",
  "AWS_PROFILE",
  "AWS_DEFAULT_PROFILE",
  "AWS_CREDENTIAL_EXPIRATION",
  "AWS_SESSION_EXPIRATION",
  "AWS_ROLE_ARN",
  "AWS_ROLE_SESSION_NAME",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_CONTAINER_CREDENTIALS_FULL_URI",
  "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN",
  "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
  "AWS_SDK_LOAD_CONFIG",
  "AWS_ACCOUNT_ID",
  "AWS_CREDENTIAL_SCOPE",
] as const;

/** Ours, after the prefix of the names: who this shell is, as a prompt may show it, and until when (epoch seconds). */
const OWN_VARIABLES = ["IDENTITY", "LABEL", "EXPIRES_AT"] as const;

/** By what an identity is used: keys in the environment, or a profile through which the agent serves them. */
export type IdentityAccess =
  | {
      readonly accessKeyId: string;
      readonly secretAccessKey: string;
      readonly sessionToken?: string | undefined;
      readonly expiration?: Date | undefined;
    }
  | { readonly profile: string };

export interface BecomeOptions {
  readonly names: Names;
  readonly identity: string;
  readonly access: IdentityAccess;
  /** Left out, the region that the person had set stays. */
  readonly region?: string | undefined;
}

/** What a prompt may show without anything in it meaning something to a shell or a terminal. */
const NOT_IN_LABEL = /[^A-Za-z0-9._:@/-]/gu;

/** Returns the identity's name as prompts show it: every other character is an underscore. Never empty. */
export const labelOf = (identity: string): string => identity.replaceAll(NOT_IN_LABEL, "_").slice(0, 128) || "_";

const valuesOf = ({ names, identity, access, region }: BecomeOptions): readonly (readonly [string, string])[] => {
  const { envPrefix } = names;
  const values: [string, string][] = [];
  if ("profile" in access) {
    values.push(["AWS_PROFILE", access.profile]);
  } else {
    values.push(["AWS_ACCESS_KEY_ID", access.accessKeyId], ["AWS_SECRET_ACCESS_KEY", access.secretAccessKey]);
    if (access.sessionToken !== undefined) values.push(["AWS_SESSION_TOKEN", access.sessionToken]);
    if (access.expiration !== undefined) {
      const until = access.expiration;
      // The name and form of the AWS CLI's `configure export-credentials`: RFC 3339 without fractions.
      values.push(["AWS_CREDENTIAL_EXPIRATION", until.toISOString().replace(/\.\d+Z$/, "Z")]);
      values.push([`${envPrefix}EXPIRES_AT`, String(Math.floor(until.getTime() / 1000))]);
    }
  }
  // boto3 reads only the second.
  if (region !== undefined) values.push(["AWS_REGION", region], ["AWS_DEFAULT_REGION", region]);
  values.push([`${envPrefix}IDENTITY`, identity], [`${envPrefix}LABEL`, labelOf(identity)]);
  return values;
};

/** Returns what takes every identity away. Regions stay: they are the person's. */
export const leaveIdentity = ({ envPrefix }: Names): readonly EnvironmentChange[] =>
  [...CREDENTIAL_VARIABLES, ...OWN_VARIABLES.map((name) => `${envPrefix}${name}`)].map((name) => ({ unset: name }));

/** Returns what makes a shell be this identity and nobody else: everything of the last one goes first. */
export const becomeIdentity = (options: BecomeOptions): readonly EnvironmentChange[] => {
  const values = valuesOf(options);
  const isSet = new Set(values.map(([name]) => name));
  return [
    ...leaveIdentity(options.names).filter((change) => !("unset" in change && isSet.has(change.unset))),
    ...values.map(([name, value]) => ({ set: name, value })),
  ];
};
