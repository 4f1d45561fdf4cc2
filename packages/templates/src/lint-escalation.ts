// Ways to become more than the description says: by changing itself, by changing others, or by way of a service that
// acts with another role.
import { arnsMeet, reachesEveryName, readFilledArn } from "./compare-patterns.js";
import { ESCALATIONS, SELF_CHANGES } from "./escalation-table.js";
import type { Escalation } from "./escalation-table.js";
import { finding, isNarrowedBy, reachOf } from "./lint-view.js";
import { writeNames } from "./write-names.js";
import type { Draft, LintStatement, LintView } from "./lint-view.js";
import type { Action } from "./read-actions.js";

/** Finds `self_escalation` and `escalation_path`. */
export function lintEscalation(view: LintView): readonly Draft[] {
  return view.statements
    .filter(({ effect }) => effect === "Allow")
    .flatMap((statement) => {
      const actions = [...new Set(statement.patterns.flatMap(({ actions }) => actions))];
      return [...findSelf(view, statement, actions), ...findPaths(view, statement)];
    });
}

// The template's own Deny stands before this; but a right that only a Deny keeps from being misused is one too many.
function findSelf({ kind, path }: LintView, statement: LintStatement, actions: readonly Action[]): readonly Draft[] {
  const own = { role: [`role${path}*`], user: [`user${path}*`], policy: [`policy${path}*`] };
  const changing = actions.filter(({ name }) => {
    const what = SELF_CHANGES.get(name);
    if (what === undefined || (what !== "policy" && what !== kind)) return false;
    return own[what].some((each) =>
      statement.resources.some((resource) => arnsMeet(resource, readFilledArn(`arn:*:iam::*:${each}`))),
    );
  });
  if (changing.length === 0) return [];
  const names = writeNames(changing.map(({ name }) => name));
  return [
    finding(
      "error",
      "self_escalation",
      statement,
      `${names} ${changing.length === 1 ? "reaches" : "reach"} the ${kind} itself, or its policies, at the path ${path}`,
      `name resources at another path, such as role${path.slice(0, -1)}-managed/*`,
    ),
  ];
}

interface Path {
  readonly action: Action;
  readonly rule: Escalation;
  /** Whether it is granted on every resource. */
  readonly isWide: boolean;
}

function findPaths({ statements }: LintView, statement: LintStatement): readonly Draft[] {
  return statement.patterns.flatMap(({ actions, isWildcard, written }): readonly Draft[] => {
    const paths = actions.flatMap((action) => findPath(statement, action));
    // What a wildcard stands for was not meant one by one.
    if (isWildcard && paths.length > 1) {
      const message = `${written} holds ${writeNames(paths.map(({ action }) => action.name))}: each is a way to more rights`;
      return [finding("error", "escalation_path", statement, message, "name the actions that are needed")];
    }
    return paths.map(({ action, rule, isWide }) => {
      const severity = isWide || rule.narrow === "error" ? "error" : "warning";
      const message = `${action.name} ${rule.leads}${withServices(rule, statements)}`;
      return finding(severity, "escalation_path", statement, message, fixOf(rule, isWide));
    });
  });
}

function findPath(statement: LintStatement, action: Action): readonly Path[] {
  const rule = ESCALATIONS.get(action.name);
  if (rule === undefined || reachOf(statement, action).length === 0) return [];
  const isWide = reachesEverything(statement, action);
  if (!isWide && rule.narrow === "sound") return [];
  // Where all roles may be passed, the service does not matter.
  const isLimited = isNarrowedBy(statement, rule.limits) && !(isWide && rule.widthMatters === true);
  return isLimited ? [] : [{ action, rule, isWide }];
}

function reachesEverything(statement: LintStatement, action: Action): boolean {
  return reachOf(statement, action).some(
    ({ type }) =>
      type === null || type.arns.some((arn) => statement.resources.some((resource) => reachesEveryName(resource, arn))),
  );
}

function withServices({ together = [] }: Escalation, statements: readonly LintStatement[]): string {
  const granted = new Set(
    statements
      .filter(({ effect }) => effect === "Allow")
      .flatMap(({ patterns }) => patterns.flatMap(({ actions }) => actions.map(({ name }) => name))),
  );
  const users = together.filter((name) => granted.has(name));
  return users.length === 0 ? "" : `, together with ${writeNames(users)}`;
}

function fixOf({ limits, narrow, widthMatters }: Escalation, isWide: boolean): string {
  const keys = limits.map((key) => (key.endsWith("/") ? `${key}…` : key));
  const byKey = keys.length === 0 ? "" : `limit it by ${writeNames(keys, "or")}`;
  if (widthMatters === true && isWide) return `name the resources, and ${byKey}`;
  if (narrow === "sound") return byKey === "" ? "name the resources" : `name the resources, or ${byKey}`;
  return byKey === "" ? "take it out, or accept the finding and say why" : byKey;
}
