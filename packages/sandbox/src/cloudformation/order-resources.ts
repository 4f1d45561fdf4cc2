// In which order resources are made: each after those that it refers to or depends on.
import { validationError } from "./refusals.js";
import type { ResourceDeclaration, Template } from "./template-types.js";
import { walkReferences } from "./walk-references.js";
import type { ChooseBranch } from "./walk-references.js";

/** Returns the logical ids that a resource needs first, of those in `among`. */
export function dependenciesOf(
  resource: ResourceDeclaration,
  among: ReadonlySet<string>,
  choose: ChooseBranch,
): ReadonlySet<string> {
  const needed = new Set(resource.dependsOn);
  for (const reference of walkReferences(resource.properties, choose)) {
    if (reference.kind !== "condition") needed.add(reference.name);
  }
  for (const name of needed) if (!among.has(name)) needed.delete(name);
  return needed;
}

/** Throws `ValidationError` for a circle that is there whatever the conditions turn out to be. */
export function requireAcyclic({ resources }: Template): void {
  const among = new Set(resources.keys());
  sortByDependencies([...among], (name) => {
    const resource = resources.get(name);
    return resource === undefined ? [] : dependenciesOf(resource, among, () => "neither");
  });
}

/** Throws `ValidationError` for conditions that need each other: they have no answer. */
export function requireAcyclicConditions({ conditions }: Template): void {
  const needs = (name: string) =>
    [...walkReferences(conditions.get(name) ?? {}, () => "both")]
      .filter(({ kind }) => kind === "condition")
      .map((reference) => reference.name);
  sortByDependencies([...conditions.keys()], needs, "conditions");
}

/**
 * Returns the names, each behind those that it needs, otherwise in their order.
 * Throws `ValidationError` "Circular dependency between …".
 */
export function sortByDependencies(
  names: readonly string[],
  needs: (name: string) => Iterable<string>,
  what = "resources",
): string[] {
  const waiting = new Map(names.map((name) => [name, new Set(needs(name))]));
  const sorted: string[] = [];
  while (waiting.size > 0) {
    const ready = [...waiting].filter(([, needed]) => ![...needed].some((name) => waiting.has(name)));
    if (ready.length === 0) {
      throw validationError(`Circular dependency between ${what}: [${inCircle(waiting).join(", ")}]`);
    }
    for (const [name] of ready) {
      waiting.delete(name);
      sorted.push(name);
    }
  }
  return sorted;
}

/** Those left that somebody left needs: what only hangs on the circle is not part of it. */
function inCircle(waiting: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] {
  let left = [...waiting.keys()];
  for (;;) {
    const needed = left.filter((name) => left.some((other) => waiting.get(other)?.has(name) === true));
    if (needed.length === left.length) return left;
    left = needed;
  }
}
