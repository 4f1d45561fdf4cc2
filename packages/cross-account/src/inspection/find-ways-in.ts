// Who is asked about when a trust policy is not the template's: everybody that it names, and some that nobody should let in.
import type { Policy, PrincipalPattern, RequestPrincipal } from "@daypass/policy";

/** Whose way in it is, what is asked for, and the words for when it is open. */
export interface WayIn {
  readonly principal: RequestPrincipal;
  readonly action: string;
  readonly externalId: string | undefined;
  readonly words: string;
}

export interface TrustedVendor {
  readonly partition: string;
  readonly vendorAccountId: string;
  /** `null`: the whole vendor account may enter. */
  readonly vendorPrincipals: readonly string[] | null;
  readonly externalId: string;
  /** IDs that resemble the right one, each of which must be refused. */
  readonly wrongExternalIds: readonly string[];
}

/** An account that nobody has: account ids do not begin with zeros only. */
const strangersAccount = "000000000001";

const assumeRole = "sts:AssumeRole";

/** Returns the vendor's ways in that must be closed. */
export function vendorWaysIn(policy: Policy, vendor: TrustedVendor): readonly WayIn[] {
  const { partition, vendorAccountId, vendorPrincipals, externalId, wrongExternalIds } = vendor;
  const ask = (principal: RequestPrincipal, id: string | undefined, words: string): WayIn => ({
    principal,
    action: assumeRole,
    externalId: id,
    words,
  });
  const own = [
    ...(vendorPrincipals ?? []),
    ...arnsOf(policy).filter((arn) => accountOf(arn) === vendorAccountId),
    somebodyOf(partition, vendorAccountId),
  ];
  const others = vendorPrincipals === null ? [] : own.filter((arn) => !vendorPrincipals.includes(arn));
  return [
    ...own.flatMap((arn) => [
      ask(callerOf(arn), undefined, "the vendor without an external ID"),
      ...wrongExternalIds.map((wrong) => ask(callerOf(arn), wrong, "the vendor with other external IDs")),
    ]),
    ...others.map((arn) => ask(callerOf(arn), externalId, "other principals of the vendor's")),
  ];
}

/** Returns everybody else's ways in, who must all be kept out. */
export function foreignWaysIn(policy: Policy, vendor: TrustedVendor): readonly WayIn[] {
  const { partition, vendorAccountId, externalId } = vendor;
  const stranger = somebodyOf(partition, strangersAccount);
  const named = arnsOf(policy).filter((arn) => accountOf(arn) !== vendorAccountId);
  const accounts = new Set([...named.map(accountOf), ...accountIdsOf(policy)]);
  accounts.delete(vendorAccountId);
  const arns = [...named, ...Array.from(accounts, (accountId) => somebodyOf(partition, accountId))];
  const aws = [stranger, ...arns].flatMap((arn) =>
    [externalId, undefined].map((id) => ({
      principal: callerOf(arn),
      action: assumeRole,
      externalId: id,
      words: accountOf(arn) === strangersAccount ? wordsForStrangers(id) : `the account ${accountOf(arn)}`,
    })),
  );
  return [...aws, ...principalsOf(policy).flatMap(waysOfOutsiders)];
}

function wordsForStrangers(externalId: string | undefined): string {
  return externalId === undefined ? "other accounts without an external ID" : "other accounts than the vendor's";
}

function waysOfOutsiders(pattern: PrincipalPattern): readonly WayIn[] {
  if (pattern.type === "service") {
    const { service } = pattern;
    const principal = { type: "service", service } as const;
    return [{ principal, action: assumeRole, externalId: undefined, words: `the service ${service}` }];
  }
  if (pattern.type !== "federated") return [];
  const { provider } = pattern;
  return ["sts:AssumeRoleWithWebIdentity", "sts:AssumeRoleWithSAML"].map((action) => ({
    principal: { type: "federated", provider },
    action,
    externalId: undefined,
    words: `whoever the identity provider ${provider} vouches for`,
  }));
}

function principalsOf({ statements }: Policy): readonly PrincipalPattern[] {
  return statements.flatMap(({ effect, principal }) => (effect === "Allow" ? (principal?.principals ?? []) : []));
}

/** Callers that the policy names, as principals or in conditions; a pattern stands for one that it means. */
function arnsOf(policy: Policy): readonly string[] {
  const named = principalsOf(policy).flatMap((pattern) => ("arn" in pattern ? [pattern.arn] : []));
  const conditions = policy.statements.flatMap((statement) => statement.conditions);
  const meant = conditions.flatMap(({ key, values }) =>
    key.toLowerCase() === "aws:principalarn" ? values.map(exampleOf) : [],
  );
  return [...new Set([...named, ...meant])].filter((arn) => callerShape.test(arn));
}

function accountIdsOf(policy: Policy): readonly string[] {
  const named = principalsOf(policy).flatMap((pattern) => (pattern.type === "account" ? [pattern.accountId] : []));
  const conditions = policy.statements.flatMap((statement) => statement.conditions);
  const meant = conditions.flatMap(({ key, values }) => (key.toLowerCase() === "aws:principalaccount" ? values : []));
  return [...named, ...meant.filter((value) => /^[0-9]{12}$/.test(value))];
}

function exampleOf(pattern: string): string {
  const parts = pattern.split(":");
  const account = parts[4] ?? "";
  return parts
    .with(4, /^[0-9]{12}$/.test(account) ? account : strangersAccount)
    .join(":")
    .replaceAll(/[*?]/g, "x");
}

const callerShape = /^arn:[a-z-]+:(?:iam::[0-9]{12}:(?:user|role)\/|sts::[0-9]{12}:(?:assumed-role|federated-user)\/)./;

function accountOf(arn: string): string {
  return arn.split(":")[4] ?? "";
}

function somebodyOf(partition: string, accountId: string): string {
  return `arn:${partition}:iam::${accountId}:role/somebody-else`;
}

/** The caller that an ARN names. Roles call by a session of theirs. */
function callerOf(arn: string): RequestPrincipal {
  const [, partition = "", , , accountId = "", ...resource] = arn.split(":");
  const [kind = "", ...names] = resource.join(":").split("/");
  const last = names.at(-1) ?? "";
  if (kind === "user") return { type: "user", arn, accountId, uniqueId: "AIDAEXAMPLE", userName: last };
  if (kind === "federated-user") return { type: "federated-user", arn, accountId, uniqueId: `${accountId}:${last}` };
  const [roleName, sessionName] = kind === "role" ? [last, "daypass"] : [names[0] ?? "", last];
  return {
    type: "role-session",
    roleArn: kind === "role" ? arn : `arn:${partition}:iam::${accountId}:role/${roleName}`,
    roleUniqueId: "AROAEXAMPLE",
    accountId,
    sessionArn: `arn:${partition}:sts::${accountId}:assumed-role/${roleName}/${sessionName}`,
    sessionName,
  };
}
