// Actions that AWS does not know, and patterns that stand for more than anybody has read.
import { IAM_DATA_DATE } from "./iam-actions-a-l.js";
import { finding } from "./lint-view.js";
import type { Draft, LintPattern, LintStatement, LintView } from "./lint-view.js";
import { suggestAction } from "./suggest-action.js";

/** Finds `unknown_action` and `wildcard_action`. */
export function lintActions({ statements, table }: LintView): readonly Draft[] {
  return statements.flatMap((statement) =>
    statement.patterns.flatMap((pattern): readonly Draft[] => {
      if (pattern.actions.length === 0) {
        const suggestion = suggestAction(table, pattern.written);
        const message = `AWS knows no action ${pattern.written} (as of ${IAM_DATA_DATE})`;
        return [finding("error", "unknown_action", statement, message, suggestion)];
      }
      // A Deny may well reach further than AWS's list of today.
      return pattern.isWildcard && statement.effect === "Allow" ? [lintWildcard(view(table, pattern), statement)] : [];
    }),
  );
}

interface Wildcard {
  readonly pattern: LintPattern;
  /** Whether it stands for all actions of its service, or of every service. */
  readonly isWhole: boolean;
}

function view(table: LintView["table"], pattern: LintPattern): Wildcard {
  const { written, actions } = pattern;
  const isWhole =
    written === "*" || actions.length === table.actionsOf(written.slice(0, written.indexOf(":"))).names.length;
  return { pattern, isWhole };
}

function lintWildcard({ pattern, isWhole }: Wildcard, statement: LintStatement): Draft {
  const { written, actions } = pattern;
  const changing = actions.filter(({ level }) => level !== "read").length;
  const today = `${actions.length} ${actions.length === 1 ? "action" : "actions"}, ${changing} of which ${changing === 1 ? "is" : "are"} more than reading`;
  return finding(
    isWhole ? "error" : "warning",
    "wildcard_action",
    statement,
    `${written} stands for ${today}, and for whatever AWS adds`,
    "name the actions that are needed",
  );
}
