// Brings a stack from one deployment to the next by their difference, or back.
import type { PlannedChange, StackResource } from "./types.js";
import { canonical } from "./evaluate-resource.js";
import { differences } from "./plan-changes.js";
import { changeResource, makeResource, resourceFrom, revertResource } from "./make-resource.js";
import type { Prepared } from "./prepare-deployment.js";
import { handlerFailure } from "./refusals.js";
import { removeResources } from "./remove-resources.js";
import type { Removal } from "./remove-resources.js";
import { resourceTypeNamed } from "./resource-types.js";
import { deploymentOf, finalOutputs } from "./run-create.js";
import { attempt, deploy, evaluateNow } from "./stack-operation.js";
import type { Deploying, EvaluatedResource, StackOperation } from "./stack-operation.js";
import { memberOf } from "./template-types.js";
import type { ResourceDeclaration } from "./template-types.js";

/** What was done, so that it can be undone in the opposite order. */
type Step =
  | { readonly kind: "added"; readonly logicalId: string }
  | { readonly kind: "replaced"; readonly original: StackResource }
  | { readonly kind: "changed"; readonly original: StackResource; readonly attempted: StackResource }
  | { readonly kind: "kept"; readonly original: StackResource };

/** Runs the update; the stack's last event tells how it went. */
export function runUpdate(operation: StackOperation, prepared: Prepared, disableRollback: boolean): void {
  const { recorder, stack } = operation;
  const deploying = deploy(operation, prepared);
  const steps: Step[] = [];
  recorder.stack("UPDATE_IN_PROGRESS", "User Initiated");
  let reason = updateAll(deploying, steps);
  const outputs = reason ?? finalOutputs(deploying);
  if (typeof outputs === "string") {
    reason = outputs;
    if (disableRollback) {
      stack.deployment = deploymentOf(deploying, stack.deployment.outputs);
      recorder.stack("UPDATE_FAILED", reason);
    } else rollBack(operation, steps, reason);
    return;
  }
  recorder.stack("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS");
  const active = new Set(prepared.resources.map(({ logicalId }) => logicalId));
  const removed = [...stack.resources.values()].filter(({ logicalId }) => !active.has(logicalId));
  const removals: Removal[] = removed.map((resource) => ({ resource, retain: resource.deletionPolicy !== "Delete" }));
  for (const step of steps) {
    if (step.kind !== "replaced") continue;
    removals.push({ resource: step.original, retain: step.original.updateReplacePolicy === "Retain" });
  }
  // "UPDATE_COMPLETE" comes even where the cleanup fails: what could not be deleted is no longer the stack's.
  removeResources(operation, removals, () => undefined);
  for (const { logicalId } of removed) stack.resources.delete(logicalId);
  stack.deployment = deploymentOf(deploying, outputs);
  recorder.stack("UPDATE_COMPLETE");
}

/** Returns the reason why the update cannot go on; `undefined` when every resource is as the template says. */
function updateAll(deploying: Deploying, steps: Step[]): string | undefined {
  for (const declaration of deploying.prepared.resources) {
    const { logicalId } = declaration;
    const existing = deploying.stack.resources.get(logicalId);
    if (existing === undefined) {
      steps.push({ kind: "added", logicalId });
      if (makeResource(deploying, declaration, "CREATE").failed) {
        return `The following resource(s) failed to create: [${logicalId}]. `;
      }
    } else if (updateOne(deploying, declaration, existing, steps)) {
      return `The following resource(s) failed to update: [${logicalId}]. `;
    }
  }
  return undefined;
}

/** Returns whether it failed. */
function updateOne(
  deploying: Deploying,
  declaration: ResourceDeclaration,
  existing: StackResource,
  steps: Step[],
): boolean {
  const { recorder, stack } = deploying;
  const { logicalId, type } = declaration;
  const note = { logicalId, type, physicalId: existing.physicalId };
  const decided: { evaluation?: EvaluatedResource; changed?: PlannedChange["properties"] } = {};
  const reason = attempt(deploying, type, () => {
    const evaluation = evaluateNow(deploying, declaration);
    const changed = differences(type, existing.evaluated, evaluation.evaluated);
    requireChangeable(type, changed);
    if (isReplaced(changed)) requireNewName(declaration, existing, evaluation);
    Object.assign(decided, { evaluation, changed });
  });
  const { evaluation, changed } = decided;
  if (evaluation === undefined || changed === undefined) {
    recorder.resource(note, "UPDATE_IN_PROGRESS");
    recorder.resource(note, "UPDATE_FAILED", reason);
    return true;
  }
  if (isReplaced(changed)) {
    const why = "Requested update requires the creation of a new physical resource; hence creating one.";
    recorder.resource({ ...note, properties: evaluation.shown }, "UPDATE_IN_PROGRESS", why);
    steps.push({ kind: "replaced", original: existing });
    return makeResource(deploying, declaration, "UPDATE").failed;
  }
  if (changed.length === 0) {
    // Nothing to do, but what it needs and what becomes of it may be declared otherwise now.
    steps.push({ kind: "kept", original: existing });
    stack.resources.set(logicalId, resourceFrom(deploying, declaration, existing));
    return false;
  }
  const { failed, attempted } = changeResource(deploying, declaration, existing, evaluation);
  if (attempted !== undefined) steps.push({ kind: "changed", original: existing, attempted });
  return failed;
}

function isReplaced(changed: PlannedChange["properties"]): boolean {
  return changed.some(({ recreation }) => recreation !== "Never");
}

function requireChangeable(type: string, changed: PlannedChange["properties"]): void {
  const { cannotChange = [] } = resourceTypeNamed(type);
  const refused = changed.find(({ name }) => cannotChange.includes(name));
  if (refused !== undefined) throw handlerFailure(`The sandbox cannot change ${refused.name} of ${type}`);
}

/** Two resources cannot have one name, and the new one is made before the old one goes. */
function requireNewName(
  { type }: ResourceDeclaration,
  existing: StackResource,
  { evaluated }: EvaluatedResource,
): void {
  const { nameProperty } = resourceTypeNamed(type);
  if (nameProperty === undefined) return;
  const name = memberOf(evaluated, nameProperty);
  const before = memberOf(existing.evaluated, nameProperty);
  if (name === undefined || typeof name === "object" || before === undefined) return;
  if (canonical(name) !== canonical(before)) return;
  throw handlerFailure(
    `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${name} and update the stack again.`,
  );
}

function rollBack(operation: StackOperation, steps: readonly Step[], reason: string): void {
  const { recorder, stack } = operation;
  recorder.stack("UPDATE_ROLLBACK_IN_PROGRESS", reason);
  const removals: Removal[] = [];
  const failed: string[] = [];
  for (const step of steps.toReversed()) {
    if (step.kind === "changed") {
      if (revertResource(operation, step.attempted, step.original).failed) failed.push(step.original.logicalId);
      continue;
    }
    const logicalId = step.kind === "added" ? step.logicalId : step.original.logicalId;
    const now = stack.resources.get(logicalId);
    if (step.kind === "kept") stack.resources.set(logicalId, step.original);
    else if (step.kind === "added") {
      stack.resources.delete(logicalId);
      if (now !== undefined) removals.push({ resource: now, retain: now.deletionPolicy === "Retain" });
    } else {
      stack.resources.set(logicalId, step.original);
      if (now !== undefined && now !== step.original) removals.push({ resource: now, retain: false });
      const { type, physicalId } = step.original;
      recorder.resource({ logicalId, type, physicalId }, "UPDATE_COMPLETE");
    }
  }
  if (failed.length > 0) {
    const failure = `The following resource(s) failed to update: [${failed.join(", ")}]. `;
    // What was made stays the stack's, so that deleting the stack finds it.
    for (const { resource } of removals) {
      if (!stack.resources.has(resource.logicalId)) stack.resources.set(resource.logicalId, resource);
    }
    recorder.stack("UPDATE_ROLLBACK_FAILED", failure);
    return;
  }
  recorder.stack("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS");
  removeResources(operation, removals, () => undefined);
  recorder.stack("UPDATE_ROLLBACK_COMPLETE");
}
