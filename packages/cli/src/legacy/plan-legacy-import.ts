// What of an old configuration would be taken, under which names. Pure, so that it can be shown before it happens.
import { display } from "@daypass/auth/terminal";
import type { NewEnvironment, PersonConfig } from "../setup/edit-environments.js";
import type { LegacyProfile } from "./read-legacy.js";

export interface LegacyHub {
  readonly name: string;
  readonly profile: LegacyProfile;
  /** A hub of that name is there already: its keys stay. */
  readonly isThere: boolean;
  readonly environments: readonly NewEnvironment[];
}

/** Old names were free; ours become parts of `environment/role`. */
const nameFrom = (old: string, otherwise: string): string => {
  const name = old
    .replaceAll(/[^\w.-]+/g, "-")
    .replace(/^[^A-Za-z0-9]+/, "")
    .slice(0, 64);
  return name === "" ? otherwise : name;
};

/** Numbers names that are taken. Goes on where it stopped: a file may have one name thousands of times. */
const createNumbering = () => {
  const last = new Map<string, number>();
  return (wanted: string, isTaken: (name: string) => boolean): string => {
    if (!isTaken(wanted)) return wanted;
    for (let number = last.get(wanted) ?? 2; ; number++) {
      const name = `${wanted.slice(0, 58)}-${number}`;
      last.set(wanted, number);
      if (!isTaken(name)) return name;
    }
  };
};

/** Returns the plan. An environment whose name leads elsewhere already gets the hub's name before it. */
export const planLegacyImport = (config: PersonConfig, profiles: readonly LegacyProfile[]): readonly LegacyHub[] => {
  const hubs = new Set<string>();
  const leadsTo = new Map(config.environments.map((known) => [known.name, `${known.accountId} ${known.hub}`]));
  const numberHub = createNumbering();
  const numberEnvironment = createNumbering();
  return profiles.map((profile) => {
    const hub = numberHub(nameFrom(profile.name, "hub"), (name) => hubs.has(name));
    hubs.add(hub);
    const environments = profile.environments.map(({ name: old, accountId, region, roles }) => {
      const here = `${accountId} ${hub}`;
      const leadsElsewhere = (name: string): boolean => (leadsTo.get(name) ?? here) !== here;
      const bare = nameFrom(old, "environment");
      const wanted = leadsElsewhere(bare) ? `${hub}-${bare}`.slice(0, 64) : bare;
      const name = numberEnvironment(wanted, leadsElsewhere);
      leadsTo.set(name, here);
      return { name, hub, accountId, region, roles, rolePath: "/" };
    });
    return { name: hub, profile, isThere: config.hubs.some(({ name }) => name === hub), environments };
  });
};

/** Returns the plan as lines. Keys are named by their id, which is no secret. */
export const describePlan = (hubs: readonly LegacyHub[]): string =>
  hubs
    .flatMap(({ name, profile, isThere, environments }) => [
      `hub ${name}: ${isThere ? "is there already, its keys stay" : `key ${profile.keys.accessKeyId}`}`,
      ...environments.map(
        (each) => `  ${each.name}: account ${each.accountId}, ${each.region}, ${each.roles.join(" ")}`,
      ),
    ])
    .map((line) => `${display(line)}\n`)
    .join("");
