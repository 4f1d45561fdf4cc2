// A profile's sign-in by IAM Identity Center: by an sso-session, or in the older way with everything in the profile.
// Source: AWS SDKs and Tools Reference Guide, "IAM Identity Center credential provider".
import { AuthError } from "../errors.js";
import type { SsoSession } from "../types.js";
import { refuseMistypes } from "./known-settings.js";
import { nearestNames } from "./nearest-names.js";
import type { SsoPlan } from "./profile-plan.js";
import { showPlace, type Profile, type Profiles, type Section } from "./profile-types.js";
import { readSetting } from "./read-setting.js";

/** The scope that GetRoleCredentials needs, and the AWS CLI's default. */
const ACCOUNT_ACCESS = "sso:account:access";

const invalid = (message: string, hint: string): AuthError => new AuthError("invalid_profile", message, { hint });

const required = (section: Section, key: string, owner: string): string => {
  const value = readSetting(section, key);
  if (value !== undefined) return value;
  throw invalid(`${owner} ${section.name} lacks ${key}`, `add ${key} at ${showPlace(section)}`);
};

/** Returns the sso-session of that name. Throws `not_found` with the nearest names, and `invalid_profile`. */
export const planSsoSession = (profiles: Profiles, name: string): SsoSession => {
  const section = profiles.ssoSessions.get(name);
  if (section === undefined) {
    const near = nearestNames(name, profiles.ssoSessions.keys());
    throw new AuthError("not_found", `there is no sso-session ${name}`, {
      hint:
        near.length > 0 ? `did you mean ${near.join(" or ")}?` : `add [sso-session ${name}] in ${profiles.configFile}`,
    });
  }
  refuseMistypes("sso-session", section);
  const scopes = (readSetting(section, "sso_registration_scopes") ?? ACCOUNT_ACCESS)
    .split(",")
    .map((scope) => scope.trim());
  return {
    name,
    startUrl: required(section, "sso_start_url", "sso-session"),
    region: required(section, "sso_region", "sso-session"),
    scopes: scopes.filter((scope) => scope !== ""),
  };
};

const sessionOf = (profiles: Profiles, profile: Profile): SsoSession => {
  const name = readSetting(profile, "sso_session");
  if (name === undefined) {
    return {
      name: undefined,
      startUrl: required(profile, "sso_start_url", "profile"),
      region: required(profile, "sso_region", "profile"),
      scopes: [],
    };
  }
  const session = planSsoSession(profiles, name);
  for (const [key, setting] of profiles.ssoSessions.get(name)?.settings ?? []) {
    const own = profile.settings.get(key);
    if (own === undefined || own.value === setting.value) continue;
    throw invalid(
      `${key} is one thing at ${showPlace(own)} and another at ${showPlace(setting)}`,
      `take it out of profile ${profile.name}: the sso-session says it`,
    );
  }
  return session;
};

/**
 * Returns the sign-in of a profile that names an account or a permission set; else `undefined`.
 * Throws `invalid_profile` for a missing part and for values that differ between the profile and its sso-session.
 */
export const planSso = (profiles: Profiles, profile: Profile): SsoPlan | undefined => {
  if (!profile.settings.has("sso_account_id") && !profile.settings.has("sso_role_name")) return undefined;
  return {
    kind: "sso",
    profile: profile.name,
    session: sessionOf(profiles, profile),
    accountId: required(profile, "sso_account_id", "profile"),
    roleName: required(profile, "sso_role_name", "profile"),
  };
};
