// What AWS's own tools would use in this very shell. They read the same variables and files in different orders, so two
// programs beside each other may be two people. Pure: environment and files come in as they were read.
//
// Orders, each from its own documentation and source:
// - AWS CLI v2 and boto3: botocore, `create_credential_resolver` and `BOTOCORE_DEFAUT_SESSION_VARIABLES`; AWS CLI User
//   Guide, "Environment variables to configure the AWS CLI".
// - SDK for JavaScript v3: @aws-sdk/credential-provider-node, "defaultProvider" (aws-sdk-js-v3#2549).
// - SDK for Go v2: config, `resolveCredentialChain` and `LoadEnvConfig`.
// - SDK for Java 2.x: Developer Guide, "Default credentials provider chain".
import type { Environment, Profile, Profiles } from "@daypass/auth";

export type SdkFamily = "aws_cli" | "boto3" | "javascript_v3" | "go_v2" | "java_v2";

export interface SdkJudgement {
  readonly family: SdkFamily;
  /** `machine`: nothing in this shell; what the machine itself is, if it is anything. `error`: it stops. */
  readonly uses: "environment_keys" | "web_identity" | "profile" | "container" | "machine" | "error";
  /** The profile, where one is used or missed. */
  readonly profile?: string;
  /** Absent: the tool finds none in the environment or that profile. */
  readonly region?: string;
  /** In words, for a person. Never a secret. */
  readonly why: string;
}

export interface SdksJudgement {
  readonly families: readonly SdkJudgement[];
  /** True where all of them are the same somebody in the same region. */
  readonly agree: boolean;
  /** Why they differ, or will, and what to do about it. */
  readonly warnings: readonly string[];
}

export interface SdkFacts {
  readonly env: Environment;
  readonly profiles: Profiles;
}

interface Habits {
  /** Variables that name the profile, the first that is set counts. */
  readonly profileFrom: readonly string[];
  readonly regionFrom: readonly string[];
  /** A profile that was named in the environment goes before keys there. */
  readonly profileBeatsKeys?: true;
  /** A profile is asked before a web identity of the environment: every one, or only one that assumes a role. */
  readonly profileBeatsToken?: "always" | "role";
  /** A missing profile ends it; the others look further. */
  readonly stopsAtMissing?: true;
  /** Half a pair of keys ends it. */
  readonly stopsAtHalf?: true;
}

const BOTOCORE = { profileFrom: ["AWS_DEFAULT_PROFILE", "AWS_PROFILE"], profileBeatsToken: "role" } as const;

const HABITS: Readonly<Record<SdkFamily, Habits>> = {
  aws_cli: { ...BOTOCORE, regionFrom: ["AWS_REGION", "AWS_DEFAULT_REGION"], stopsAtMissing: true, stopsAtHalf: true },
  boto3: { ...BOTOCORE, regionFrom: ["AWS_DEFAULT_REGION"], stopsAtMissing: true, stopsAtHalf: true },
  javascript_v3: {
    profileFrom: ["AWS_PROFILE"],
    regionFrom: ["AWS_REGION"],
    profileBeatsKeys: true,
    profileBeatsToken: "always",
  },
  go_v2: {
    profileFrom: ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"],
    regionFrom: ["AWS_REGION", "AWS_DEFAULT_REGION"],
    stopsAtMissing: true,
  },
  java_v2: { profileFrom: ["AWS_PROFILE"], regionFrom: ["AWS_REGION"] },
};

const FAMILIES = Object.keys(HABITS) as readonly SdkFamily[];

/** What a person calls them. */
export const SDK_NAMES: Readonly<Record<SdkFamily, string>> = {
  aws_cli: "AWS CLI",
  boto3: "boto3",
  javascript_v3: "JavaScript v3",
  go_v2: "Go v2",
  java_v2: "Java v2",
};

/** One of these, and a profile is a way to credentials. */
const WAYS = [
  "aws_access_key_id",
  "role_arn",
  "sso_session",
  "sso_start_url",
  "sso_account_id",
  "credential_process",
  "web_identity_token_file",
  "login_session",
] as const;

const isFilled = (value: string | undefined): value is string => value !== undefined && value !== "";
const speaks = (profile: Profile | undefined): boolean => WAYS.some((way) => profile?.settings.has(way));
const firstOf = ({ env }: SdkFacts, names: readonly string[]): string | undefined =>
  names.find((name) => isFilled(env[name]));

type Answer = Pick<SdkJudgement, "uses" | "why" | "profile">;

const judgeCredentials = (facts: SdkFacts, habits: Habits): Answer => {
  const { env, profiles } = facts;
  const named = firstOf(facts, habits.profileFrom);
  const profileName = (named === undefined ? undefined : env[named]) ?? "default";
  const profile = profiles.profiles.get(profileName);
  const [key, secret] = [isFilled(env["AWS_ACCESS_KEY_ID"]), isFilled(env["AWS_SECRET_ACCESS_KEY"])];
  const hasToken = isFilled(env["AWS_WEB_IDENTITY_TOKEN_FILE"]) && isFilled(env["AWS_ROLE_ARN"]);
  const byName = named === undefined ? "it is the default" : `${named} names it`;

  if (named !== undefined && profile === undefined && habits.stopsAtMissing === true) {
    return { uses: "error", profile: profileName, why: `${named} names profile ${profileName}, which is not there` };
  }
  const ignoresKeys = habits.profileBeatsKeys === true && named !== undefined;
  if (key && !secret && habits.stopsAtHalf === true) {
    return { uses: "error", why: "AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY" };
  }
  if (key && secret && !ignoresKeys) return { uses: "environment_keys", why: "AWS_ACCESS_KEY_ID is set" };
  const beatsToken =
    habits.profileBeatsToken === "always" ||
    (habits.profileBeatsToken === "role" && profile?.settings.has("role_arn") === true);
  if (hasToken && !(beatsToken && speaks(profile))) {
    return { uses: "web_identity", why: "AWS_WEB_IDENTITY_TOKEN_FILE is set" };
  }
  if (speaks(profile)) {
    const over = key && secret ? ", and it goes before AWS_ACCESS_KEY_ID" : "";
    return { uses: "profile", profile: profileName, why: `${byName}${over}` };
  }
  const isContainer = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];
  const container = firstOf(facts, isContainer);
  if (container !== undefined) return { uses: "container", why: `${container} is set` };
  return { uses: "machine", why: "what the machine itself is, if it is anything" };
};

const judgeRegion = (facts: SdkFacts, habits: Habits): string | undefined => {
  const variable = firstOf(facts, habits.regionFrom);
  if (variable !== undefined) return facts.env[variable];
  const named = firstOf(facts, habits.profileFrom);
  const name = (named === undefined ? undefined : facts.env[named]) ?? "default";
  return facts.profiles.profiles.get(name)?.settings.get("region")?.value;
};

const judgeFamily = (facts: SdkFacts, family: SdkFamily): SdkJudgement => {
  const region = judgeRegion(facts, HABITS[family]);
  return { family, ...judgeCredentials(facts, HABITS[family]), ...(isFilled(region) && { region }) };
};

const sayWarnings = ({ env }: SdkFacts, families: readonly SdkJudgement[]): readonly string[] => {
  const has = (name: string): boolean => isFilled(env[name]);
  const warnings: string[] = [];
  if ((has("AWS_PROFILE") || has("AWS_DEFAULT_PROFILE")) && has("AWS_ACCESS_KEY_ID")) {
    warnings.push("a profile and keys are both in the environment, and tools disagree which of them counts: unset one");
  }
  if (has("AWS_PROFILE") && has("AWS_DEFAULT_PROFILE") && env["AWS_PROFILE"] !== env["AWS_DEFAULT_PROFILE"]) {
    warnings.push(
      "AWS_PROFILE and AWS_DEFAULT_PROFILE differ: the AWS CLI and boto3 go by the second, others by the first",
    );
  } else if (has("AWS_DEFAULT_PROFILE") && !has("AWS_PROFILE")) {
    warnings.push("AWS_DEFAULT_PROFILE is not read by the SDKs for JavaScript and Java: set AWS_PROFILE instead");
  }
  // Python's `in os.environ`: an empty variable is one.
  for (const name of ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"]) {
    if (env[name] === "")
      warnings.push(`${name} is set to nothing, which the AWS CLI takes for a profile's name: unset it`);
  }
  const [region, standard] = [env["AWS_DEFAULT_REGION"] ?? "", env["AWS_REGION"] ?? ""];
  if (region !== standard) {
    warnings.push(
      "AWS_REGION and AWS_DEFAULT_REGION differ: boto3 reads only the second, JavaScript and Java only the first",
    );
  }
  for (const { profile, uses } of families) {
    const isMissed = uses === "error" && profile !== undefined;
    const warning = `profile ${profile ?? ""} is not in ~/.aws: correct AWS_PROFILE, or unset it`;
    if (isMissed && !warnings.includes(warning)) warnings.push(warning);
  }
  return warnings;
};

/** Returns what each family would use here, whether they agree, and what to do where they do not. Asks nobody. */
export const judgeSdks = (facts: SdkFacts): SdksJudgement => {
  const families = FAMILIES.map((family) => judgeFamily(facts, family));
  const who = ({ uses, profile = "", region = "" }: SdkJudgement): string => JSON.stringify([uses, profile, region]);
  return {
    families,
    agree: new Set(families.map(who)).size === 1,
    warnings: sayWarnings(facts, families),
  };
};
