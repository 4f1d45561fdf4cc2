// A description as the lint's rules see it: patterns with the actions they stand for, conditions one by one, and which
// request of which action a statement can reach at all.
import { arnsMeet, readFilledArn } from "./compare-patterns.js";
import type { ArnPattern } from "./compare-patterns.js";
import { carriesKey, isGlobalKey, readActions } from "./read-actions.js";
import type { Action, ActionTable, ResourceType } from "./read-actions.js";
import type { AcceptedFinding, Finding, Partition, PermissionStatement, Phase } from "./types.js";

/** Whose permissions they are. */
export interface LintSubject {
  readonly kind: "role" | "user";
  readonly partition: Partition;
  readonly serviceName: string;
  /** The IAM path of the role or user and of its policies. */
  readonly path: string;
  readonly ongoing: readonly PermissionStatement[];
  readonly setup: readonly PermissionStatement[];
  readonly accept: readonly AcceptedFinding[];
}

export interface LintView extends LintSubject {
  readonly table: ActionTable;
  /** Those of both phases, ongoing first. */
  readonly statements: readonly LintStatement[];
}

export interface LintStatement {
  readonly sid: string;
  readonly phase: Phase;
  readonly effect: "Allow" | "Deny";
  readonly patterns: readonly LintPattern[];
  readonly resources: readonly ArnPattern[];
  readonly conditions: readonly LintCondition[];
}

export interface LintPattern {
  /** As written. */
  readonly written: string;
  readonly isWildcard: boolean;
  readonly actions: readonly Action[];
}

export interface LintCondition {
  /** As written, for example `ForAnyValue:StringLike`. */
  readonly operator: string;
  /** As written. */
  readonly key: string;
  readonly values: readonly string[];
  /** Whether it holds for a request without the key. */
  readonly holdsWhenAbsent: boolean;
}

/** A kind of request that a statement reaches: an action about one type of resource; `null` when it has none. */
export interface Reach {
  readonly action: Action;
  readonly type: ResourceType | null;
}

/** What a rule finds; the statement is missing when it is about a whole set. */
export type Draft = Omit<Finding, "accepted">;

/** Returns the view of a description that the door has checked. */
export function viewDescription(subject: LintSubject): LintView {
  const table = readActions();
  const statements = [
    ...subject.ongoing.map((statement) => viewStatement(table, statement, "ongoing")),
    ...subject.setup.map((statement) => viewStatement(table, statement, "setup")),
  ];
  return { ...subject, table, statements };
}

function viewStatement(table: ActionTable, statement: PermissionStatement, phase: Phase): LintStatement {
  const { sid, effect = "Allow", actions, resources, conditions = {} } = statement;
  return {
    sid,
    phase,
    effect,
    patterns: [...new Set(actions)].map((written) => ({
      written,
      isWildcard: /[*?]/.test(written),
      actions: table.expand(written),
    })),
    resources: resources.map(readFilledArn),
    conditions: Object.entries(conditions).flatMap(([operator, keys]) =>
      Object.entries(keys).map(([key, value]) => {
        const values = typeof value === "string" ? [value] : value;
        return { operator, key, values, holdsWhenAbsent: holdsWhenAbsent(operator, values) };
      }),
    ),
  };
}

// IAM User Guide, "Condition operators" and "Single-valued vs. multivalued context keys": negated operators and IfExists
// hold without the key, ForAllValues too, ForAnyValue never; Null asks for just that.
function holdsWhenAbsent(operator: string, values: readonly string[]): boolean {
  const name = operator.replace(/^[^:]*:/, "");
  if (name === "Null") return values.some((value) => value.toLowerCase() === "true");
  if (name.endsWith("IfExists") || operator.startsWith("ForAllValues:")) return true;
  return name.includes("Not") && !operator.startsWith("ForAnyValue:");
}

/** Returns the kinds of request that the statement's resources fit. */
export function reachOf({ resources }: LintStatement, action: Action): readonly Reach[] {
  const isEverywhere = resources.some(({ isEverything }) => isEverything);
  if (action.types.length === 0) return isEverywhere ? [{ action, type: null }] : [];
  return action.types
    .filter(({ arns }) => arns.some((arn) => resources.some((resource) => arnsMeet(resource, arn))))
    .map((type) => ({ action, type }));
}

/** Returns whether such a request can carry the condition's key. */
export function carries({ action, type }: Reach, { key }: LintCondition): boolean {
  return isGlobalKey(key) || carriesKey(action.keys, key) || (type !== null && carriesKey(type.keys, key));
}

/** Returns whether every condition of the statement can hold for such a request. */
export function canHold(reach: Reach, { conditions }: LintStatement): boolean {
  return conditions.every((condition) => condition.holdsWhenAbsent || carries(reach, condition));
}

/** Returns whether the statement holds only for requests that carry a key of this name or with this beginning. */
export function asksFor({ conditions }: LintStatement, keys: readonly string[]): boolean {
  return conditions.some(({ key, holdsWhenAbsent }) => !holdsWhenAbsent && namesKey(keys, key));
}

/** Returns whether such a key must have certain values. */
export function isNarrowedBy({ conditions }: LintStatement, keys: readonly string[]): boolean {
  return conditions.some(
    ({ operator, key, values, holdsWhenAbsent }) =>
      !holdsWhenAbsent &&
      operator !== "Null" &&
      namesKey(keys, key) &&
      !values.some((value) => readFilledArn(value).isEverything || isAdministration(key, value)),
  );
}

function namesKey(keys: readonly string[], key: string): boolean {
  return carriesKey(
    keys.map((each) => each.toLowerCase()),
    key,
  );
}

/** AWS's own policies that give whatever one asks for, though they are written down. */
const ADMINISTRATION = ["AdministratorAccess", "IAMFullAccess", "PowerUserAccess"].map((name) =>
  readFilledArn(`arn:*:iam::aws:policy/${name}`),
);

function isAdministration(key: string, value: string): boolean {
  if (key.toLowerCase() !== "iam:policyarn" && key.toLowerCase() !== "iam:permissionsboundary") return false;
  return ADMINISTRATION.some((each) => arnsMeet(readFilledArn(value), each));
}

/** Returns the finding of a rule about a statement. */
export function finding(
  severity: Finding["severity"],
  code: Finding["code"],
  { sid, phase }: Pick<LintStatement, "sid" | "phase">,
  message: string,
  fix: string,
): Draft {
  return { severity, code, sid, phase, message, fix };
}
