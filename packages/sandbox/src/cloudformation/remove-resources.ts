// Removes resources, each before those that it needs.
import type { StackResource } from "./types.js";
import { sortByDependencies } from "./order-resources.js";
import { resourceTypeNamed } from "./resource-types.js";
import { attempt, contextFor } from "./stack-operation.js";
import type { StackOperation } from "./stack-operation.js";

export interface Removal {
  readonly resource: StackResource;
  /** The resource stays and leaves the stack's care. */
  readonly retain: boolean;
}

/**
 * Removes the resources, telling `gone` of each that left the stack. What a resource that could not be removed needs
 * stays too. Returns the logical ids of those that failed.
 */
export function removeResources(
  operation: StackOperation,
  removals: readonly Removal[],
  gone: (resource: StackResource) => void,
): readonly string[] {
  // An old and a new resource of one logical id may go together, so positions are the names here.
  const positions = new Map(removals.map((removal, index) => [String(index), removal]));
  const order = sortByDependencies([...positions.keys()], (position) => {
    const needs = positions.get(position)?.resource.needs ?? [];
    return [...positions].filter(([, { resource }]) => needs.includes(resource.logicalId)).map(([other]) => other);
  }).toReversed();
  const failed: string[] = [];
  const needed = new Set<string>();
  for (const position of order) {
    const removal = positions.get(position);
    if (removal === undefined) continue;
    const { resource } = removal;
    if (needed.has(resource.logicalId)) {
      for (const name of resource.needs) needed.add(name);
    } else if (removeResource(operation, removal)) gone(resource);
    else {
      failed.push(resource.logicalId);
      for (const name of resource.needs) needed.add(name);
    }
  }
  return failed;
}

function removeResource(operation: StackOperation, { resource, retain }: Removal): boolean {
  const { recorder } = operation;
  const { logicalId, type, physicalId, properties } = resource;
  const note = { logicalId, type, physicalId };
  if (retain) {
    recorder.resource(note, "DELETE_SKIPPED");
    return true;
  }
  recorder.resource(note, "DELETE_IN_PROGRESS");
  const reason = attempt(operation, type, () => {
    resourceTypeNamed(type).remove(
      contextFor(operation, logicalId, () => undefined),
      physicalId,
      properties,
    );
  });
  recorder.resource(note, reason === undefined ? "DELETE_COMPLETE" : "DELETE_FAILED", reason);
  return reason === undefined;
}
