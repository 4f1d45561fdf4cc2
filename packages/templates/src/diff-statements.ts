// A description as what it allows, action by action, whoever of its statements says so.
import { arnCovers, comparePatterns, readArn, readFilledArn, tokenize } from "./compare-patterns.js";
import type { ArnPattern } from "./compare-patterns.js";
import { isImplied, splitConditions } from "./diff-conditions.js";
import type { Conjunction } from "./diff-conditions.js";
import type { ActionTable } from "./read-actions.js";
import type { AccessLevel, PermissionStatement, Phase, PolicyConditions, RoleDescription } from "./types.js";

/** An action, or a pattern, which stands for what AWS may add. */
export interface DiffAction {
  /** In AWS's spelling. */
  readonly name: string;
  readonly level: AccessLevel;
  /** Of a pattern: the actions that it stands for today, in lower case. `null` for an action. */
  readonly standsFor: readonly string[] | null;
}

export interface DiffStatement {
  readonly sid: string;
  readonly phase: Phase;
  readonly effect: "Allow" | "Deny";
  readonly resources: readonly DiffResource[];
  readonly alternatives: readonly Conjunction[];
  /** Patterns with wildcards, in lower case. */
  readonly wildcards: readonly string[];
  /** Lower-case name → action. */
  readonly actions: ReadonlyMap<string, DiffAction>;
}

export interface DiffResource {
  /** As written. */
  readonly text: string;
  /** In one spelling for every partition. */
  readonly pattern: ArnPattern;
  readonly filled: ArnPattern;
}

/** A part of what a statement allows or denies. */
export interface DiffScope {
  readonly phase: Phase;
  readonly resource: DiffResource;
  readonly conditions: Conjunction;
}

/** Returns the statements of both phases. */
export function readStatements(description: RoleDescription, table: ActionTable): readonly DiffStatement[] {
  const { ongoing, setup, partition } = description;
  const read = (statement: PermissionStatement, phase: Phase): DiffStatement => {
    const { sid, effect = "Allow", actions, resources, conditions = {} } = statement;
    return {
      sid,
      phase,
      effect,
      resources: [...new Set(resources)].map((text) => ({
        text,
        pattern: readArn(unifyPartition(text, partition)),
        filled: readFilledArn(text),
      })),
      alternatives: splitConditions(unifyConditions(conditions, partition)),
      wildcards: actions.filter(isWildcard).map((pattern) => pattern.toLowerCase()),
      actions: new Map(
        actions.flatMap((pattern) => expand(pattern, table)).map((action) => [action.name.toLowerCase(), action]),
      ),
    };
  };
  return [...ongoing.map((each) => read(each, "ongoing")), ...setup.map((each) => read(each, "setup"))];
}

function expand(pattern: string, table: ActionTable): readonly DiffAction[] {
  const known = table.expand(pattern).map(({ name, level }) => ({ name, level, standsFor: null }));
  if (!isWildcard(pattern)) {
    // What AWS does not know, it may come to know.
    return known.length === 0 ? [{ name: pattern, level: "write", standsFor: null }] : known;
  }
  const isReading = known.length > 0 && known.every(({ level }) => level === "read");
  const standsFor = known.map(({ name }) => name.toLowerCase());
  return [...known, { name: pattern, level: isReading ? "read" : "write", standsFor }];
}

function isWildcard(pattern: string): boolean {
  return /[*?]/.test(pattern);
}

function unifyPartition(text: string, partition: string): string {
  return text.startsWith(`arn:${partition}:`) ? text.replace(`arn:${partition}:`, "arn:${AWS::Partition}:") : text;
}

function unifyConditions(conditions: PolicyConditions, partition: string): PolicyConditions {
  return Object.fromEntries(
    Object.entries(conditions).map(([operator, keys]) => [
      operator,
      Object.fromEntries(
        Object.entries(keys).map(([key, value]) => [
          key,
          (typeof value === "string" ? [value] : value).map((each) => unifyPartition(each, partition)),
        ]),
      ),
    ]),
  );
}

/** Returns the statements of the effect that speak of the action, or of everything that the pattern stands for. */
export function statementsAbout(
  statements: readonly DiffStatement[],
  effect: "Allow" | "Deny",
  { name, standsFor }: DiffAction,
): readonly DiffStatement[] {
  const wanted = name.toLowerCase();
  const speaks = ({ actions, wildcards }: DiffStatement): boolean =>
    standsFor === null
      ? actions.has(wanted)
      : wildcards.some((each) => comparePatterns.covers(tokenize(each), tokenize(wanted)));
  return statements.filter((statement) => statement.effect === effect && speaks(statement));
}

/** Returns whether one of the statements speaks of the whole scope. */
export function isCovered(scope: DiffScope, statements: readonly DiffStatement[]): boolean {
  return statements.some(
    ({ phase, resources, alternatives }) =>
      // What is ongoing holds during the setup, too.
      (phase === "ongoing" || scope.phase === "setup") &&
      resources.some(({ pattern }) => arnCovers(pattern, scope.resource.pattern)) &&
      alternatives.some((wide) => isImplied(wide, scope.conditions)),
  );
}
