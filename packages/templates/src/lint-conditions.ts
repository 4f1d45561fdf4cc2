// Conditions that no request can meet, and conditions that every request meets, because its requests never carry the key.
// Source: IAM User Guide, "IAM JSON policy elements: Condition operators", on keys that are absent.
import { canHold, carries, finding, reachOf } from "./lint-view.js";
import { writeNames } from "./write-names.js";
import type { Draft, LintCondition, LintPattern, LintStatement, LintView, Reach } from "./lint-view.js";
import { findNearest } from "./suggest-action.js";

/** Finds `condition_never_matches`, `condition_without_effect` and `mfa_false`. */
export function lintConditions({ statements }: LintView): readonly Draft[] {
  return statements.flatMap((statement) => {
    if (statement.conditions.length === 0) return [];
    const reached = statement.patterns.map((pattern) => ({
      pattern,
      reach: pattern.actions.map((action) => reachOf(statement, action)).filter((reach) => reach.length > 0),
    }));
    return [
      ...reached.flatMap(({ pattern, reach }) => findNever(statement, pattern, reach)),
      ...findNeverOnCreation(statement),
      ...findAlways(
        statement,
        reached.flatMap(({ reach }) => reach.flat()),
      ),
      ...findMfaFalse(statement),
    ];
  });
}

function findNever(
  statement: LintStatement,
  { written, isWildcard }: LintPattern,
  reach: readonly (readonly Reach[])[],
): readonly Draft[] {
  const dead = reach.filter((kinds) => !kinds.some((kind) => canHold(kind, statement)));
  // Of what a wildcard stands for, some always falls out; half of it is no accident.
  if (dead.length === 0 || dead.length * 2 < reach.length) return [];
  const kinds = dead.flat();
  const guilty = statement.conditions.filter(
    (each) => !each.holdsWhenAbsent && kinds.some((kind) => !carries(kind, each)),
  );
  const actions = isWildcard ? writeNames(dead.map(([kind]) => kind?.action.name ?? written)) : written;
  const what = statement.effect === "Allow" ? "is never allowed" : "is never denied";
  return [
    finding(
      dead.length === reach.length ? "error" : "warning",
      "condition_never_matches",
      statement,
      `${actions} ${what}: its requests carry no ${writeNames(guilty.map(({ key }) => key))}`,
      proposeKey(guilty, kinds),
    ),
  ];
}

function proposeKey(guilty: readonly LintCondition[], kinds: readonly Reach[]): string {
  const known = [...new Set(kinds.flatMap(({ action, type }) => [...action.keys, ...(type?.keys ?? [])]))];
  for (const { key } of guilty) {
    const wanted = key.toLowerCase();
    const tag = /^[a-z0-9-]+:resourcetag\/(.+)$/.exec(wanted)?.[1];
    if (tag !== undefined && known.includes("aws:requesttag/")) {
      return `what is being created has no tags yet: ask for aws:RequestTag/${key.slice(-tag.length)}`;
    }
    const nearest = findNearest(wanted, known);
    if (nearest !== undefined) return `write ${nearest}`;
  }
  return "give it a statement of its own, without the condition";
}

// EC2 User Guide, "Grant permission to tag Amazon EC2 resources during creation": the new resource has no tags yet, so
// that its tagging is judged by aws:RequestTag and ec2:CreateAction.
function findNeverOnCreation(statement: LintStatement): readonly Draft[] {
  const tag = statement.conditions.find(
    (each) => !each.holdsWhenAbsent && /^(?:aws|ec2):resourcetag\//i.test(each.key),
  );
  const names = statement.patterns.filter(({ isWildcard }) => !isWildcard).flatMap(({ actions }) => actions);
  const creating = names.filter(({ name }) => /^ec2:(?:RunInstances|Create(?!Tags$))/.test(name));
  if (tag === undefined || creating.length === 0 || !names.some(({ name }) => name === "ec2:CreateTags")) return [];
  return [
    finding(
      statement.effect === "Allow" ? "warning" : "error",
      "condition_never_matches",
      statement,
      `ec2:CreateTags under ${tag.key} never covers what ${writeNames(creating.map(({ name }) => name))} creates`,
      "grant ec2:CreateTags in a statement of its own, under ec2:CreateAction and aws:RequestTag/…",
    ),
  ];
}

function findAlways(statement: LintStatement, reach: readonly Reach[]): readonly Draft[] {
  if (reach.length === 0) return [];
  return statement.conditions
    .filter((condition) => condition.holdsWhenAbsent && !reach.some((kind) => carries(kind, condition)))
    .map(({ operator, key }) =>
      finding(
        statement.effect === "Allow" ? "error" : "warning",
        "condition_without_effect",
        statement,
        `${operator} ${key} holds for every request, as none carries ${key}`,
        "take it out, or limit by a key that the requests carry",
      ),
    );
}

// IAM User Guide, aws:MultiFactorAuthPresent: absent with long-term keys, false in most sessions, true after MFA. In a
// Deny, BoolIfExists false is AWS's own way to ask for MFA.
function findMfaFalse({ effect, conditions, ...statement }: LintStatement): readonly Draft[] {
  const wrong = conditions.some(
    ({ operator, key, values }) =>
      effect === "Allow" &&
      key.toLowerCase() === "aws:multifactorauthpresent" &&
      /^(?:ForAnyValue:|ForAllValues:)?(?:Bool|String(?:Equals|EqualsIgnoreCase|Like))(?:IfExists)?$/.test(operator) &&
      values.some((value) => value.toLowerCase() === "false"),
  );
  if (!wrong) return [];
  return [
    finding(
      "error",
      "mfa_false",
      statement,
      "asking for aws:MultiFactorAuthPresent false keeps out whoever has MFA, and nobody else that matters",
      "take it out: a program's session has no MFA; for people, ask for it with trustConditions.requireMfa",
    ),
  ];
}
