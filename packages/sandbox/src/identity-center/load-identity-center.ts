// Identity Center of a world file: people, permission sets, and a role in each account for whoever is assigned there.
import { newRequestId } from "../identifiers.js";
import type { World } from "../world-types.js";
import { within, worldError } from "../world-error.js";
import type { Place } from "../world-error.js";
import { provisionRole } from "./provision-role.js";
import { trimStartUrl } from "./start-url.js";
import type { Assignment, Person } from "./types.js";
import type { IdentityCenterEntry } from "./world-form.js";

/** Adds the instance. Throws `SandboxError` `invalid_world` for doubled names and for what an assignment does not find. */
export function loadIdentityCenter(world: World, entry: IdentityCenterEntry, place: Place): void {
  const people = new Map<string, Person>();
  for (const [index, { name, password }] of entry.users.entries()) {
    // The directory's names are unique without regard to case.
    if ([...people.keys()].some((known) => known.toLowerCase() === name.toLowerCase())) {
      throw worldError(within(within(place, "users"), index), `${name} already exists`, "choose another name");
    }
    people.set(name, { id: newRequestId(world), name, password });
  }
  const names = new Set<string>();
  for (const [index, { name }] of entry.permissionSets.entries()) {
    if (names.has(name.toLowerCase())) {
      throw worldError(within(within(place, "permissionSets"), index), `${name} already exists`, "choose another name");
    }
    names.add(name.toLowerCase());
  }
  world.identityCenter.instance = {
    startUrl: entry.startUrl === undefined ? undefined : trimStartUrl(entry.startUrl),
    region: entry.region,
    accessTokenSeconds: entry.accessTokenDuration,
    refreshAnswers: entry.refreshAnswers,
    people,
    assignments: readAssignments(world, entry, place),
  };
}

function readAssignments(world: World, entry: IdentityCenterEntry, place: Place): readonly Assignment[] {
  const roleNames = new Map<string, string>();
  const assignments = new Map<string, Assignment>();
  for (const [index, { user, group, account: accountId, permissionSet }] of entry.assignments.entries()) {
    const at = within(within(place, "assignments"), index);
    const members = user === undefined ? membersOf(entry, group ?? "") : [user];
    if (members.length === 0) {
      throw worldError(within(at, "group"), "nobody is in this group", "name it in groups of a user");
    }
    const setIndex = entry.permissionSets.findIndex(({ name }) => name === permissionSet);
    const set = entry.permissionSets[setIndex];
    if (set === undefined) {
      throw worldError(within(at, "permissionSet"), `${permissionSet} does not exist`, "list it in permissionSets");
    }
    const account = world.accounts.get(accountId);
    if (account === undefined) {
      throw worldError(within(at, "account"), `the account ${accountId} does not exist`, "list it under accounts");
    }
    const where = `${accountId} ${permissionSet}`;
    let roleName = roleNames.get(where);
    if (roleName === undefined) {
      const setPlace = within(within(place, "permissionSets"), setIndex);
      roleName = provisionRole(world, account, { set, region: entry.region, place: setPlace }).name;
      roleNames.set(where, roleName);
    }
    for (const name of members) {
      if (!entry.users.some((known) => known.name === name)) {
        throw worldError(within(at, "user"), `${name} does not exist`, "list the person in users");
      }
      // Somebody may be assigned twice, by name and by group: it is one assignment.
      assignments.set(`${name} ${where}`, { user: name, accountId, permissionSet, roleName });
    }
  }
  return [...assignments.values()];
}

function membersOf({ users }: IdentityCenterEntry, group: string): readonly string[] {
  return users.filter(({ groups }) => groups.includes(group)).map(({ name }) => name);
}
