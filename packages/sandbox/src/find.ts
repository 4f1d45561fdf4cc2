// Finds things by the names that AWS gives them: in the world, as they are written, or in what of it is in force.
import { administratorAccess } from "./aws-managed-policies.js";
import type { Directory, Group, ManagedPolicy, Role, StoredPolicy, User } from "./types.js";
import type { World } from "./world-types.js";

const ENTITY_ARN = /^arn:aws:iam::(\d{12}):(user|role|policy)\/(?:[\x21-\x7e]*\/)?([\w+=,.@-]+)$/;

/** Returns the user of that name, without regard to case. */
export function findUser(directory: Directory, accountId: string, name: string): User | undefined {
  return directory.accounts.get(accountId)?.users.get(name.toLowerCase());
}

/** Returns the role of that name, without regard to case. */
export function findRole(directory: Directory, accountId: string, name: string): Role | undefined {
  return directory.accounts.get(accountId)?.roles.get(name.toLowerCase());
}

/** Returns the group of that name, without regard to case. */
export function findGroup(directory: Directory, accountId: string, name: string): Group | undefined {
  return directory.accounts.get(accountId)?.groups.get(name.toLowerCase());
}

/** Returns the groups whose policies are the user's as well. */
export function groupsOf(directory: Directory, user: User): readonly Group[] {
  return [...user.groupNames].flatMap((name) => findGroup(directory, user.accountId, name) ?? []);
}

/** Returns the user or role with exactly this ARN, path and case included. */
export function findByArn(directory: Directory, arn: string): User | Role | undefined {
  const [, accountId = "", type, name = ""] = ENTITY_ARN.exec(arn) ?? [];
  const found =
    type === "user"
      ? findUser(directory, accountId, name)
      : type === "role"
        ? findRole(directory, accountId, name)
        : undefined;
  return found?.arn === arn ? found : undefined;
}

/** Returns the user or role with this unique id (AIDA…, AROA…); `undefined` when it never was or is gone. */
export function findByUniqueId(world: World, uniqueId: string): User | Role | undefined {
  for (const account of world.accounts.values()) {
    for (const user of account.users.values()) if (user.uniqueId === uniqueId) return user;
    for (const role of account.roles.values()) if (role.uniqueId === uniqueId) return role;
  }
  return undefined;
}

/** Returns the managed policy with exactly this ARN: the account's own, or AWS's `AdministratorAccess`. */
export function findManagedPolicy(directory: Directory, arn: string): ManagedPolicy | undefined {
  if (arn === administratorAccess.arn) return administratorAccess;
  const [, accountId = "", type, name = ""] = ENTITY_ARN.exec(arn) ?? [];
  if (type !== "policy") return undefined;
  const found = directory.accounts.get(accountId)?.policies.get(name.toLowerCase());
  return found?.arn === arn ? found : undefined;
}

/** Returns the document of the policy's default version, which is the one in force. */
export function defaultDocument(policy: ManagedPolicy): StoredPolicy {
  const version = policy.versions.get(policy.defaultVersionId);
  if (version === undefined) throw new Error(`policy ${policy.arn} has lost its default version`);
  return version.document;
}
