// What a name means: `prod/admin`, a hub's own name, `profile:NAME`, or `SESSION/ACCOUNT/ROLE` of Identity Center.
import { AuthError } from "../errors.js";
import type { Environment, Hub, PersonConfig } from "./config-schema.js";

/** Something that a person can be, found by its name. */
export type FoundIdentity =
  | { readonly kind: "hub_user"; readonly hub: Hub }
  | { readonly kind: "hub_role"; readonly hub: Hub; readonly environment: Environment; readonly role: string }
  | { readonly kind: "profile"; readonly profile: string }
  | {
      readonly kind: "sso_role";
      readonly ssoSession: PersonConfig["ssoSessions"][number];
      readonly accountId: string;
      readonly roleName: string;
    };

const notFound = (message: string, known: readonly string[]): AuthError =>
  new AuthError("not_found", message, {
    hint: known.length === 0 ? "set one up first" : `known are ${known.slice(0, 20).join(", ")}`,
  });

const quote = (text: string): string => JSON.stringify(text.slice(0, 130));

/** Returns all names that the configuration gives, in its order. Profiles and Identity Center's roles are not among them. */
export const listIdentityNames = ({ hubs, environments }: PersonConfig): readonly string[] => [
  ...hubs.map((hub) => hub.name),
  ...environments.flatMap((environment) => environment.roles.map((role) => `${environment.name}/${role}`)),
];

/** Returns the hub of that name. Throws `not_found`. */
export const findHub = (config: PersonConfig, name: string): Hub => {
  const hub = config.hubs.find((known) => known.name === name);
  if (hub !== undefined) return hub;
  throw notFound(
    `there is no hub ${quote(name)}`,
    config.hubs.map((known) => known.name),
  );
};

const findRole = (config: PersonConfig, name: string, role: string): FoundIdentity => {
  const environment = config.environments.find((known) => known.name === name);
  if (environment === undefined) {
    throw notFound(
      `there is no environment ${quote(name)}`,
      config.environments.map((known) => known.name),
    );
  }
  if (!environment.roles.includes(role)) {
    throw notFound(`the environment ${quote(name)} has no role ${quote(role)}`, environment.roles);
  }
  return { kind: "hub_role", hub: findHub(config, environment.hub), environment, role };
};

const findSsoRole = (
  config: PersonConfig,
  [name = "", accountId = "", roleName = ""]: readonly string[],
): FoundIdentity => {
  const ssoSession = config.ssoSessions.find((known) => known.name === name);
  if (ssoSession === undefined) {
    throw notFound(
      `there is no sso-session ${quote(name)}`,
      config.ssoSessions.map((known) => known.name),
    );
  }
  if (!/^\d{12}$/.test(accountId) || !/^[\w+=,.@-]{1,32}$/.test(roleName)) {
    throw notFound("after an sso-session come an account id of 12 digits and a role's name", []);
  }
  return { kind: "sso_role", ssoSession, accountId, roleName };
};

/** Returns what a name means. Throws `not_found`, with what is known; a name that is nearly right is never taken. */
export const findIdentity = (config: PersonConfig, name: string): FoundIdentity => {
  if (name.startsWith("profile:")) return { kind: "profile", profile: name.slice("profile:".length) };
  const parts = name.split("/");
  const [first = "", second] = parts;
  if (parts.length === 3) return findSsoRole(config, parts);
  if (parts.length === 2 && second !== undefined) return findRole(config, first, second);
  if (parts.length === 1) return { kind: "hub_user", hub: findHub(config, first) };
  throw notFound(`${quote(name)} is no identity`, listIdentityNames(config));
};
