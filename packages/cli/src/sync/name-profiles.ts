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

/** Returns each role with its profile's name, all different, in the order of the names. */
export const nameProfiles = (
  roles: readonly PortalRole[],
  { template, session }: { readonly template: string; readonly session: string },
): readonly NamedRole[] => {
  const fill = ({ accountId, accountName, roleName }: PortalRole, account: string): string => {
    const fields: Readonly<Record<string, string>> = {
      account: account === "" ? slug(accountName, accountId) : account,
      account_id: accountId,
      role: roleName,
      session,
    };
    return template.replaceAll(/\{(\w+)\}/g, (_, field: string) => fields[field] ?? "");
  };
  const count = new Map<string, number>();
  for (const role of roles) {
    const name = fill(role, "").toLowerCase();
    count.set(name, (count.get(name) ?? 0) + 1);
  }
  const named = roles.map((role): NamedRole => {
    const plain = fill(role, "");
    const isFree = count.get(plain.toLowerCase()) === 1 && !RESERVED.has(plain.toLowerCase());
    const distinct = fill(role, `${slug(role.accountName, role.accountId)}-${role.accountId}`);
    return { ...role, profile: isFree ? plain : distinct };
  });
  const compare = (a: NamedRole, b: NamedRole): number => (a.profile < b.profile ? -1 : Number(a.profile > b.profile));
  return named.toSorted(compare);
};
