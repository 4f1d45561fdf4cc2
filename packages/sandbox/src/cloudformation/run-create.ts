// Makes a stack's resources, and unmakes them when one fails.
import type { Deployment, StackOutput, StackResource } from "./types.js";
import { evaluateOutputs } from "./evaluate-resource.js";
import { makeResource } from "./make-resource.js";
import type { Prepared } from "./prepare-deployment.js";
import { removeResources } from "./remove-resources.js";
import { exportConflict } from "./stack-exports.js";
import { attempt, deploy, inOwnWords } from "./stack-operation.js";
import type { Deploying, StackOperation } from "./stack-operation.js";
import { STACK_TYPE } from "./view-stack.js";

export type OnFailure = "ROLLBACK" | "DELETE" | "DO_NOTHING";

/** Runs the creation; the stack's last event tells how it went. */
export function runCreate(operation: StackOperation, prepared: Prepared, onFailure: OnFailure): void {
  const { recorder, stack } = operation;
  const deploying = deploy(operation, prepared);
  recorder.stack("CREATE_IN_PROGRESS", "User Initiated");
  let reason: string | undefined;
  for (const declaration of prepared.resources) {
    if (!makeResource(deploying, declaration, "CREATE").failed) continue;
    reason = `The following resource(s) failed to create: [${declaration.logicalId}]. `;
    break;
  }
  const outputs = reason === undefined ? finalOutputs(deploying) : [];
  if (typeof outputs === "string") reason = outputs;
  stack.deployment = deploymentOf(deploying, typeof outputs === "string" ? [] : outputs);
  if (reason === undefined) recorder.stack("CREATE_COMPLETE");
  else undoCreate(operation, reason, onFailure);
}

/** Returns the outputs, or the reason why the stack cannot have them. */
export function finalOutputs(deploying: Deploying): readonly StackOutput[] | string {
  const { prepared, scope, stack, call } = deploying;
  let outputs: readonly StackOutput[] = [];
  const reason = attempt(deploying, STACK_TYPE, () => {
    outputs = inOwnWords(() => evaluateOutputs(prepared, scope)).map((output) => {
      if (output.value === undefined) throw new Error(`the output ${output.key} is unknown at the end`);
      return { ...output, value: output.value };
    });
  });
  return reason ?? exportConflict(call.world, stack, outputs) ?? outputs;
}

/** Returns what is in force once the operation has succeeded. */
export function deploymentOf({ prepared, imports }: Deploying, outputs: readonly StackOutput[]): Deployment {
  return { source: prepared.source, outputs, imports };
}

function undoCreate(operation: StackOperation, reason: string, onFailure: OnFailure): void {
  const { recorder, stack } = operation;
  if (onFailure === "DO_NOTHING") {
    recorder.stack("CREATE_FAILED", reason);
    return;
  }
  const isDelete = onFailure === "DELETE";
  recorder.stack(
    isDelete ? "DELETE_IN_PROGRESS" : "ROLLBACK_IN_PROGRESS",
    `${reason}${isDelete ? "Delete" : "Rollback"} requested by user.`,
  );
  const gone = ({ logicalId }: StackResource) => stack.resources.delete(logicalId);
  // "RetainExceptOnCreate" is "Retain" but for this very case.
  const removals = [...stack.resources.values()].map((resource) => ({
    resource,
    retain: resource.deletionPolicy === "Retain",
  }));
  const failed = removeResources(operation, removals, gone);
  const failure = `The following resource(s) failed to delete: [${failed.join(", ")}]. `;
  stack.deployment = { ...stack.deployment, outputs: [], imports: new Set() };
  if (failed.length > 0) recorder.stack(isDelete ? "DELETE_FAILED" : "ROLLBACK_FAILED", failure);
  else if (isDelete) {
    recorder.stack("DELETE_COMPLETE");
    stack.deleted = operation.call.now;
  } else recorder.stack("ROLLBACK_COMPLETE");
}
