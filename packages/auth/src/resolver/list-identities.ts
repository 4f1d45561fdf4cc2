// Who a person can be, by name: hubs and their environments, profiles, and roles of Identity Center. Pure.
import { AuthError } from "../errors.js";
import type { PersonConfig } from "../hubs/config-schema.js";
import { nearestNames } from "../profiles/nearest-names.js";
import type { Profiles } from "../profiles/profile-types.js";
import { readSetting } from "../profiles/read-setting.js";
import type { Identity } from "./home-types.js";

const PROFILE = "profile:";
const ROLE_ARN = /^arn:[\w-]+:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/;

const flagOf = (withoutMfa: boolean | undefined): string => (withoutMfa === true ? ", WITHOUT MFA" : "");

const hubIdentities = ({ hubs, environments }: PersonConfig): readonly Identity[] => [
  ...hubs.map(({ name, accountId, userName, region, withoutMfa }): Identity => ({
    name,
    kind: "hub_user",
    description: `user ${userName} of ${accountId}${flagOf(withoutMfa)}`,
    accountId,
    hub: name,
    ...(region !== undefined && { region }),
  })),
  ...environments.flatMap(({ name, hub, accountId, region, roles }) =>
    roles.map((roleName): Identity => ({
      name: `${name}/${roleName}`,
      kind: "hub_role",
      description: `${roleName} in ${accountId} by ${hub}${flagOf(
        hubs.find((known) => known.name === hub)?.withoutMfa,
      )}`,
      accountId,
      roleName,
      region,
      hub,
    })),
  ),
];

/** What a profile's own section says that it is: names of profiles are often all alike. */
const describeProfile = (profiles: Profiles, name: string): string => {
  // As they stand there: a list must not fail because one profile does.
  const setting = (key: string): string | undefined => profiles.profiles.get(name)?.settings.get(key)?.value;
  const [account, role, session] = ["sso_account_id", "sso_role_name", "sso_session"].map(setting);
  if (account !== undefined && role !== undefined)
    return `${role} in ${account}${session === undefined ? "" : ` by ${session}`}`;
  const [, roleAccount, roleName] = ROLE_ARN.exec(setting("role_arn") ?? "") ?? [];
  if (roleAccount === undefined || roleName === undefined) return `profile ${name}`;
  const source = setting("source_profile");
  return `${roleName} in ${roleAccount}${source === undefined ? "" : ` by profile ${source}`}`;
};

const regionOf = (profiles: Profiles, name: string): string | undefined => {
  const profile = profiles.profiles.get(name);
  return profile === undefined ? undefined : readSetting(profile, "region");
};

const profileIdentity = (profiles: Profiles, name: string, shown: string): Identity => {
  const region = regionOf(profiles, name);
  return {
    name: shown,
    kind: "profile",
    description: describeProfile(profiles, name),
    ...(region !== undefined && { region }),
  };
};

/**
 * Returns every identity that the configuration and ~/.aws name, each once. A profile whose name is taken by a hub or an
 * environment is called `profile:NAME`. Names of our own profiles, which only ask us again, are left out.
 */
export const listIdentities = (
  config: PersonConfig,
  profiles: Profiles,
  isOwn: (profile: string) => boolean = () => false,
): readonly Identity[] => {
  const own = hubIdentities(config);
  const taken = new Set(own.map(({ name }) => name));
  const names = [...profiles.profiles.keys()].filter((name) => !isOwn(name));
  // A profile that is itself called `profile:NAME` would be shown by the name of another.
  const isTaken = (name: string) => taken.has(name) || name.startsWith(PROFILE);
  return [...own, ...names.map((name) => profileIdentity(profiles, name, isTaken(name) ? `${PROFILE}${name}` : name))];
};

const SSO_ROLE = /^([^/]+)\/(\d{12})\/([\w+=,.@-]{1,64})$/;

const ssoRoleOf = (name: string, ssoSessions: readonly string[]): Identity | undefined => {
  const [, session, accountId, roleName] = SSO_ROLE.exec(name) ?? [];
  if (session === undefined || accountId === undefined || roleName === undefined) return undefined;
  if (!ssoSessions.includes(session)) return undefined;
  return { name, kind: "sso_role", description: `${roleName} in ${accountId} by ${session}`, accountId, roleName };
};

const refuse = (
  name: string,
  known: readonly Identity[],
  ssoSessions: readonly string[],
  setUpHint?: string,
): never => {
  if (known.length === 0 && ssoSessions.length === 0 && setUpHint !== undefined) {
    throw new AuthError("not_found", `there is no identity ${JSON.stringify(name.slice(0, 130))}, nor any other yet`, {
      hint: setUpHint,
    });
  }
  const names = known.map((identity) => identity.name);
  // An environment alone is no identity; the roles in it are what was meant.
  const within = names.filter((one) => one.startsWith(`${name}/`)).slice(0, 3);
  const near = within.length > 0 ? within : nearestNames(name, names);
  throw new AuthError("not_found", `there is no identity ${JSON.stringify(name.slice(0, 130))}`, {
    hint:
      near.length > 0
        ? `did you mean ${near.join(" or ")}?`
        : "it is a hub, ENVIRONMENT/ROLE, a profile, or SSO-SESSION/ACCOUNT-ID/ROLE",
  });
};

/**
 * Returns the identity of that name: exactly, never the nearest. `profile:NAME` is always a profile. Throws `not_found`
 * with the nearest names, and `invalid_option` where a bare name is both a profile and something of ours.
 */
export const pickIdentity = (
  name: string,
  known: readonly Identity[],
  {
    profiles,
    ssoSessions,
    setUpHint,
  }: { readonly profiles: Profiles; readonly ssoSessions: readonly string[]; readonly setUpHint?: string | undefined },
): Identity => {
  if (name.startsWith(PROFILE)) {
    const profile = name.slice(PROFILE.length);
    return profiles.profiles.has(profile)
      ? profileIdentity(profiles, profile, name)
      : refuse(name, known, ssoSessions, setUpHint);
  }
  const ssoRole = ssoRoleOf(name, ssoSessions);
  const found = known.find((identity) => identity.name === name && identity.kind !== "profile") ?? ssoRole;
  if (found === undefined)
    return known.find((identity) => identity.name === name) ?? refuse(name, known, ssoSessions, setUpHint);
  if (!profiles.profiles.has(name)) return found;
  throw new AuthError("invalid_option", `${name} is a profile and a ${found.kind.replace("_", " ")}`, {
    hint: `say ${PROFILE}${name} for the profile, or give one of them another name`,
  });
};
