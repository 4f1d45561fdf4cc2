// Where a profile's calls go: region, endpoint, FIPS, dual-stack. Pure.
// Source: AWS SDKs and Tools Reference Guide, "AWS Region", "Service-specific endpoints", "Dual-stack and FIPS
// endpoints", "AWS STS Regional endpoints".
//
// One difference is ours: `sts_regional_endpoints = legacy` is not obeyed. STS's global endpoint gives tokens that are
// invalid in regions which an account has to opt into, so STS is always asked in a region.
import { AuthError } from "../errors.js";
import type { ClientSettings, SettingsFor } from "../types.js";
import { requireProfile } from "./choose-profile.js";
import { partitionOfArn, partitionOfRegion, stsRegionOf } from "./partitions.js";
import { showPlace, type Environment, type Profile, type Profiles } from "./profile-types.js";
import { faultOf, readSetting } from "./read-setting.js";
import { readVariable } from "./read-variable.js";

type Service = Parameters<SettingsFor>[0];

const HYPHENED: Readonly<Record<string, Service>> = { "sso-oidc": "sso_oidc", ssooidc: "sso_oidc" };

const NO_SETTINGS: Pick<Profile, "settings"> = { settings: new Map() };

const invalid = (message: string, hint: string): AuthError => new AuthError("invalid_profile", message, { hint });

const readFormed = (env: Environment, variable: string, form: string): string | undefined => {
  const value = readVariable(env, variable);
  if (value === undefined) return undefined;
  const wanted = faultOf(form, value);
  if (wanted === undefined) return value;
  throw new AuthError("invalid_option", `${variable} is not of its form`, { hint: `it wants ${wanted}` });
};

const isTrue = (value: string | undefined): boolean | undefined =>
  value === undefined ? undefined : value.toLowerCase() === "true";

/** The variable wins over the profile. */
const readFlag = (env: Environment, profile: Pick<Profile, "settings">, key: string): boolean | undefined =>
  isTrue(readFormed(env, `AWS_${key.toUpperCase()}`, key) ?? readSetting(profile, key));

const servicesEndpoint = (
  profiles: Profiles,
  profile: Pick<Profile, "settings">,
  service: Service,
): string | undefined => {
  const name = readSetting(profile, "services");
  if (name === undefined) return undefined;
  const section = profiles.services.get(name);
  if (section === undefined) {
    throw invalid(
      `there is no section [services ${name}]`,
      `add it in ${profiles.configFile}, or take the line services = ${name} away`,
    );
  }
  for (const [key, setting] of section.settings) {
    const meant = HYPHENED[key];
    if (meant === undefined) continue;
    // The AWS SDK for JavaScript ignores it without a word, and the call goes to AWS itself.
    throw invalid(
      `${showPlace(setting)}: ${key} is no service that is looked up`,
      `write ${meant}, with an underscore`,
    );
  }
  const endpoint = section.settings.get(service)?.nested?.get("endpoint_url");
  if (endpoint === undefined || endpoint === "") return undefined;
  const wanted = faultOf("endpoint_url", endpoint);
  if (wanted === undefined) return endpoint;
  throw invalid(`[services ${name}]: the endpoint_url of ${service} is not of its form`, `it wants ${wanted}`);
};

const endpointOf = (
  profiles: Profiles,
  profile: Pick<Profile, "settings">,
  env: Environment,
  service: Service,
): string | undefined => {
  if (readFlag(env, profile, "ignore_configured_endpoint_urls") === true) return undefined;
  return (
    readFormed(env, `AWS_ENDPOINT_URL_${service.toUpperCase()}`, "endpoint_url") ??
    readFormed(env, "AWS_ENDPOINT_URL", "endpoint_url") ??
    servicesEndpoint(profiles, profile, service) ??
    readSetting(profile, "endpoint_url")
  );
};

export interface SettingsOptions {
  readonly profiles: Profiles;
  /** `undefined`: no profile is used, only the environment. */
  readonly name: string | undefined;
  readonly env: Environment;
  /** Before everything else. */
  readonly region?: string | undefined;
}

const profileOf = ({ profiles, name }: SettingsOptions): Pick<Profile, "settings"> =>
  name === undefined ? NO_SETTINGS : (profiles.profiles.get(requireProfile(profiles, name)) ?? NO_SETTINGS);

/**
 * Returns the region that somebody chose: the option, AWS_REGION, AWS_DEFAULT_REGION, the profile's `region`; else
 * `undefined`. An sso_region is not the region. Throws `invalid_option`, `invalid_profile` or `not_found`.
 */
export const chooseRegion = (options: SettingsOptions): string | undefined => {
  const { env, region } = options;
  const wanted = region === undefined ? undefined : faultOf("region", region);
  if (wanted !== undefined) {
    throw new AuthError("invalid_option", "the region is not of its form", { hint: `it wants ${wanted}` });
  }
  return (
    region ??
    readFormed(env, "AWS_REGION", "region") ??
    readFormed(env, "AWS_DEFAULT_REGION", "region") ??
    readSetting(profileOf(options), "region")
  );
};

/**
 * Returns the region in which STS is asked for a role: the chosen one where it is in the role's partition, else that
 * partition's own. Throws `invalid_option` for an ARN of no known partition.
 */
export const stsRegionFor = (roleArn: string, region: string | undefined): string => {
  const partition = partitionOfArn(roleArn);
  const own = partition === undefined ? undefined : stsRegionOf(partition);
  if (own === undefined) {
    throw new AuthError("invalid_option", "the role is of a partition that is not known", {
      hint: "an ARN begins with arn:aws:, or arn: and another of AWS's partitions",
    });
  }
  return region !== undefined && partitionOfRegion(region) === partition ? region : own;
};

/**
 * Returns a function that gives the settings of a client for each service. Its `region` argument goes first; where nobody
 * chose a region it is us-east-1. Throws what `chooseRegion` throws, and `invalid_profile` for a services section that is
 * not there or names a service in a way that AWS's tools ignore.
 */
export const settingsFor = (options: SettingsOptions): SettingsFor => {
  const profile = profileOf(options);
  const { profiles, env } = options;
  const chosen = chooseRegion(options);
  const useFipsEndpoint = readFlag(env, profile, "use_fips_endpoint");
  const useDualstackEndpoint = readFlag(env, profile, "use_dualstack_endpoint");
  return (service, region): ClientSettings => {
    const endpoint = endpointOf(profiles, profile, env, service);
    return {
      region: region ?? chosen ?? "us-east-1",
      ...(endpoint !== undefined && { endpoint }),
      ...(useFipsEndpoint !== undefined && { useFipsEndpoint }),
      ...(useDualstackEndpoint !== undefined && { useDualstackEndpoint }),
    };
  };
};
