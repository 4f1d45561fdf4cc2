// A profile's plan turned into sources: each step's question carries the key of the step below, so that an edited
// profile asks another question and is never answered with what was kept for the old one.
import { chooseRegion, settingsFor, stsRegionFor } from "../profiles/choose-settings.js";
import { planProfile } from "../profiles/plan-profile.js";
import type { KeysPlan, ProfilePlan, RolePlan, SsoPlan, WebIdentityPlan } from "../profiles/profile-plan.js";
import { partitionOfArn } from "../profiles/partitions.js";
import type { Environment, Profiles } from "../profiles/profile-types.js";
import { expandPath } from "../profiles/read-profiles.js";
import { AuthError } from "../errors.js";
import { createSsoRoleSource } from "../sso/sso-role-source.js";
import type { SsoTokens } from "../sso/sso-types.js";
import { CHAINED_SECONDS, createRoleSource, type RoleSource } from "../sts/role-source.js";
import { createSessionTokenSource } from "../sts/session-token-source.js";
import type {
  ClientSettings,
  CredentialsSource,
  MfaDevice,
  Narrowing,
  RoleRequest,
  SettingsFor,
  SourceContext,
  SsoSession,
} from "../types.js";
import type { KeyParts } from "./check-credentials.js";
import { createContainerSource } from "./container-source.js";
import { createEnvironmentSource } from "./environment-source.js";
import { createInstanceSource } from "./instance-source.js";
import { createKeysSource } from "./keys-source.js";
import { createLoginSessionSource } from "./login-session-source.js";
import { createProcessSource } from "./process-source.js";
import { createWebIdentitySource } from "./web-identity-source.js";

/** STS's own default, which every role allows. */
const DEFAULT_SECONDS = 3_600;
/** How long a user's session by one code lives: STS's own default (STS API reference, GetSessionToken). */
const SESSION_SECONDS = 43_200;

export interface ProfileSourceOptions {
  readonly profiles: Profiles;
  /** The profile's name. */
  readonly name: string;
  /** The process's environment: what names endpoints and regions, and what commands are run with. */
  readonly env: Environment;
  readonly homeDir: string;
  /** For roles whose profile has no role_session_name: 2 to 64 characters that say who it is. */
  readonly roleSessionName: string;
  /** Returns the sign-in of an sso-session, or of a profile in the older form. */
  readonly ssoTokensFor: (session: SsoSession) => SsoTokens;
  /** Returns the device of an `mfa_serial`, and how its codes are got. */
  readonly mfaFor: (serial: string, profile: string) => MfaDevice;
  /** Before what the environment and the profile say. */
  readonly region?: string | undefined;
  /**
   * Sources that keep their answers in this process, by what their profile says: an entry is used again, so that a command
   * is not run for each asking. For one environment only. Default: none is used again.
   */
  readonly kept?: Map<string, CredentialsSource>;
}

interface Builder extends ProfileSourceOptions {
  readonly context: SourceContext;
  readonly settings: SettingsFor;
  readonly chosenRegion: string | undefined;
}

/** As botocore does it, the chosen profile's settings reach every step of its chain. */
const stsFor = ({ settings, chosenRegion }: Builder, roleArn: string): ClientSettings =>
  settings("sts", stsRegionFor(roleArn, chosenRegion));

/** Reads the keys of one file: aws_session_token goes before its older name, aws_security_token. */
const readKeys = ({ profiles }: Builder, { profile, file }: KeysPlan): KeyParts => {
  const read = (key: string): string | undefined => profiles.profiles.get(profile)?.[file].get(key)?.value;
  return {
    accessKeyId: read("aws_access_key_id") ?? "",
    secretAccessKey: read("aws_secret_access_key") ?? "",
    sessionToken: read("aws_session_token") ?? read("aws_security_token"),
    accountId: /^\d{12}$/.exec(read("aws_account_id") ?? "")?.[0],
  };
};

interface UserSession {
  readonly from: CredentialsSource;
  readonly mfa: MfaDevice;
  /** The profile that holds the keys. */
  readonly keysOf: string;
  /** Of the partition in which it is asked for: the role's, or the device's, whose serial number may be none. */
  readonly arn: string;
}

/**
 * A session of the user whose keys these are: one code, and then every profile of the same keys and device. Asked for
 * where the profile's own calls go, in the region of the profile that holds the keys where it has one, so that profiles
 * of several regions share it.
 */
const buildUserSession = (builder: Builder, { from, mfa, keysOf, arn }: UserSession): CredentialsSource => {
  const { context, settings, chosenRegion } = builder;
  const ofKeys = chooseRegion({ ...builder, name: keysOf });
  return createSessionTokenSource(context, {
    from,
    durationSeconds: SESSION_SECONDS,
    mfa,
    client: settings("sts", partitionOfArn(arn) && stsRegionFor(arn, ofKeys ?? chosenRegion)),
    description: `a session with MFA, one code for all profiles of ${from.description}`,
  });
};

/** True where one code can serve: a user's own keys, of which GetSessionToken makes a session, and not a session's. */
const isUsersKeys = (builder: Builder, plan: ProfilePlan): boolean =>
  plan.kind === "keys" && readKeys(builder, plan).sessionToken === undefined;

const deviceOf = ({ mfaFor }: Builder, { mfaSerial, profile }: RolePlan | KeysPlan): MfaDevice | undefined => {
  if (mfaSerial === undefined) return undefined;
  const mfa = mfaFor(mfaSerial, profile);
  if (mfa.serial === mfaSerial) return mfa;
  throw new AuthError("invalid_option", `profile ${profile} names one MFA device, and another was given`, {
    hint: "give the device of the serial that was asked for",
  });
};

/** A profile's keys, or where it names a device a session of their user. */
const buildKeys = (builder: Builder, plan: KeysPlan): CredentialsSource => {
  const { profile, file } = plan;
  const from = createKeysSource(builder.context, {
    keys: readKeys(builder, plan),
    description: `profile ${profile}: keys in the ${file} file`,
  });
  const mfa = isUsersKeys(builder, plan) ? deviceOf(builder, plan) : undefined;
  return mfa === undefined ? from : buildUserSession(builder, { from, mfa, keysOf: profile, arn: mfa.serial });
};

const buildRole = (builder: Builder, plan: RolePlan): CredentialsSource => {
  const { context, roleSessionName } = builder;
  const from = build(builder, plan.from);
  const client = stsFor(builder, plan.roleArn);
  const mfa = deviceOf(builder, plan);
  const request: RoleRequest = {
    roleArn: plan.roleArn,
    roleSessionName: plan.roleSessionName ?? roleSessionName,
    externalId: plan.externalId ?? null,
    durationSeconds: plan.durationSeconds ?? DEFAULT_SECONDS,
    region: client.region,
  };
  const byWay = (way: CredentialsSource, device?: MfaDevice): RoleSource => {
    const description = `profile ${plan.profile}: role ${plan.roleArn} by ${way.description}`;
    return createRoleSource(context, {
      from: way,
      request,
      client,
      description,
      ...(device !== undefined && { mfa: device }),
    });
  };
  if (mfa === undefined || request.durationSeconds > CHAINED_SECONDS || !isUsersKeys(builder, plan.from)) {
    return byWay(from, mfa);
  }
  const shared = byWay(buildUserSession(builder, { from, mfa, keysOf: plan.from.profile, arn: plan.roleArn }));
  // More than an hour is for a code of its own: a session gives no more.
  const isLong = ({ durationSeconds = 0 }: Narrowing): boolean => durationSeconds > CHAINED_SECONDS;
  return { ...shared, narrow: (less) => (isLong(less) ? byWay(from, mfa) : shared).narrow(less) };
};

const buildWebIdentity = (builder: Builder, plan: WebIdentityPlan): CredentialsSource =>
  createWebIdentitySource(builder.context, {
    roleArn: plan.roleArn,
    roleSessionName: plan.roleSessionName ?? builder.roleSessionName,
    tokenFile: expandPath(plan.tokenFile, builder.homeDir),
    client: stsFor(builder, plan.roleArn),
    description: `profile ${plan.profile}: role ${plan.roleArn} by web identity`,
  });

const buildSso = (builder: Builder, { profile, session, accountId, roleName }: SsoPlan): CredentialsSource =>
  createSsoRoleSource(builder.context, {
    session,
    accountId,
    roleName,
    settingsFor: builder.settings,
    tokens: builder.ssoTokensFor(session),
    description: `profile ${profile}: ${roleName} in ${accountId} by IAM Identity Center`,
  });

/** The same source for the same content of a profile: an edited one is another. */
const useKept = (
  { kept = new Map() }: Builder,
  plan: ProfilePlan,
  create: () => CredentialsSource,
): CredentialsSource => {
  const key = JSON.stringify(plan);
  const source = kept.get(key) ?? create();
  kept.set(key, source);
  return source;
};

const build = (builder: Builder, plan: ProfilePlan): CredentialsSource => {
  const { context, env, homeDir } = builder;
  const describe = (what: string): string => `profile ${plan.profile}: ${what}`;
  switch (plan.kind) {
    case "keys":
      return buildKeys(builder, plan);
    case "role":
      return buildRole(builder, plan);
    case "web_identity":
      return buildWebIdentity(builder, plan);
    case "sso":
      return buildSso(builder, plan);
    case "environment":
      return createEnvironmentSource(context, { env, description: describe("keys in the environment") });
    case "container":
      return useKept(builder, plan, () =>
        createContainerSource(context, { env, description: describe("the container's role") }),
      );
    case "instance":
      return useKept(builder, plan, () =>
        createInstanceSource(context, { env, description: describe("the instance's role") }),
      );
    case "process":
      return useKept(builder, plan, () =>
        createProcessSource(context, {
          command: plan.command,
          name: plan.profile,
          env,
          description: describe("a command"),
        }),
      );
    case "login_session":
      return createLoginSessionSource(context, {
        name: plan.profile,
        loginSession: plan.loginSession,
        env,
        homeDir,
        description: describe("aws login"),
      });
  }
};

/**
 * Returns the source of a profile. Nothing is asked before `get`.
 * Throws what `planProfile` and `settingsFor` throw.
 */
export const createProfileSource = (context: SourceContext, options: ProfileSourceOptions): CredentialsSource => {
  const plan = planProfile(options.profiles, options.name);
  const builder = {
    ...options,
    context,
    settings: settingsFor(options),
    chosenRegion: chooseRegion(options),
  };
  return build(builder, plan);
};
