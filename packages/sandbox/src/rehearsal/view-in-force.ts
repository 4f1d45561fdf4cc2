// What of IAM is in force: everything that is written, or, while changes are held up, what was there before them.
import type { Directory, Lookup } from "../types.js";
import type { World } from "../world-types.js";
import { settleChanges } from "./pending-changes.js";
import type { IamThings, PendingChanges } from "./pending-types.js";

/** Returns what is in force for one call: where it flaps, the whole call sees one side of it. */
export function viewInForce(world: World): Directory {
  settleChanges(world);
  // A call may write itself, as CloudFormation's do: it is not to see that either.
  if (world.pending.size === 0 && !world.faults.some(({ order }) => order.kind === "propagation")) return world;
  const seen = new Map<PendingChanges, boolean>();

  /** Whether the call sees the changes already; asked only by what depends on one of them. */
  const seesThem = (pending: PendingChanges): boolean => {
    if (!pending.flapping) return false;
    const known = seen.get(pending);
    if (known !== undefined) return known;
    const sees = pending.looks % 2 === 0;
    pending.looks += 1;
    seen.set(pending, sees);
    return sees;
  };

  const inForce = <Kind extends keyof IamThings>(
    pending: PendingChanges,
    kind: Kind,
    key: string,
    written: IamThings[Kind] | undefined,
  ): IamThings[Kind] | undefined => {
    // The first change that is not due and touched it knows what was there before all of them.
    const held = pending.changes.find(({ before }) => before[kind].has(key));
    return held === undefined || seesThem(pending) ? written : held.before[kind].get(key);
  };

  const viewed = <Kind extends keyof IamThings>(
    pending: PendingChanges,
    kind: Kind,
    written: Lookup<IamThings[Kind]>,
  ): Lookup<IamThings[Kind]> => ({ get: (key) => inForce(pending, kind, key, written.get(key)) });

  return {
    accounts: {
      get(accountId) {
        const account = world.accounts.get(accountId);
        const pending = world.pending.get(accountId);
        if (account === undefined || pending === undefined) return account;
        return {
          users: viewed(pending, "users", account.users),
          groups: viewed(pending, "groups", account.groups),
          roles: viewed(pending, "roles", account.roles),
          policies: viewed(pending, "policies", account.policies),
        };
      },
    },
    accessKeys: {
      get(accessKeyId) {
        let found = world.accessKeys.get(accessKeyId);
        // A key that is deleted is in no account any more; key ids are never issued twice.
        for (const pending of world.pending.values()) found = inForce(pending, "accessKeys", accessKeyId, found);
        return found;
      },
    },
  };
}
