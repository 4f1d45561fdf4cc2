// Which way a profile goes, judged before anybody is asked. Pure.
// Source: AWS SDKs and Tools Reference Guide, "Assume role credential provider"; AWS CLI User Guide, "Use an IAM role in
// the AWS CLI". Where one profile has several ways, the first of botocore's order is taken:
//
// | botocore, and we                           | the SDK                                    |
// |--------------------------------------------|--------------------------------------------|
// | 1 role_arn with a source                   | 1 role_arn with a source                   |
// | 2 web_identity_token_file                  | 2 keys, of either file, mixed              |
// | 3 sso_account_id or sso_role_name          | 3 web_identity_token_file                  |
// | 4 keys of the credentials file             | 4 credential_process                       |
// | 5 login_session                            | 5 any sso_ setting                         |
// | 6 credential_process                       | 6 login_session                            |
// | 7 keys of the config file                  |                                            |
//
// Two more: with role_arn and web_identity_token_file botocore goes by the token whatever else is there, the SDK by
// source_profile where there is one; and with both source_profile and credential_source botocore refuses, while the SDK
// quietly takes the profile's own keys. We do as botocore.
import { AuthError } from "../errors.js";
import { requireProfile } from "./choose-profile.js";
import { refuseMistypes } from "./known-settings.js";
import { planSso } from "./plan-sso.js";
import type { KeysPlan, PlacePlan, ProfilePlan, RolePlan, WebIdentityPlan } from "./profile-plan.js";
import { showPlace, type Profile, type Profiles } from "./profile-types.js";
import { readSetting } from "./read-setting.js";

/** Each step is a question to STS. Nobody has as many, and a file with thousands would be read until the stack is full. */
const MOST_STEPS = 100;

const PLACES: Readonly<Record<string, PlacePlan["kind"]>> = {
  Environment: "environment",
  Ec2InstanceMetadata: "instance",
  EcsContainer: "container",
};

const invalid = (message: string, hint: string): AuthError => new AuthError("invalid_profile", message, { hint });

/** Keys, and not only half of a pair: botocore looks for either name. */
const hasKeys = ({ settings }: Profile): boolean =>
  settings.has("aws_access_key_id") || settings.has("aws_secret_access_key");
const isRole = ({ settings }: Profile): boolean => settings.has("role_arn") && !settings.has("web_identity_token_file");

/** Returns the settings where they are there: `exactOptionalPropertyTypes` wants no `undefined`. */
const given = <K extends string>(key: K, value: string | undefined): { readonly [P in K]?: string } =>
  value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: string });

const takeProfile = (profiles: Profiles, name: string): Profile => {
  const profile = profiles.profiles.get(requireProfile(profiles, name));
  if (profile === undefined) throw invalid(`there is no profile ${name}`, "name another");
  const [twin] = profile.twins;
  if (twin !== undefined) {
    throw invalid(
      `profile ${name} is there twice: at ${showPlace(twin)} and ${showPlace(profile)}`,
      "make one section of the two: AWS's tools disagree about which of them counts",
    );
  }
  refuseMistypes("profile", profile);
  return profile;
};

const planKeys = (profile: Profile, file: KeysPlan["file"]): KeysPlan | undefined => {
  const settings = profile[file];
  if (!settings.has("aws_access_key_id")) return undefined;
  readSetting({ settings }, "aws_access_key_id");
  if (readSetting({ settings }, "aws_secret_access_key") === undefined) {
    throw invalid(
      `profile ${profile.name} has an access key id in the ${file} file, and no secret key there`,
      "put aws_secret_access_key beside aws_access_key_id: keys of two files are never mixed",
    );
  }
  readSetting({ settings }, "aws_session_token");
  return { kind: "keys", profile: profile.name, file };
};

const planWebIdentity = (profile: Profile): WebIdentityPlan | undefined => {
  const tokenFile = readSetting(profile, "web_identity_token_file");
  if (tokenFile === undefined) return undefined;
  const roleArn = readSetting(profile, "role_arn");
  if (roleArn === undefined) {
    throw invalid(`profile ${profile.name} has a web identity token and no role`, "add role_arn");
  }
  return {
    kind: "web_identity",
    profile: profile.name,
    roleArn,
    tokenFile,
    ...given("roleSessionName", readSetting(profile, "role_session_name")),
  };
};

const planOwnWay = (profiles: Profiles, profile: Profile): ProfilePlan => {
  const own = { profile: profile.name };
  const first = planWebIdentity(profile) ?? planSso(profiles, profile) ?? planKeys(profile, "credentials");
  if (first !== undefined) return first;
  const loginSession = readSetting(profile, "login_session");
  if (loginSession !== undefined) return { kind: "login_session", ...own, loginSession };
  const command = readSetting(profile, "credential_process");
  if (command !== undefined) return { kind: "process", ...own, command };
  const keys = planKeys(profile, "config");
  if (keys !== undefined) return keys;
  if (hasKeys(profile)) {
    throw invalid(`profile ${profile.name} has a secret key and no access key id`, "add aws_access_key_id beside it");
  }
  throw invalid(
    `profile ${profile.name} says nothing about credentials`,
    "give it sso_session, role_arn with source_profile, credential_process, or keys",
  );
};

const planRole = (profiles: Profiles, profile: Profile, visited: readonly string[]): RolePlan => {
  const { name } = profile;
  const roleArn = readSetting(profile, "role_arn") ?? "";
  const sourceName = readSetting(profile, "source_profile");
  const place = readSetting(profile, "credential_source");
  if (sourceName !== undefined && place !== undefined) {
    throw invalid(
      `profile ${name} has both source_profile and credential_source`,
      "keep the one that is meant: AWS's tools disagree about the two",
    );
  }
  const durationSeconds = readSetting(profile, "duration_seconds");
  return {
    kind: "role",
    profile: name,
    roleArn,
    from: place === undefined ? planSource(profiles, profile, sourceName, visited) : planPlace(name, place),
    ...given("externalId", readSetting(profile, "external_id")),
    ...given("mfaSerial", readSetting(profile, "mfa_serial")),
    ...given("roleSessionName", readSetting(profile, "role_session_name")),
    ...(durationSeconds !== undefined && { durationSeconds: Number(durationSeconds) }),
  };
};

const planPlace = (name: string, place: string): PlacePlan => {
  const kind = Object.hasOwn(PLACES, place) ? PLACES[place] : undefined;
  if (kind !== undefined) return { kind, profile: name };
  throw invalid(
    `profile ${name} has an unknown credential_source`,
    `it is one of ${Object.keys(PLACES).join(", ")}, in exactly these letters`,
  );
};

const planSource = (
  profiles: Profiles,
  profile: Profile,
  sourceName: string | undefined,
  visited: readonly string[],
): ProfilePlan => {
  const { name } = profile;
  if (sourceName === undefined) {
    throw invalid(
      `profile ${name} has a role and says nothing about who assumes it`,
      hasKeys(profile)
        ? `its own keys do with: source_profile = ${name}`
        : "add source_profile = NAME, or credential_source",
    );
  }
  const source = takeProfile(profiles, sourceName);
  const ownKeys = sourceName === name && hasKeys(source);
  if (visited.includes(sourceName) && !ownKeys) {
    throw invalid(
      `profile ${name} leads in a circle: ${[...visited, sourceName].join(" > ")}`,
      "let the last source_profile name a profile with credentials of its own",
    );
  }
  if (visited.length >= MOST_STEPS) {
    throw invalid(
      `profile ${name} is the end of more than ${MOST_STEPS} roles`,
      "let fewer source_profile lines follow each other",
    );
  }
  // A source with keys gives its keys, even where it names a role: the role is for those who choose the profile itself.
  return hasKeys(source) || !isRole(source)
    ? planOwnWay(profiles, source)
    : planRole(profiles, source, [...visited, sourceName]);
};

/**
 * The device of a profile that has keys and no role. AWS's tools read `mfa_serial` with a role only and would use the keys
 * as they are; whoever names a device there wants its code asked for (AWS CLI User Guide, "Use multi-factor
 * authentication": by hand, with GetSessionToken).
 */
const addDevice = (profile: Profile, plan: ProfilePlan): ProfilePlan =>
  plan.kind === "keys" ? { ...plan, ...given("mfaSerial", readSetting(profile, "mfa_serial")) } : plan;

/**
 * Returns the plan of a profile.
 * Throws `not_found` for an unknown name, here or in a `source_profile`, and `invalid_profile` for a circle, a missing
 * part, two ways at once, a malformed value or a mistyped setting, with file and line where one line is to blame.
 */
export const planProfile = (profiles: Profiles, name: string): ProfilePlan => {
  const profile = takeProfile(profiles, name);
  return isRole(profile) ? planRole(profiles, profile, [name]) : addDevice(profile, planOwnWay(profiles, profile));
};
