// One resource: made, changed, or removed, with its events.
import type { StackResource } from "./types.js";
import { attempt, contextFor, evaluateNow } from "./stack-operation.js";
import type { Deploying, EvaluatedResource, StackOperation } from "./stack-operation.js";
import { resourceTypeNamed } from "./resource-types.js";
import type { ResourceDeclaration, ValueMap } from "./template-types.js";

/** Statuses while a resource comes into being: by itself, or in the place of another one. */
type Verb = "CREATE" | "UPDATE";

/**
 * Makes a resource. Returns it, and whether something went wrong: then it may exist in part and is in the stack for the
 * rollback to remove.
 */
export function makeResource(
  deploying: Deploying,
  declaration: ResourceDeclaration,
  verb: Verb,
): { readonly failed: boolean } {
  const { recorder, stack } = deploying;
  const { logicalId, type } = declaration;
  let evaluation: EvaluatedResource | undefined;
  let physicalId = "";
  const note = () => ({ logicalId, type, physicalId, properties: evaluation?.shown });
  const reason = attempt(deploying, type, () => {
    evaluation = evaluateNow(deploying, declaration);
    const { evaluated } = evaluation;
    if (verb === "CREATE") recorder.resource(note(), "CREATE_IN_PROGRESS");
    const properties = evaluation.checked();
    const keep = (made: Pick<StackResource, "physicalId" | "attributes">) => {
      stack.resources.set(logicalId, resourceFrom(deploying, declaration, { ...made, evaluated, properties }));
    };
    const begun = (id: string) => {
      physicalId = id;
      keep({ physicalId: id, attributes: {} });
      recorder.resource(note(), `${verb}_IN_PROGRESS`, "Resource creation Initiated");
    };
    const made = resourceTypeNamed(type).create(contextFor(deploying, logicalId, begun), properties);
    if (physicalId === "") begun(made.physicalId);
    keep(made);
  });
  if (reason === undefined) recorder.resource(note(), `${verb}_COMPLETE`);
  else {
    if (evaluation === undefined && verb === "CREATE") recorder.resource(note(), "CREATE_IN_PROGRESS");
    recorder.resource(note(), `${verb}_FAILED`, reason);
  }
  return { failed: reason !== undefined };
}

/** Changes a resource in place. Returns whether it was begun, in which case a rollback has to undo it, and whether it failed. */
export function changeResource(
  deploying: Deploying,
  declaration: ResourceDeclaration,
  existing: StackResource,
  evaluation: EvaluatedResource,
): { readonly failed: boolean; readonly attempted: StackResource | undefined } {
  const { recorder, stack } = deploying;
  const { logicalId, type } = declaration;
  const note = { logicalId, type, physicalId: existing.physicalId, properties: evaluation.shown };
  let attempted: StackResource | undefined;
  recorder.resource(note, "UPDATE_IN_PROGRESS");
  const reason = attempt(deploying, type, () => {
    const { evaluated } = evaluation;
    const properties = evaluation.checked();
    attempted = resourceFrom(deploying, declaration, { ...existing, evaluated, properties });
    const made = resourceTypeNamed(type).update(
      contextFor(deploying, logicalId, () => undefined),
      existing.physicalId,
      existing.properties,
      properties,
    );
    stack.resources.set(logicalId, { ...attempted, ...made });
  });
  recorder.resource(note, reason === undefined ? "UPDATE_COMPLETE" : "UPDATE_FAILED", reason);
  return { failed: reason !== undefined, attempted };
}

/** Changes a resource back. Returns whether that failed. */
export function revertResource(
  operation: StackOperation,
  changed: StackResource,
  original: StackResource,
): { readonly failed: boolean } {
  const { recorder, stack } = operation;
  const { logicalId, type, physicalId } = original;
  const note = { logicalId, type, physicalId, properties: undefined };
  recorder.resource(note, "UPDATE_IN_PROGRESS");
  const reason = attempt(operation, type, () => {
    const context = contextFor(operation, logicalId, () => undefined);
    resourceTypeNamed(type).update(context, physicalId, changed.properties, original.properties);
    stack.resources.set(logicalId, original);
  });
  recorder.resource(note, reason === undefined ? "UPDATE_COMPLETE" : "UPDATE_FAILED", reason);
  return { failed: reason !== undefined };
}

/** Returns the resource with what the template says of it besides its properties. */
export function resourceFrom(
  { prepared }: Deploying,
  { logicalId, type, deletionPolicy, updateReplacePolicy }: ResourceDeclaration,
  made: Pick<StackResource, "physicalId" | "attributes"> & {
    readonly evaluated: ValueMap;
    readonly properties: ValueMap;
  },
): StackResource {
  const { physicalId, attributes, evaluated, properties } = made;
  const needs = prepared.needs.get(logicalId) ?? [];
  return { logicalId, type, physicalId, attributes, evaluated, properties, needs, deletionPolicy, updateReplacePolicy };
}
