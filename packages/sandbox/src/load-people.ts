// What only people have, of a world file: groups, and who is in them, and MFA devices.
import { newUniqueId } from "./identifiers.js";
import { addDevice } from "./mfa/add-device.js";
import { decodeBase32 } from "./mfa/base-32.js";
import type { Account, Group, User } from "./types.js";
import type { World } from "./world-types.js";
import { within, worldError } from "./world-error.js";
import type { Place } from "./world-error.js";
import type { CompleteWorldFile } from "./world-file.js";

type AccountEntry = CompleteWorldFile["accounts"][number];
type UserEntry = AccountEntry["users"][number];

/** Creates the account's groups, without their policies, and returns them in order. */
export function createGroups(
  world: World,
  account: Account,
  entries: AccountEntry["groups"],
  place: Place,
): readonly Group[] {
  return entries.map(({ name, path }, index) => {
    if (account.groups.has(name.toLowerCase())) throw doubled(within(place, index), name);
    const added: Group = {
      kind: "group",
      accountId: account.id,
      name,
      path,
      arn: `arn:aws:iam::${account.id}:group${path}${name}`,
      uniqueId: newUniqueId(world, "AGPA"),
      created: new Date(world.clock()),
      inlinePolicies: new Map(),
      attachedPolicyArns: new Set(),
    };
    account.groups.set(name.toLowerCase(), added);
    return added;
  });
}

/** Returns the names in lower case. Throws `SandboxError` `invalid_world` for a group that the account does not have. */
export function readGroupNames(account: Account, names: readonly string[], place: Place): Set<string> {
  for (const [index, name] of names.entries()) {
    if (account.groups.has(name.toLowerCase())) continue;
    throw worldError(
      within(place, index),
      `the group ${name} does not exist in account ${account.id}`,
      "list it in groups of the same account",
    );
  }
  return new Set(names.map((name) => name.toLowerCase()));
}

/** Gives the user devices that are enabled. */
export function addDevices(
  world: World,
  account: Account,
  owner: User,
  entries: UserEntry["mfaDevices"],
  place: Place,
): void {
  for (const [index, { name, secret }] of entries.entries()) {
    const device = addDevice(world, account, {
      name,
      path: "/",
      seed: decodeBase32(secret),
      owner: { userUniqueId: owner.uniqueId, enabled: owner.created },
    });
    if (device === undefined) throw doubled(within(place, index), name);
  }
}

/** The mistake that a name is taken. */
export function doubled(place: Place, name: string): Error {
  return worldError(place, `${name} already exists`, "names are unique within an account, without regard to case");
}
