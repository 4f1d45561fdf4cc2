// What a role may do after a change that it could not do before, and the other way round. Both are one question, asked in
// two directions; in doubt something is shown as a difference.
import { checkRoleDescription } from "./check-description.js";
import { arnsMeet } from "./compare-patterns.js";
import { isCovered, readStatements, statementsAbout } from "./diff-statements.js";
import type { DiffAction, DiffScope, DiffStatement } from "./diff-statements.js";
import { writeDifference } from "./diff-words.js";
import { freezeDeep } from "./freeze-deep.js";
import { readActions } from "./read-actions.js";
import type { PermissionChange, PermissionDifference, RoleDescription } from "./types.js";

/**
 * Returns what the role gains and loses when `after` takes the place of `before`, action by action, with a sentence for
 * people. How statements are ordered, named and shared out makes no difference. Throws `TemplateError` for a description
 * that is not one.
 */
export function diffPermissions(before: RoleDescription, after: RoleDescription): PermissionDifference {
  const table = readActions();
  const [old, next] = [before, after].map((each) => readStatements(checkRoleDescription(each), table)) as [Side, Side];
  const gains = findGains(old, next);
  const loses = findGains(next, old);
  return freezeDeep({ gains, loses, words: writeDifference(gains, loses, phasesOf(old), phasesOf(next)) });
}

type Side = readonly DiffStatement[];

/** What `to` allows and `from` does not. */
function findGains(from: Side, to: Side): readonly PermissionChange[] {
  const actions = new Map([...from, ...to].flatMap((statement) => [...statement.actions]));
  const find = rememberScopes(from, to);
  const changes = new Map<string, readonly PermissionChange[]>();
  for (const [name, action] of actions) {
    if (action.standsFor === null) changes.set(name, find(action));
  }
  for (const [name, action] of actions) {
    // A pattern matters by itself only where it gives nothing that has a name.
    if (action.standsFor !== null && !action.standsFor.some((each) => (changes.get(each) ?? []).length > 0)) {
      changes.set(
        name,
        find(action).map((change) => ({ ...change, extent: "scope" })),
      );
    }
  }
  return [...changes.values()].flat().sort((a, b) => compare(keyOf(a), keyOf(b)));
}

type Scopes = readonly Omit<PermissionChange, "action" | "level">[];

// Many actions are in the same statements, and the answer is the same for all of them.
function rememberScopes(from: Side, to: Side): (action: DiffAction) => readonly PermissionChange[] {
  const remembered = new Map<string, Scopes>();
  return (action) => {
    const about = {
      fromAllow: statementsAbout(from, "Allow", action),
      fromDeny: statementsAbout(from, "Deny", action),
      toAllow: statementsAbout(to, "Allow", action),
      toDeny: statementsAbout(to, "Deny", action),
    };
    const key = JSON.stringify(Object.values(about).map((list) => list.map(({ sid }) => sid)));
    const scopes = remembered.get(key) ?? findScopes(about);
    remembered.set(key, scopes);
    return scopes.map((scope) => ({ action: action.name, level: action.level, ...scope }));
  };
}

interface About {
  readonly fromAllow: Side;
  readonly fromDeny: Side;
  readonly toAllow: Side;
  readonly toDeny: Side;
}

function findScopes({ fromAllow, fromDeny, toAllow, toDeny }: About): Scopes {
  const before = findLive(fromAllow, fromDeny);
  const live = findLive(toAllow, toDeny);
  const allowed = live.filter((each) => !isCovered(each, fromAllow) || isCovered(each, fromDeny));
  // It kept something out that is let in now, and of which nothing is said yet.
  const undenied = scopesOf(fromDeny).filter(
    (each) =>
      !isCovered(each, toDeny) && [before, live].every((side) => meetsOne(each, side)) && !meetsOne(each, allowed),
  );
  const extent = before.length === 0 ? "action" : "scope";
  const scopes = [...allowed, ...undenied].map(
    ({ sid, phase, resource }) => ({ phase, sid, resource: resource.text, extent }) as const,
  );
  return [...new Map(scopes.map((scope) => [JSON.stringify(scope), scope])).values()];
}

interface Placed extends DiffScope {
  readonly sid: string;
}

function scopesOf(statements: Side): readonly Placed[] {
  return statements.flatMap(({ sid, phase, resources, alternatives }) =>
    resources.flatMap((resource) => alternatives.map((conditions) => ({ sid, phase, resource, conditions }))),
  );
}

function findLive(allow: Side, deny: Side): readonly Placed[] {
  return scopesOf(allow).filter((scope) => !isCovered(scope, deny));
}

function meetsOne({ resource }: DiffScope, others: readonly DiffScope[]): boolean {
  return others.some((other) => arnsMeet(other.resource.filled, resource.filled));
}

/** Lower-case action → the phases in which something of it is allowed. */
function phasesOf(side: Side): ReadonlyMap<string, ReadonlySet<string>> {
  const phases = new Map<string, Set<string>>();
  for (const { actions, effect, phase } of side) {
    if (effect === "Deny") continue;
    for (const name of actions.keys()) phases.set(name, (phases.get(name) ?? new Set()).add(phase));
  }
  return phases;
}

function keyOf({ action, phase, resource, sid }: PermissionChange): string {
  return [action, phase, resource, sid].join("\n");
}

function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
