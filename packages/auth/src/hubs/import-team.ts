// The environments that a team hands out as JSON. The person sees what would change before anything does: a file that
// comes from somewhere else could lead `prod` to another account.
import * as v from "valibot";
import { AuthError } from "../errors.js";
import { TEAM_SCHEMA, type Environment, type PersonConfig, type TeamEnvironment } from "./config-schema.js";
import { findHub } from "./find-identity.js";
import type { PersonConfigFile } from "./person-config.js";

/** What would become of one environment. `before` is absent where it is new. */
export interface EnvironmentChange {
  readonly name: string;
  readonly before?: TeamEnvironment;
  readonly after: TeamEnvironment;
  /** True where it would lead to another account than before: the person should look twice. */
  readonly isRedirected: boolean;
}

const malformed = (problem: string): AuthError =>
  new AuthError("file_malformed", `the team's environments ${problem}`, {
    hint: 'they are {"environments": [{"name", "accountId", "region", "roles": [...]}]}; account ids are text',
  });

const parse = (text: string): readonly TeamEnvironment[] => {
  let given: unknown;
  try {
    given = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    throw malformed("are not JSON");
  }
  const result = v.safeParse(TEAM_SCHEMA, given);
  if (result.success) return result.output.environments;
  throw malformed(`are not understood at ${v.getDotPath(result.issues[0]) ?? "their start"}`);
};

const asTeam = ({ name, accountId, region, roles, rolePath }: Environment): TeamEnvironment => ({
  name,
  accountId,
  region,
  roles,
  rolePath,
});

const isSame = (one: TeamEnvironment, other: TeamEnvironment): boolean =>
  one.accountId === other.accountId &&
  one.region === other.region &&
  one.rolePath === other.rolePath &&
  JSON.stringify(one.roles.toSorted()) === JSON.stringify(other.roles.toSorted());

/**
 * Returns what the import would change, in the team's order; what is the same is not listed, and environments that the
 * team does not name stay. Throws `file_malformed`, `not_found` where there is no such hub, and `invalid_option` where a
 * name is taken by an environment of another hub.
 */
export const planTeamImport = (config: PersonConfig, text: string, hub: string): readonly EnvironmentChange[] => {
  findHub(config, hub);
  return parse(text).flatMap((after): EnvironmentChange[] => {
    const known = config.environments.find(({ name }) => name === after.name);
    if (known === undefined) return [{ name: after.name, after, isRedirected: false }];
    if (known.hub !== hub) {
      throw new AuthError("invalid_option", `the environment ${after.name} belongs to the hub ${known.hub}`, {
        hint: "rename one of the two",
      });
    }
    const before = asTeam(known);
    return isSame(before, after)
      ? []
      : [{ name: after.name, before, after, isRedirected: before.accountId !== after.accountId }];
  });
};

/**
 * Makes the changes that the person has seen. Rejects with `invalid_option`, and changes nothing, where the configuration
 * has changed since, so that it would not be those.
 */
export const importTeam = (
  file: PersonConfigFile,
  { text, hub, seen }: { readonly text: string; readonly hub: string; readonly seen: readonly EnvironmentChange[] },
): Promise<PersonConfig> =>
  file.update((config) => {
    const changes = planTeamImport(config, text, hub);
    if (JSON.stringify(changes) !== JSON.stringify(seen)) {
      throw new AuthError("invalid_option", "the configuration has changed since the changes were shown", {
        hint: "look at the changes again",
      });
    }
    const changed = new Set(changes.map(({ name }) => name));
    return {
      ...config,
      environments: [
        ...config.environments.filter(({ name }) => !changed.has(name)),
        ...changes.map(({ after }) => ({ ...after, hub, tooLong: [] })),
      ],
    };
  });
