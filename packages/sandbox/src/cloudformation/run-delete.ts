// Removes a stack's resources, in the opposite of the order in which they were made.
import { removeResources } from "./remove-resources.js";
import { deletionConflict } from "./stack-exports.js";
import type { StackOperation } from "./stack-operation.js";

/** Runs the deletion; the stack's last event tells how it went. `retained` are logical ids that stay. */
export function runDelete(operation: StackOperation, retained: ReadonlySet<string>, statusBefore: string): void {
  const { recorder, stack, call } = operation;
  const conflict = deletionConflict(call.world, stack);
  if (conflict !== undefined) {
    // AWS puts the stack back to the status that it had.
    recorder.stack(statusBefore, conflict);
    return;
  }
  recorder.stack("DELETE_IN_PROGRESS", "User Initiated");
  const removals = [...stack.resources.values()].map((resource) => ({
    resource,
    retain: resource.deletionPolicy !== "Delete" || retained.has(resource.logicalId),
  }));
  const failed = removeResources(operation, removals, ({ logicalId }) => stack.resources.delete(logicalId));
  if (failed.length > 0) {
    recorder.stack("DELETE_FAILED", `The following resource(s) failed to delete: [${failed.join(", ")}]. `);
    return;
  }
  recorder.stack("DELETE_COMPLETE");
  stack.deleted = call.now;
  stack.changeSets.clear();
}
