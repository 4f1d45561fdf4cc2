// Names for the profiles of a portal's roles. What accounts are called was written by others: a name that reaches a file,
// a shell and a prompt holds letters, digits, dots, dashes and underscores only. Pure.
import { UsageError } from "../usage-error.js";

export interface PortalRole {
  readonly accountId: string;
  readonly accountName: string;
  readonly roleName: string;
}

export interface NamedRole extends PortalRole {
  readonly profile: string;
}

export const DEFAULT_TEMPLATE = "{account}-{role}";

const FIELDS = ["account", "account_id", "role", "session"];

/** Returns the template. Throws a `UsageError` where two roles would get one name by it. */
export const checkTemplate = (template: string): string => {
  const fields = [...template.matchAll(/\{([^{}]*)\}/g)].map(([, field = ""]) => field);
  const unknown = fields.find((field) => !FIELDS.includes(field));
  if (unknown !== undefined) {
    throw new UsageError(`the template has an unknown field {${unknown}}`, `there are {${FIELDS.join("}, {")}}`);
  }
  const rest = template.replaceAll(/\{[^{}]*\}/g, "");
  if (!/^[\w.@/-]{0,64}$/.test(rest) || template.startsWith("-")) {
    throw new UsageError(
      "the template has other characters than letters, digits and . _ @ / -",
      `such as '${DEFAULT_TEMPLATE}'`,
    );
  }
  if (!fields.includes("role") || !(fields.includes("account") || fields.includes("account_id"))) {
    throw new UsageError(
      "by this template several roles would have one name",
      "use {role}, and {account} or {account_id}",
    );
  }
  return template;
};

/** `Data Platform (Prod)` is `data-platform-prod`. What leaves nothing is called by its number. */
const slug = (name: string, accountId: string): string => {
  const plain = name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^a-z0-9._]+/g, "-")
    .replaceAll(/^[-.]+|[-.]+$/g, "")
    .slice(0, 64);
  return plain === "" ? accountId : plain;
};

/** Profiles of these names mean something else to AWS's tools. */
const RESERVED: ReadonlySet<string> = new Set(["default", "sso-session", "services"]);

// IAM Identity Center API reference, PermissionSet, Name; Organizations API reference, Account, Id.
const ROLE = /^[\w+=,.@-]{1,64}$/;
const ACCOUNT_ID = /^\d{12}$/;

const checkRole = ({ accountId, roleName }: PortalRole): void => {
  if (ROLE.test(roleName) && ACCOUNT_ID.test(accountId)) return;
  throw new UsageError(
    "the sign-in names a role or an account in a form that AWS does not have",
    "nothing was written",
  );
};

/**
 * Returns each role with its profile's name, all different, in the order of the names. An account may be called like
 * another with its number: whoever shares a name with anybody has the number in it. Throws a `UsageError` where even that
 * leaves two of one name, and for what is no role of AWS's.
 */
export const nameProfiles = (
  roles: readonly PortalRole[],
  { template, session }: { readonly template: string; readonly session: string },
): readonly NamedRole[] => {
  const fill = ({ accountId, accountName, roleName }: PortalRole, isNumbered: boolean): string => {
    const account = slug(accountName, accountId);
    const fields: Readonly<Record<string, string>> = {
      account: isNumbered ? `${account}-${accountId}` : account,
      account_id: accountId,
      role: roleName,
      session,
    };
    return template.replaceAll(/\{(\w+)\}/g, (_, field: string) => fields[field] ?? "");
  };
  for (const role of roles) checkRole(role);
  const plain = roles.map((role) => fill(role, false));
  const numbered = new Set(roles.filter((_, i) => RESERVED.has((plain[i] ?? "").toLowerCase())));
  for (;;) {
    const names = roles.map((role) => fill(role, numbered.has(role)));
    // Some tools take upper and lower case for one.
    const lower = names.map((name) => name.toLowerCase());
    const shared = new Set(lower.filter((name, i) => lower.indexOf(name) !== i));
    const more = roles.filter((role, i) => shared.has(lower[i] ?? "") && !numbered.has(role));
    for (const role of more) numbered.add(role);
    if (more.length > 0) continue;
    if (shared.size > 0) {
      throw new UsageError(
        "two roles would have one name, whatever is added to it",
        "use a template with {account_id}",
      );
    }
    const named = roles.map((role, i): NamedRole => ({ ...role, profile: names[i] ?? "" }));
    const compare = (a: NamedRole, b: NamedRole): number =>
      a.profile < b.profile ? -1 : Number(a.profile > b.profile);
    return named.toSorted(compare);
  }
};
