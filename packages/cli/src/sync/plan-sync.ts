// What a synchronisation would change, judged before anything is written. Only whole sections that carry our mark and
// lead to this very sign-in are ours to change or to take away. Pure.
import type { NamedRole } from "./name-profiles.js";

/** A profile of ~/.aws/config as it is now. */
export interface FoundProfile {
  readonly name: string;
  /** A whole section with our mark. */
  readonly isOwn: boolean;
  readonly settings: Readonly<Record<string, string>>;
}

export type SyncAction = "add" | "change" | "same" | "remove" | "gone" | "foreign";

export interface SyncStep {
  readonly action: SyncAction;
  readonly profile: string;
  readonly accountId?: string;
  readonly roleName?: string;
  readonly settings?: Readonly<Record<string, string>>;
  /** Why, where it is not plain. */
  readonly why?: string;
}

export interface SyncFacts {
  readonly session: string;
  readonly region: string | undefined;
  readonly roles: readonly NamedRole[];
  readonly found: readonly FoundProfile[];
  readonly prune: boolean;
}

const isSame = (one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean => {
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length && keys.every((key) => one[key] === other[key]);
};

/** Of ours, those that an earlier synchronisation of this sign-in wrote. */
const isOfSync = ({ isOwn, settings }: FoundProfile, session: string): boolean =>
  isOwn && settings["sso_session"] === session && settings["sso_account_id"] !== undefined;

/** Returns the steps: first the roles by name, then what is no role any more. */
export const planSync = ({ session, region, roles, found, prune }: SyncFacts): readonly SyncStep[] => {
  const wanted = new Set(roles.map(({ profile }) => profile));
  const steps = roles.map(({ profile, accountId, roleName }): SyncStep => {
    const settings = {
      sso_session: session,
      sso_account_id: accountId,
      sso_role_name: roleName,
      ...(region !== undefined && { region }),
    };
    const about = { profile, accountId, roleName, settings };
    const known = found.find(({ name }) => name === profile);
    if (known === undefined) return { action: "add", ...about };
    if (!isOfSync(known, session)) {
      const why = known.isOwn ? "it is written for something else" : "it is your own";
      return { action: "foreign", ...about, why };
    }
    if (isSame(known.settings, settings)) return { action: "same", ...about };
    const before = known.settings["sso_account_id"];
    // What accounts are called is their owners' choice: another one may have taken the name.
    const why = before === accountId ? {} : { why: `LEADS TO ANOTHER ACCOUNT: ${before} -> ${accountId}` };
    return { action: "change", ...about, ...why };
  });
  const gone = found.filter((profile) => isOfSync(profile, session) && !wanted.has(profile.name));
  return [...steps, ...gone.map(({ name }): SyncStep => ({ action: prune ? "remove" : "gone", profile: name }))];
};

/** Returns whether anything would be written. */
export const hasChanges = (steps: readonly SyncStep[]): boolean =>
  steps.some(({ action }) => action === "add" || action === "change" || action === "remove");
