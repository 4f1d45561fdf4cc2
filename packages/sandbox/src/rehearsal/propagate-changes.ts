// Holds up what IAM's operations write. IAM User Guide, "Troubleshoot IAM", "Changes that I make are not always
// immediately visible": changes to roles, policies, users, groups and keys are copied to servers around the world, and each
// decides by what has reached it.
import { isDeepStrictEqual } from "node:util";
import { accountIdOf } from "../authorize.js";
import type { AccessKey, Group, ManagedPolicy, Role, User } from "../types.js";
import type { QueryOperation } from "../wire/operation.js";
import type { Call, World } from "../world-types.js";
import { drawMs } from "./disturb-answer.js";
import { matchFaults } from "./match-fault.js";
import { addChange } from "./pending-changes.js";
import type { IamState, IamThings, PendingChange } from "./pending-types.js";

/**
 * Returns IAM's operations with their changes held up where that is ordered. What an operation changed is found by
 * comparing, so that none can be forgotten; a refused one may have changed nothing.
 */
export function propagateChanges(
  operations: Readonly<Record<string, QueryOperation>>,
): Readonly<Record<string, QueryOperation>> {
  return Object.fromEntries(
    Object.entries(operations).map(([action, { input, run }]) => [
      action,
      { input, run: (call, given) => holdUp(call, () => run(call, given)) } satisfies QueryOperation,
    ]),
  );
}

function holdUp<T>(call: Call, run: () => T): T {
  const { world } = call;
  // IAM's operations act in the caller's account and in no other.
  const accountId = accountIdOf(call.caller);
  const facts = { service: "iam", action: undefined, region: call.region, accountId };
  const [fault] = matchFaults(world, facts, "propagation");
  if (fault === undefined || accountId === undefined) return run();
  const before = copyState(world, accountId);
  try {
    return run();
  } finally {
    const touched = difference(before, copyState(world, accountId));
    if (touched !== undefined) {
      const { delayMs, flapping = false } = fault.order;
      addChange(world, accountId, { id: fault.id, flapping }, { before: touched, delayMs: drawMs(world, delayMs) });
    }
  }
}

function copyState(world: World, accountId: string): IamState {
  const account = world.accounts.get(accountId);
  if (account === undefined) throw new Error(`account ${accountId} of a signed call does not exist`);
  const keys = [...world.accessKeys].filter(([, key]) => key.accountId === accountId);
  return {
    users: new Map(
      [...account.users].map(([name, user]) => [name, { ...copyEntity(user), groupNames: new Set(user.groupNames) }]),
    ),
    groups: new Map([...account.groups].map(([name, group]) => [name, copyPolicies(group)])),
    roles: new Map([...account.roles].map(([name, role]) => [name, copyEntity(role)])),
    policies: new Map(
      [...account.policies].map(([name, policy]) => [
        name,
        { ...policy, tags: new Map(policy.tags), versions: new Map(policy.versions) },
      ]),
    ),
    accessKeys: new Map(keys.map(([id, key]) => [id, { ...key }])),
  };
}

function copyEntity<E extends User | Role>(entity: E): E {
  return { ...copyPolicies(entity), tags: new Map(entity.tags) };
}

function copyPolicies<E extends User | Group | Role>(entity: E): E {
  return {
    ...entity,
    inlinePolicies: new Map(entity.inlinePolicies),
    attachedPolicyArns: new Set(entity.attachedPolicyArns),
  };
}

/** Returns what differs, as it was before; `undefined` when nothing does. */
function difference(before: IamState, after: IamState): PendingChange["before"] | undefined {
  const touched = {
    users: changed(before.users, after.users),
    groups: changed(before.groups, after.groups),
    roles: changed(before.roles, after.roles),
    policies: changed(before.policies, after.policies),
    accessKeys: changed(before.accessKeys, after.accessKeys),
  };
  return Object.values(touched).some(({ size }) => size > 0) ? touched : undefined;
}

function changed<T extends IamThings[keyof IamThings]>(
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
): ReadonlyMap<string, T | undefined> {
  const touched = new Map<string, T | undefined>();
  for (const key of new Set([...before.keys(), ...after.keys()])) {
    if (!same(before.get(key), after.get(key))) touched.set(key, before.get(key));
  }
  return touched;
}

type Thing = User | Group | Role | ManagedPolicy | AccessKey;

/** Whether two copies are of one thing, with nothing changed but when it was last used. */
function same(one: Thing | undefined, other: Thing | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  const { lastUsed: _one, ...left } = { lastUsed: undefined, ...one };
  const { lastUsed: _other, ...right } = { lastUsed: undefined, ...other };
  return isDeepStrictEqual(left, right);
}
