// Who may enter: the trust policy as it is, against ours, by asking the evaluator who would get in.
import {
  evaluate,
  parsePolicy,
  PolicyError,
  type Policy,
  type PrincipalPattern,
  type RequestPrincipal,
} from "@daypass/policy";
import { samePolicy } from "./canonical-policy.js";
import type { DriftFinding } from "./drift-finding.js";

/** What the trust policy should be, and what its answers are measured with. */
export interface TrustQuestion {
  /** Trust policies that are right; two while an external ID is rotated. */
  readonly right: readonly string[];
  readonly roleArn: string;
  readonly accountId: string;
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

/** Returns what is wrong with a trust policy, worst first; nothing when it is one of the right ones. */
export function describeTrust(document: string, question: TrustQuestion): DriftFinding[] {
  if (question.right.some((right) => samePolicy(right, document))) return [];
  let policy: Policy;
  try {
    policy = parsePolicy(document, "trust");
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return [
      { code: "trust_widened", text: "the trust policy has elements that cannot be read, so anybody may get in" },
    ];
  }
  const letIn = [...waysIn(question), ...foreignWaysIn(policy, question)].filter(({ principal, externalId }) =>
    isLetIn(policy, question, principal, externalId),
  );
  const widened = new Set(letIn.map(({ words }) => `the trust policy lets in ${words}`));
  if (widened.size > 0) return Array.from(widened, (text) => ({ code: "trust_widened", text }));
  return [{ code: "trust_changed", text: "the trust policy is not the template's" }];
}

/** What must not open, each with the words for when it does. */
function waysIn({ partition, vendorAccountId, vendorPrincipals, externalId, wrongExternalIds }: TrustQuestion) {
  const vendor = session(partition, vendorAccountId, vendorPrincipals?.[0]);
  const other = session(partition, vendorAccountId, undefined);
  const stranger = session(partition, strangersAccount, undefined);
  return [
    { principal: stranger, externalId, words: "other accounts than the vendor's" },
    { principal: stranger, externalId: undefined, words: "other accounts without an external ID" },
    { principal: vendor, externalId: undefined, words: "the vendor without an external ID" },
    ...wrongExternalIds.map((wrong) => ({
      principal: vendor,
      externalId: wrong,
      words: "the vendor with other external IDs",
    })),
    ...(vendorPrincipals === null ? [] : [{ principal: other, externalId, words: "other principals of the vendor's" }]),
  ];
}

/** Whoever else the policy names, asked with and without the external ID. */
function foreignWaysIn(policy: Policy, { partition, vendorAccountId, externalId }: TrustQuestion) {
  const accounts = policy.statements.flatMap(({ principal }) => (principal?.principals ?? []).flatMap(accountOf));
  const foreign = [...new Set(accounts)].filter((accountId) => accountId !== vendorAccountId);
  const named = policy.statements.flatMap(({ principal }) => (principal?.principals ?? []).flatMap(arnOf));
  return foreign.flatMap((accountId) => {
    const arns = [undefined, ...named.filter((arn) => arn.includes(`:${accountId}:`))];
    return arns.flatMap((arn) =>
      [externalId, undefined].map((id) => ({
        principal: session(partition, accountId, arn),
        externalId: id,
        words: `the account ${accountId}`,
      })),
    );
  });
}

function accountOf(principal: PrincipalPattern): string[] {
  if (principal.type === "account") return [principal.accountId];
  return arnOf(principal).flatMap((arn) => arn.split(":")[4] ?? []);
}

function arnOf(principal: PrincipalPattern): string[] {
  return principal.type === "user" || principal.type === "role" ? [principal.arn] : [];
}

function session(partition: string, accountId: string, principalArn: string | undefined): RequestPrincipal {
  const user = principalArn?.includes(":user/") === true;
  const arn = principalArn ?? `arn:${partition}:iam::${accountId}:role/somebody-else`;
  const name = arn.slice(arn.lastIndexOf("/") + 1);
  if (user) return { type: "user", arn, accountId, uniqueId: "AIDAEXAMPLE", userName: name };
  return {
    type: "role-session",
    roleArn: arn,
    roleUniqueId: "AROAEXAMPLE",
    accountId,
    sessionArn: `arn:${partition}:sts::${accountId}:assumed-role/${name}/daypass`,
    sessionName: "daypass",
  };
}

/** Counts as let in what the evaluator cannot rule out: a key that it does not know may hold. */
function isLetIn(
  policy: Policy,
  { roleArn, accountId, partition }: TrustQuestion,
  principal: RequestPrincipal,
  externalId: string | undefined,
): boolean {
  const mayAsk = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}`;
  const decision = evaluate(
    {
      principal,
      action: "sts:AssumeRole",
      resource: roleArn,
      resourceAccount: accountId,
      context: externalId === undefined ? {} : { "sts:ExternalId": externalId },
    },
    {
      identity: [{ name: "vendor", policy: parsePolicy(mayAsk, "identity") }],
      resource: { name: `trust policy in ${partition}`, policy },
    },
  );
  return decision.allowed || decision.unknownKeys.length > 0;
}
