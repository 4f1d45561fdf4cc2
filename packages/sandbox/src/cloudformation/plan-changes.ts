// What an update would do, without doing any of it: the content of a change set, and whether there is anything to do.
import type { PlannedChange, Stack, StackResource } from "./types.js";
import type { StackIdentity } from "./create-scope.js";
import { canonical, evaluateOutputs, evaluateProperties, hasUnknown, scopeOf } from "./evaluate-resource.js";
import { UNKNOWN } from "./evaluation.js";
import type { ResolvedMap } from "./evaluation.js";
import type { Prepared } from "./prepare-deployment.js";
import { validationError } from "./refusals.js";
import { resourceTypeNamed } from "./resource-types.js";
import type { ResourceDeclaration } from "./template-types.js";

export interface Plan {
  readonly changes: readonly PlannedChange[];
  /** Whether outputs or the stack's tags change, with or without resources. */
  readonly changesOutputsOrTags: boolean;
}

/**
 * Compares a deployment with what the stack has now.
 * Throws `ValidationError` for what cannot be evaluated, and for a resource that changes its type.
 */
export function planChanges(
  prepared: Prepared,
  identity: StackIdentity,
  stack: Stack,
  exported: (name: string) => string | undefined,
): Plan {
  const settled = new Map<string, StackResource>();
  const active = new Set(prepared.resources.map(({ logicalId }) => logicalId));
  const scope = scopeOf({
    prepared,
    identity,
    resource: (logicalId) => {
      if (!active.has(logicalId)) return undefined;
      const known = settled.get(logicalId);
      return {
        physicalId: known?.physicalId ?? UNKNOWN,
        attribute: (name) => known?.attributes[name] ?? UNKNOWN,
      };
    },
    // What nobody exports yet may be there by the time of the operation.
    importValue: (name) => exported(name) ?? UNKNOWN,
  });
  requireSameTypes(prepared.resources, stack);
  const changes: PlannedChange[] = [];
  for (const declaration of prepared.resources) {
    const evaluated = evaluateProperties(declaration, scope, prepared.source.tags);
    const existing = stack.resources.get(declaration.logicalId);
    const change = compare(declaration, existing, evaluated);
    if (change !== undefined) changes.push(change);
    if (existing !== undefined && (change === undefined || change.replacement === "False")) {
      settled.set(declaration.logicalId, existing);
    }
  }
  for (const { logicalId, physicalId, type } of stack.resources.values()) {
    if (active.has(logicalId)) continue;
    changes.push({ action: "Remove", logicalId, physicalId, type, replacement: undefined, properties: [] });
  }
  const outputs = evaluateOutputs(prepared, scope);
  return {
    changes,
    changesOutputsOrTags:
      JSON.stringify(outputs) !== JSON.stringify(stack.deployment.outputs) ||
      JSON.stringify([...prepared.source.tags]) !== JSON.stringify([...stack.deployment.source.tags]),
  };
}

/** Returns the properties that differ, and whether any of them takes a new resource. */
export function differences(type: string, before: ResolvedMap, after: ResolvedMap): PlannedChange["properties"] {
  const { properties } = resourceTypeNamed(type);
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  const different: { name: string; recreation: "Never" | "Conditionally" | "Always" }[] = [];
  for (const name of names) {
    const had = before[name];
    const wanted = after[name];
    const unknown = wanted !== undefined && hasUnknown(wanted);
    if (had !== undefined && wanted !== undefined && !unknown && canonical(had) === canonical(wanted)) continue;
    const recreation = properties[name]?.replaces !== true ? "Never" : unknown ? "Conditionally" : "Always";
    different.push({ name, recreation });
  }
  return different;
}

function compare(
  { logicalId, type }: ResourceDeclaration,
  existing: StackResource | undefined,
  evaluated: ResolvedMap,
): PlannedChange | undefined {
  if (existing === undefined) {
    return { action: "Add", logicalId, physicalId: undefined, type, replacement: undefined, properties: [] };
  }
  const properties = differences(type, existing.evaluated, evaluated);
  if (properties.length === 0) return undefined;
  const has = (recreation: string) => properties.some((property) => property.recreation === recreation);
  const replacement = has("Always") ? "True" : has("Conditionally") ? "Conditional" : "False";
  return { action: "Modify", logicalId, physicalId: existing.physicalId, type, replacement, properties };
}

function requireSameTypes(resources: readonly ResourceDeclaration[], stack: Stack): void {
  const changed = resources
    .filter(({ logicalId, type }) => (stack.resources.get(logicalId)?.type ?? type) !== type)
    .map(({ logicalId }) => logicalId);
  if (changed.length === 0) return;
  throw validationError(
    `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${changed.join(", ")}]`,
  );
}
