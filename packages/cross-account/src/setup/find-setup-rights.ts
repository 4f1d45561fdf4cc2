// Asks the evaluator about every setup right, with the policies that the role really has. Pure.
import { evaluate, parsePolicy, PolicyError, type NamedPolicy, type RequestPrincipal } from "@daypass/policy";
import type { PermissionStatement, RenderedRole, RoleDescription } from "@daypass/templates";
import type { RoleFacts } from "../inspection/read-role.js";
import { parseRoleArn } from "../role-arn.js";

export interface SetupQuestion {
  readonly facts: RoleFacts;
  readonly expected: RenderedRole;
  readonly description: RoleDescription;
  readonly now: Date;
}

export interface SetupFindings {
  /** Rights that are there, in words. */
  readonly present: readonly string[];
  /** What keeps the question open. */
  readonly unknown: readonly string[];
}

/**
 * Returns which setup rights the role still has. A policy whose time is over counts as there: it is attached, and whoever can
 * edit it can bring it back. Rights that the ongoing policies grant as well are not the setup's.
 */
export function findSetupRights({ facts, expected, description, now }: SetupQuestion): SetupFindings {
  const present: string[] = [];
  const unknown: string[] = [];
  const actual: NamedPolicy[] = [];
  for (const { name, document } of facts.policies) {
    const policy = document === null ? undefined : read(name, document);
    if (policy === undefined) unknown.push(`the policy ${name} cannot be read, so what it grants is unknown`);
    else actual.push(policy);
  }
  const ongoing = expected.policies.flatMap(({ name, phase, document }) =>
    phase === "ongoing" ? (read(name, JSON.stringify(document)) ?? []) : [],
  );
  for (const right of setupRights(description, facts)) {
    const mayNow = times(expected, now).some((time) => isAllowed(facts, actual, right, time));
    if (mayNow && !isAllowed(facts, ongoing, right, now))
      present.push(`${right.action} is still allowed (${right.sid})`);
  }
  return { present, unknown };
}

interface Right {
  readonly sid: string;
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
}

/** One question for each action and resource of the setup; wildcards are asked about as the text that they stand for. */
function setupRights(description: RoleDescription, facts: RoleFacts): Right[] {
  const { partition, accountId } = parseRoleArn(facts.roleArn);
  const fill = (text: string) =>
    text
      .replaceAll("${AWS::AccountId}", accountId)
      .replaceAll("${AWS::Partition}", partition)
      .replaceAll("${AWS::Region}", "us-east-1")
      .replaceAll(/\$\{[^}]*\}/g, "x")
      .replaceAll(/[*?]/g, "x");
  const granted = description.setup.filter(({ effect = "Allow" }) => effect === "Allow");
  return granted.flatMap((statement) =>
    statement.actions.flatMap((action) =>
      statement.resources.map((resource) => ({
        sid: statement.sid,
        action: fill(action),
        resource: resource === "*" ? "*" : fill(resource),
        context: contextOf(statement, fill),
      })),
    ),
  );
}

/** The first value of each condition that asks for one: a request that the statement was made for. */
function contextOf({ conditions = {} }: PermissionStatement, fill: (text: string) => string) {
  const context: Record<string, string> = {};
  for (const [operator, keys] of Object.entries(conditions)) {
    if (/Not|Null/.test(operator)) continue;
    for (const [key, values] of Object.entries(keys)) {
      const [value] = typeof values === "string" ? [values] : values;
      if (value !== undefined && !derived.test(key)) context[key] = fill(value);
    }
  }
  return context;
}

/** The evaluator works these out itself. */
const derived = /^aws:(?:Principal|Resource(?:Account|Org)|userid|username|CurrentTime|EpochTime)/i;

/** Now, and a moment at which a policy that has run out was still alive. */
function times(expected: RenderedRole, now: Date): readonly Date[] {
  const ends = [...JSON.stringify(expected.policies).matchAll(/"aws:CurrentTime":"([0-9TZ:-]{20})"/g)];
  const last = Date.parse(ends[0]?.[1] ?? "");
  return Number.isNaN(last) ? [now] : [now, new Date(last - 1000)];
}

function isAllowed(facts: RoleFacts, identity: readonly NamedPolicy[], right: Right, time: Date): boolean {
  const { accountId, partition, roleName } = parseRoleArn(facts.roleArn);
  const principal: RequestPrincipal = {
    type: "role-session",
    roleArn: facts.roleArn,
    roleUniqueId: facts.roleUniqueId,
    accountId,
    sessionArn: `arn:${partition}:sts::${accountId}:assumed-role/${roleName}/daypass`,
    sessionName: "daypass",
  };
  const context = { ...right.context, "aws:CurrentTime": time.toISOString().replace(/\.\d{3}Z$/, "Z") };
  const question = { principal, action: right.action, resource: right.resource, resourceAccount: accountId, context };
  return evaluate(question, { identity }).allowed;
}

function read(name: string, document: string): NamedPolicy | undefined {
  try {
    return { name, policy: parsePolicy(document, "identity") };
  } catch (error) {
    if (error instanceof PolicyError) return undefined;
    throw error;
  }
}
