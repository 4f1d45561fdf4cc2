// Changes to the environments of a person's configuration. Pure: what may be written is judged once more by its file.
import type { Home } from "@daypass/auth";
import { AuthError } from "@daypass/auth/terminal";
import { UsageError } from "../usage-error.js";

export type PersonConfig = Awaited<ReturnType<Home["config"]["read"]>>;
export type EnvironmentEntry = PersonConfig["environments"][number];

export interface NewEnvironment {
  readonly name: string;
  readonly hub: string;
  readonly accountId: string;
  readonly region: string;
  readonly roles: readonly string[];
  readonly rolePath: string;
}

const missing = (what: string, known: readonly string[]): AuthError =>
  new AuthError("not_found", `there is no ${what}`, {
    hint: known.length === 0 ? "add one first" : `known are ${known.join(", ")}`,
  });

const namesOf = (entries: readonly { readonly name: string }[]): readonly string[] => entries.map(({ name }) => name);

/**
 * Returns the configuration with the environment: new, or with more roles of the one that is there. Throws `not_found`
 * for an unknown hub, and `UsageError` where the one of that name leads elsewhere.
 */
export const withEnvironment = (config: PersonConfig, added: NewEnvironment): PersonConfig => {
  if (!namesOf(config.hubs).includes(added.hub))
    throw missing(`hub ${JSON.stringify(added.hub)}`, namesOf(config.hubs));
  const known = config.environments.find(({ name }) => name === added.name);
  if (known === undefined) {
    const entry: EnvironmentEntry = { ...added, roles: [...new Set(added.roles)], tooLong: [] };
    return { ...config, environments: [...config.environments, entry] };
  }
  const isSame = known.hub === added.hub && known.accountId === added.accountId && known.rolePath === added.rolePath;
  if (!isSame) {
    throw new UsageError(
      `the environment ${added.name} is there, in account ${known.accountId} by hub ${known.hub}`,
      "remove it first, or give this one another name",
    );
  }
  const merged = { ...known, region: added.region, roles: [...new Set([...known.roles, ...added.roles])] };
  return { ...config, environments: config.environments.map((each) => (each === known ? merged : each)) };
};

/** Returns the configuration without the environment. Throws `not_found`. */
export const withoutEnvironment = (config: PersonConfig, name: string): PersonConfig => {
  const environments = config.environments.filter((each) => each.name !== name);
  if (environments.length < config.environments.length) return { ...config, environments };
  throw missing(`environment ${JSON.stringify(name.slice(0, 130))}`, namesOf(config.environments));
};

/**
 * Returns the configuration without one role of one environment; an environment without roles goes with its last one.
 * `name` is `environment/role`: both must be the same, so that neither the environment's other roles nor the same role
 * elsewhere go too. Throws `not_found`.
 */
export const withoutRole = (config: PersonConfig, name: string): PersonConfig => {
  const [environment = "", role = "", ...more] = name.split("/");
  const known = config.environments.find((each) => each.name === environment);
  if (known === undefined || more.length > 0 || !known.roles.includes(role)) {
    const all = config.environments.flatMap((each) => each.roles.map((each_) => `${each.name}/${each_}`));
    throw missing(`role ${JSON.stringify(name.slice(0, 130))}`, all);
  }
  const roles = known.roles.filter((each) => each !== role);
  if (roles.length === 0) return withoutEnvironment(config, environment);
  const tooLong = known.tooLong.filter((limit) => limit.role !== role);
  const left = { ...known, roles, tooLong };
  return { ...config, environments: config.environments.map((each) => (each === known ? left : each)) };
};
