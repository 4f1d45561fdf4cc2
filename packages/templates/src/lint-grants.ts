// Grants that do nothing by themselves, because each request of the action is about several resources, or does two things
// at once. Sources: Service Authorization Reference, "Resource types column" (required resources); EC2 User Guide,
// "Grant permission to tag Amazon EC2 resources during creation".
import { asksFor, canHold, finding, reachOf } from "./lint-view.js";
import { writeNames } from "./write-names.js";
import type { Draft, LintStatement, LintView } from "./lint-view.js";
import type { Action, ResourceType } from "./read-actions.js";

/** Elsewhere AWS's table calls alternatives required, too. */
const EXACT = /^(?:ec2|kms):/;

/** Finds `incomplete_grant`. */
export function lintGrants({ statements }: LintView): readonly Draft[] {
  const seen = new Set<string>();
  return statements
    .filter(({ effect }) => effect === "Allow")
    .flatMap((statement) => {
      // Setup rights come on top of the ongoing ones, not the other way round.
      const together = statements.filter(
        ({ effect, phase }) => effect === "Allow" && (phase === "ongoing" || phase === statement.phase),
      );
      return namedActions(statement).flatMap((action) => {
        const drafts = [
          ...findMissing(statement, action, together, seen),
          ...findUntagged(statement, action, together),
        ];
        return drafts;
      });
    });
}

function namedActions({ patterns }: LintStatement): readonly Action[] {
  return patterns.filter(({ isWildcard }) => !isWildcard).flatMap(({ actions }) => actions);
}

function findMissing(
  statement: LintStatement,
  action: Action,
  together: readonly LintStatement[],
  seen: Set<string>,
): readonly Draft[] {
  const needed = action.types.filter(({ required }) => required);
  if (needed.length < 2 || !EXACT.test(action.name)) return [];
  const granted = new Set(
    together
      .filter((each) => grants(each, action))
      .flatMap((each) => reachOf(each, action).filter((reach) => canHold(reach, each)))
      .map(({ type }) => type),
  );
  const missing = needed.filter((type) => !granted.has(type));
  // Where nothing at all is granted, another finding says why; and once is enough.
  if (missing.length === 0 || granted.size === 0 || seen.has(`${statement.phase} ${action.name}`)) return [];
  seen.add(`${statement.phase} ${action.name}`);
  return [
    finding(
      "error",
      "incomplete_grant",
      statement,
      `${action.name} needs ${writeNames(missing.map(nameOf))} as well, which no statement allows`,
      `allow ${action.name} on ${writeNames(missing.flatMap(({ arns }) => arns.map(({ text }) => text)))}, under conditions that such requests can meet`,
    ),
  ];
}

function findUntagged(statement: LintStatement, action: Action, together: readonly LintStatement[]): readonly Draft[] {
  const isCreation = action.name.startsWith("ec2:") && action.level === "write";
  if (!isCreation || !asksFor(statement, ["aws:requesttag/"])) return [];
  const tagging = together.some(
    (each) => namesAction(each, "ec2:CreateTags") && !asksFor(each, ["aws:resourcetag/", "ec2:resourcetag/"]),
  );
  if (tagging) return [];
  return [
    finding(
      "error",
      "incomplete_grant",
      statement,
      `${action.name} with tags needs ec2:CreateTags as well, which no statement allows on what is being created`,
      `allow ec2:CreateTags under {"StringEquals": {"ec2:CreateAction": "${action.name.slice(4)}"}}`,
    ),
  ];
}

function grants({ patterns }: LintStatement, action: Action): boolean {
  return patterns.some(({ actions }) => actions.includes(action));
}

function namesAction({ patterns }: LintStatement, name: string): boolean {
  return patterns.some(({ actions }) => actions.some((action) => action.name === name));
}

/** The kind of resource in words: `subnet` of `arn:*:ec2:*:*:subnet/*`. */
function nameOf({ arns }: ResourceType): string {
  const [, , , , , resource = ""] = (arns[0]?.text ?? "").split(":");
  return resource.replace(/[/*#].*$/, "") || "the resource";
}
