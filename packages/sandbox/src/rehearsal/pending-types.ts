// Changes of IAM that are written and not in force yet, as data.
import type { AccessKey, Group, ManagedPolicy, Role, User } from "../types.js";

/** What IAM's changes are made to. */
export interface IamThings {
  readonly users: User;
  readonly groups: Group;
  readonly roles: Role;
  readonly policies: ManagedPolicy;
  readonly accessKeys: AccessKey;
}

/** Copies of the things of one account, keyed as in the world. */
export type IamState = { readonly [Kind in keyof IamThings]: ReadonlyMap<string, IamThings[Kind]> };

export interface PendingChange {
  /** Milliseconds since 1970, by the sandbox's clock: in force from then on, if the changes before it are. */
  readonly dueAt: number;
  /** What the change touched, as it was before; `undefined` for what did not exist. */
  readonly before: { readonly [Kind in keyof IamThings]: ReadonlyMap<string, IamThings[Kind] | undefined> };
}

/** One account's. At any time all are the doing of one fault: the first that concerns the account. */
export interface PendingChanges {
  readonly faultId: string;
  readonly flapping: boolean;
  /** Oldest first. */
  readonly changes: PendingChange[];
  /** How many calls depended on one of them. */
  looks: number;
}
