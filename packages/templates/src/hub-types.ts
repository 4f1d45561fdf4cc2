// The words of a hub and its spokes: people have users in one account, and enter roles of the others with a code.
import type { Partition } from "./types.js";

/** An account that is reached from the hub, and the roles in it. */
export interface HubEnvironment {
  /** Begins the groups' names: a letter, then up to 31 letters, digits, `-` or `_`. */
  readonly name: string;
  readonly accountId: string;
  /** Names of roles. */
  readonly roles: readonly string[];
  /** The IAM path of the roles; default `/`. */
  readonly rolePath?: string;
}

/** The account in which people have their users. */
export interface HubDescription {
  readonly partition: Partition;
  readonly hubAccountId: string;
  readonly environments: readonly HubEnvironment[];
}

/** One role of an account that is reached from the hub. */
export interface SpokeDescription {
  readonly partition: Partition;
  readonly hubAccountId: string;
  readonly accountId: string;
  readonly roleName: string;
  /** The IAM path of the role; default `/`. */
  readonly rolePath?: string;
  /** ARNs of the hub's users that may enter; `null` says on purpose: every user of the hub that its groups allow to. */
  readonly users: readonly string[] | null;
  /** Seconds since a code was shown, 900 to 129,600: the longest that a session of a user can be is no limit by itself. */
  readonly mfaMaxAgeSeconds: number;
  /** Seconds, 3,600 to 43,200. */
  readonly maxSessionDuration: number;
  /** ARNs of managed policies: what the role may do. */
  readonly managedPolicyArns: readonly string[];
}
