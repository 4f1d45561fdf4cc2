// A difference in one sentence, for the people who decide whether to update.
import { writeNames } from "./write-names.js";
import type { AccessLevel, PermissionChange } from "./types.js";

type Phases = ReadonlyMap<string, ReadonlySet<string>>;

const LEVELS: readonly AccessLevel[] = ["read", "write", "tagging", "permissions"];

/** Returns the sentence. The phases are those in which each action was and is allowed, by its name in lower case. */
export function writeDifference(
  gains: readonly PermissionChange[],
  loses: readonly PermissionChange[],
  before: Phases,
  after: Phases,
): string {
  if (gains.length === 0 && loses.length === 0) return "no difference";
  const more = group(gains, before, after);
  const less = group(loses, after, before);
  const parts = [
    clause("gains", more.whole),
    clause("lets", more.moved, " outlast the setup"),
    clause("widens", more.changed),
    pattern("gains", more.patterns),
    gains.length > 0 && gains.every(({ level }) => level === "read") ? "no new write" : "",
    gains.length === 0 ? "gains nothing" : "",
    clause("loses", less.whole),
    clause("confines", less.moved, " to the setup"),
    clause("narrows", less.changed),
    pattern("loses", less.patterns),
  ];
  return parts.filter((part) => part !== "").join(", ");
}

interface Groups {
  readonly whole: readonly PermissionChange[];
  readonly moved: readonly PermissionChange[];
  readonly changed: readonly PermissionChange[];
  readonly patterns: readonly PermissionChange[];
}

// Each action stands in one group only: the one that says most.
function group(changes: readonly PermissionChange[], from: Phases, to: Phases): Groups {
  const isPattern = ({ action }: PermissionChange): boolean => /[*?]/.test(action);
  const isMoved = ({ action }: PermissionChange): boolean =>
    from.get(action.toLowerCase())?.has("ongoing") !== true && to.get(action.toLowerCase())?.has("ongoing") === true;
  const named = changes.filter((change) => !isPattern(change));
  const scope = named.filter(({ extent }) => extent === "scope");
  return {
    whole: named.filter(({ extent }) => extent === "action"),
    moved: scope.filter(isMoved),
    changed: scope.filter((change) => !isMoved(change)),
    patterns: changes.filter(isPattern),
  };
}

function clause(verb: string, changes: readonly PermissionChange[], rest = ""): string {
  if (changes.length === 0) return "";
  const counts = LEVELS.flatMap((level) => {
    const count = new Set(changes.filter((each) => each.level === level).map(({ action }) => action)).size;
    return count === 0 ? [] : [`${count} ${level} ${count === 1 ? "action" : "actions"}`];
  });
  return `${verb} ${writeNames(counts)}${rest}`;
}

function pattern(verb: string, changes: readonly PermissionChange[]): string {
  return changes.length === 0 ? "" : `${verb} whatever AWS adds to ${writeNames(changes.map(({ action }) => action))}`;
}
