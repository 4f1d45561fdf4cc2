// Accounts, users, roles and managed policies of a world file. What only people have is in load-people.ts.
import { parsePolicy } from "@daypass/policy";
import { findManagedPolicy } from "./find.js";
import { storeTrustPolicy } from "./iam/trust-policies.js";
import { newUniqueId } from "./identifiers.js";
import { addDevices, createGroups, doubled, readGroupNames } from "./load-people.js";
import { storePolicy } from "./stored-policy.js";
import type { Account, Group, ManagedPolicy, Role, StoredPolicy, User } from "./types.js";
import type { World } from "./world-types.js";
import { addAccount } from "./world.js";
import { atPlace, within, worldError } from "./world-error.js";
import type { Place } from "./world-error.js";
import type { CompleteWorldFile } from "./world-file.js";

type AccountEntry = CompleteWorldFile["accounts"][number];
type UserEntry = AccountEntry["users"][number];
type RoleEntry = AccountEntry["roles"][number];
type Document = Readonly<Record<string, unknown>>;

export interface CreatedEntities {
  readonly groups: readonly Group[];
  readonly users: readonly User[];
  readonly roles: readonly Role[];
}

/** Creates what has a name in the account, the account included, without following any reference. */
export function createEntities(world: World, entry: AccountEntry, place: Place): CreatedEntities {
  const account = openAccount(world, entry, place);
  for (const [index, policy] of entry.policies.entries()) {
    const at = within(within(place, "policies"), index);
    if (account.policies.has(policy.name.toLowerCase())) throw doubled(at, policy.name);
    const added = createPolicy(world, account, policy, at);
    account.policies.set(added.name.toLowerCase(), added);
  }
  return {
    groups: createGroups(world, account, entry.groups, within(place, "groups")),
    users: entry.users.map((user, index) => {
      const at = within(within(place, "users"), index);
      if (account.users.has(user.name.toLowerCase())) throw doubled(at, user.name);
      const added: User = {
        ...entityOf(world, account, user),
        kind: "user",
        arn: `arn:aws:iam::${account.id}:user${user.path}${user.name}`,
        uniqueId: newUniqueId(world, "AIDA"),
        groupNames: readGroupNames(account, user.groups, within(at, "groups")),
      };
      account.users.set(added.name.toLowerCase(), added);
      addDevices(world, account, added, user.mfaDevices, within(at, "mfaDevices"));
      return added;
    }),
    roles: entry.roles.map((role, index) => {
      const at = within(within(place, "roles"), index);
      if (account.roles.has(role.name.toLowerCase())) throw doubled(at, role.name);
      const added: Role = {
        ...entityOf(world, account, role),
        kind: "role",
        arn: `arn:aws:iam::${account.id}:role${role.path}${role.name}`,
        uniqueId: newUniqueId(world, "AROA"),
        description: role.description,
        maxSessionDuration: role.maxSessionDuration,
        // Bound by connectAccount, once everybody whom it may name exists.
        trustPolicy: parsed(role.trustPolicy, within(at, "trustPolicy")),
        lastUsed: undefined,
      };
      account.roles.set(added.name.toLowerCase(), added);
      return added;
    }),
  };
}

/** Attaches policies and boundaries and binds trust policies to the principals they name. */
export function connectAccount(world: World, created: CreatedEntities, entry: AccountEntry, place: Place): void {
  for (const [index, group] of created.groups.entries()) {
    connectPolicies(world, group, entry.groups[index], within(within(place, "groups"), index));
  }
  for (const [index, user] of created.users.entries()) {
    connect(world, user, entry.users[index], within(within(place, "users"), index));
  }
  for (const [index, role] of created.roles.entries()) {
    const at = within(within(place, "roles"), index);
    connect(world, role, entry.roles[index], at);
    role.trustPolicy = atPlace(within(at, "trustPolicy"), () => storeTrustPolicy(world, role.trustPolicy.text));
  }
}

/** Parses a document for the errors' sake, naming the place, and returns it as it is kept. */
function storeDocument(world: World, document: Document, place: Place): StoredPolicy {
  const text = JSON.stringify(document);
  return atPlace(place, () => {
    parsePolicy(text, "identity");
    return storePolicy(world, text, "identity");
  });
}

function openAccount(world: World, entry: AccountEntry, place: Place): Account {
  const existing = world.accounts.get(entry.id);
  if (existing === undefined) {
    if (entry.name === undefined) {
      throw worldError(place, "name is missing", "a new account needs a name; accounts that are always there have one");
    }
    const sameName = [...world.accounts.values()].find(({ name }) => name === entry.name);
    if (sameName !== undefined) {
      throw worldError(within(place, "name"), `the account ${sameName.id} has this name`, "choose another name");
    }
    return addAccount(world, { id: entry.id, name: entry.name });
  }
  if (entry.name !== undefined && entry.name !== existing.name) {
    throw worldError(
      within(place, "name"),
      `the account ${entry.id} is called ${existing.name}`,
      "leave the name out to add to an account that is already there",
    );
  }
  return existing;
}

function createPolicy(
  world: World,
  account: Account,
  entry: AccountEntry["policies"][number],
  at: Place,
): ManagedPolicy {
  const created = new Date(world.clock());
  const document = storeDocument(world, entry.document, within(at, "document"));
  return {
    accountId: account.id,
    name: entry.name,
    path: entry.path,
    arn: `arn:aws:iam::${account.id}:policy${entry.path}${entry.name}`,
    uniqueId: newUniqueId(world, "ANPA"),
    description: "",
    created,
    updated: created,
    tags: new Map(),
    defaultVersionId: "v1",
    nextVersion: 2,
    versions: new Map([["v1", { id: "v1", document, created }]]),
  };
}

function entityOf(world: World, account: Account, entry: UserEntry | RoleEntry) {
  return {
    accountId: account.id,
    name: entry.name,
    path: entry.path,
    created: new Date(world.clock()),
    tags: new Map(Object.entries(entry.tags)),
    permissionsBoundaryArn: undefined,
    inlinePolicies: new Map<string, StoredPolicy>(),
    attachedPolicyArns: new Set<string>(),
  };
}

function connect(world: World, entity: User | Role, entry: UserEntry | RoleEntry | undefined, at: Place): void {
  connectPolicies(world, entity, entry, at);
  const boundary = entry?.permissionsBoundaryArn;
  if (boundary !== undefined) {
    requirePolicy(world, entity, boundary, within(at, "permissionsBoundaryArn"));
    entity.permissionsBoundaryArn = boundary;
  }
}

function connectPolicies(
  world: World,
  entity: User | Group | Role,
  entry: Pick<UserEntry, "policies" | "attachedPolicyArns"> | undefined,
  at: Place,
): void {
  for (const [name, document] of Object.entries(entry?.policies ?? {})) {
    const place = within(within(at, "policies"), name);
    entity.inlinePolicies.set(name, storeDocument(world, document, place));
  }
  for (const [index, arn] of (entry?.attachedPolicyArns ?? []).entries()) {
    requirePolicy(world, entity, arn, within(within(at, "attachedPolicyArns"), index));
    entity.attachedPolicyArns.add(arn);
  }
}

/** As in IAM, a policy must exist, in the entity's own account or as AWS's. */
function requirePolicy(world: World, entity: User | Group | Role, arn: string, place: Place): void {
  const found = findManagedPolicy(world, arn);
  if (found !== undefined && (found.accountId === "aws" || found.accountId === entity.accountId)) return;
  throw worldError(
    place,
    `the policy ${arn} does not exist for account ${entity.accountId}`,
    "list it in policies of the same account; of AWS's own policies the sandbox has AdministratorAccess",
  );
}

function parsed(document: Document, place: Place): StoredPolicy {
  const text = JSON.stringify(document);
  return atPlace(place, () => ({ text, policy: parsePolicy(text, "trust") }));
}
