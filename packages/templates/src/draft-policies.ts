// The role's policies as drafts: what they say and how they are cut into documents that IAM takes. The template, the
// commands and the comparison with a living role all fill the same drafts.
import { TemplateError } from "./errors.js";
import { limits } from "./limits.js";
import type {
  PermissionStatement,
  Phase,
  PolicyDocument,
  RoleDescription,
  TemplateObject,
  TemplateValue,
  UserDescription,
} from "./types.js";

/** How drafts become values: template functions, or the texts of one account. */
export interface Fill {
  /** Of a text with our three placeholders and variables of IAM's. */
  readonly text: (text: string) => TemplateValue;
  /** Of a text of ours that holds `${IntegrationSuffix}` besides. */
  readonly own: (text: string) => TemplateValue;
  readonly setupUntil: TemplateValue;
}

export interface PolicyDraft {
  /** The logical id in the template. */
  readonly name: string;
  readonly phase: Phase;
  readonly document: (fill: Fill) => PolicyDocument;
}

/** A statement before it is filled. */
interface StatementDraft {
  readonly statement: PermissionStatement;
  /** Whether its resources are ours, with the integration's suffix in them. */
  readonly own: boolean;
  /** Whether it ends with the setup. */
  readonly ends: boolean;
}

/** As long as any of them gets; the account id and our suffix have twelve characters. */
const longest: Fill = {
  text: (text) => expand(text),
  own: (text) => expand(text).replaceAll("${IntegrationSuffix}", "x".repeat(12)),
  setupUntil: "2026-01-31T12:00:00Z",
};

const TIME_OPERATOR = "DateLessThan";
const TIME_KEY = "aws:CurrentTime";

/**
 * Returns the drafts of a checked description, the ongoing ones first. Throws `TemplateError` `too_large` when a statement
 * does not fit a policy or the policies do not fit a role.
 */
export function draftPolicies(description: RoleDescription): readonly PolicyDraft[] {
  const { serviceName, rolePath, ongoing, setup } = description;
  const role = `arn:\${AWS::Partition}:iam::\${AWS::AccountId}:role${rolePath}${serviceName}-\${IntegrationSuffix}`;
  const drafts = [
    ...cut("ongoing", "OngoingPolicy", [...ownStatements(description, role), ...ongoing.map(foreign)]),
    ...cut("setup", "SetupPolicy", setup.length === 0 ? [] : [canary(role), ...setup.map(passing)]),
  ];
  if (drafts.length <= limits.managedPoliciesPerRole) return drafts;
  throw new TemplateError(
    "too_large",
    `the permissions fill ${drafts.length} policies, a role has ${limits.managedPoliciesPerRole}`,
    {
      hint: "grant fewer actions, or join resources that differ only in their end with a wildcard",
    },
  );
}

/** Returns the drafts of an IAM user's policies. Throws like `draftPolicies`. */
export function draftUserPolicies({ permissions }: UserDescription): readonly PolicyDraft[] {
  const drafts = cut("ongoing", "UserPolicy", permissions.map(foreign));
  if (drafts.length <= limits.managedPoliciesPerRole) return drafts;
  throw new TemplateError(
    "too_large",
    `the permissions fill ${drafts.length} policies, a user has ${limits.managedPoliciesPerRole}`,
    {
      hint: "grant fewer actions, or join resources that differ only in their end with a wildcard",
    },
  );
}

/** What every role of ours carries: it may read itself, so that drift shows, and may never give itself more. */
function ownStatements({ rolePath }: RoleDescription, role: string): readonly StatementDraft[] {
  const account = "arn:${AWS::Partition}:iam::${AWS::AccountId}";
  const readRole = ["GetRole", "GetRolePolicy", "ListAttachedRolePolicies", "ListRolePolicies"];
  const changeRole = [
    "AttachRolePolicy",
    "CreateRole",
    "DeleteRole",
    "DeleteRolePermissionsBoundary",
    "DeleteRolePolicy",
    "DetachRolePolicy",
    "PassRole",
    "PutRolePermissionsBoundary",
    "PutRolePolicy",
    "TagRole",
    "UntagRole",
    "UpdateAssumeRolePolicy",
    "UpdateRole",
    "UpdateRoleDescription",
  ];
  const changePolicy = [
    "CreatePolicy",
    "CreatePolicyVersion",
    "DeletePolicy",
    "DeletePolicyVersion",
    "SetDefaultPolicyVersion",
    "TagPolicy",
    "UntagPolicy",
  ];
  return [
    own({ sid: "ReadOwnRole", why: "", actions: iam(readRole), resources: [role] }),
    own({
      sid: "ReadOwnPolicies",
      why: "",
      actions: iam(["GetPolicy", "GetPolicyVersion"]),
      resources: [`${account}:policy${rolePath}*`],
    }),
    own({
      sid: "NeverChangeItself",
      why: "",
      effect: "Deny",
      actions: iam([...changeRole, ...changePolicy]),
      resources: [`${account}:role${rolePath}*`, `${account}:policy${rolePath}*`],
    }),
  ];
}

/** A harmless call that nothing else of ours grants: once it is denied, the setup policy is gone. */
function canary(role: string): StatementDraft {
  return { ...own({ sid: "SetupCanary", why: "", actions: iam(["ListRoleTags"]), resources: [role] }), ends: true };
}

function iam(actions: readonly string[]): readonly string[] {
  return actions.map((action) => `iam:${action}`);
}

function own(statement: PermissionStatement): StatementDraft {
  return { statement, own: true, ends: false };
}

function foreign(statement: PermissionStatement): StatementDraft {
  return { statement, own: false, ends: false };
}

/** A Deny goes on as long as it is attached: ending it early would grant. */
function passing(statement: PermissionStatement): StatementDraft {
  const ends = statement.effect !== "Deny";
  if (ends && hasTimeLimit(statement)) {
    throw new TemplateError("invalid_statement", `${statement.sid} has a time limit of its own`, {
      hint: `take ${TIME_OPERATOR} ${TIME_KEY} out, setup statements end at SetupUntil`,
    });
  }
  return { statement, own: false, ends };
}

function hasTimeLimit({ conditions = {} }: PermissionStatement): boolean {
  return Object.keys(conditions[TIME_OPERATOR] ?? {}).some((key) => key.toLowerCase() === TIME_KEY.toLowerCase());
}

/** Fills one policy after the other, in the order of the statements. */
function cut(phase: Phase, name: string, statements: readonly StatementDraft[]): readonly PolicyDraft[] {
  const groups: StatementDraft[][] = [];
  for (const draft of statements) {
    const last = groups.at(-1);
    if (last !== undefined && lengthOf([...last, draft]) <= limits.managedPolicyCharacters) last.push(draft);
    else groups.push([draft]);
    if (lengthOf([draft]) > limits.managedPolicyCharacters) throw tooLong(draft);
  }
  return groups.map((group, index) => ({
    name: index === 0 ? name : `${name}${index + 1}`,
    phase,
    document: (fill) => documentOf(group, fill),
  }));
}

function tooLong({ statement }: StatementDraft): TemplateError {
  const { sid } = statement;
  return new TemplateError(
    "too_large",
    `the statement ${sid} does not fit a policy of ${limits.managedPolicyCharacters} characters`,
    {
      hint: `split ${sid} into several statements, each with a sid of its own`,
    },
  );
}

function lengthOf(statements: readonly StatementDraft[]): number {
  return JSON.stringify(documentOf(statements, longest)).length;
}

function documentOf(statements: readonly StatementDraft[], fill: Fill): PolicyDocument {
  return { Version: "2012-10-17", Statement: statements.map((draft) => fillStatement(draft, fill)) };
}

function fillStatement({ statement, own: isOwn, ends }: StatementDraft, fill: Fill): TemplateObject {
  const { sid, effect = "Allow", actions, resources, conditions } = statement;
  const write = isOwn ? fill.own : fill.text;
  const limited: Record<string, TemplateObject> = {};
  for (const [operator, keys] of Object.entries(conditions ?? {})) {
    const filled = Object.entries(keys).map(([key, values]) => [key, [values].flat().map(fill.text)] as const);
    limited[operator] = Object.fromEntries(filled);
  }
  if (ends) limited[TIME_OPERATOR] = { ...limited[TIME_OPERATOR], [TIME_KEY]: fill.setupUntil };
  return {
    Sid: sid,
    Effect: effect,
    Action: actions,
    Resource: resources.map(write),
    ...(Object.keys(limited).length === 0 ? {} : { Condition: limited }),
  };
}

function expand(text: string): string {
  return text
    .replaceAll("${AWS::AccountId}", "1".repeat(12))
    .replaceAll("${AWS::Partition}", "aws-us-gov")
    .replaceAll("${AWS::Region}", "us-northeast-10");
}
