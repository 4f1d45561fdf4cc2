// What can be seen of a stack at a moment. Operations do their work at once and write their events with the times at which
// they become visible; no timer runs.
import type { Stack, StackEvent, StackOutput } from "./types.js";

export const STACK_TYPE = "AWS::CloudFormation::Stack";

/** A resource as its events tell. */
export interface ViewedResource extends StackEvent {
  /** Milliseconds since 1970. */
  readonly updated: number;
}

/** Returns the events that happened until `now` (milliseconds since 1970), oldest first. */
export function visibleEvents(stack: Stack, now: number): readonly StackEvent[] {
  return stack.events.filter(({ at, written }) => at <= Math.max(now, written));
}

/** Returns the stack's status and its reason at `now`. */
export function statusOf(stack: Stack, now: number): { readonly status: string; readonly reason: string | undefined } {
  const last = visibleEvents(stack, now).findLast(
    ({ type, physicalId }) => type === STACK_TYPE && physicalId === stack.id,
  );
  // Before its first event a stack is only a name for change sets.
  return last ?? { status: "REVIEW_IN_PROGRESS", reason: "User Initiated" };
}

/** Returns whether the stack is gone: only its id finds it now, and its name is free. */
export function isDeleted(stack: Stack, now: number): boolean {
  return stack.deleted !== undefined && statusOf(stack, now).status === "DELETE_COMPLETE";
}

/** Returns whether an operation is still under way; a stack for review waits for nobody. */
export function isInProgress(status: string): boolean {
  return status.endsWith("_IN_PROGRESS") && status !== "REVIEW_IN_PROGRESS";
}

/** Returns the outputs; an operation's own appear when it is over. */
export function outputsOf(stack: Stack, now: number): readonly StackOutput[] {
  return now < stack.settlesAt ? stack.previousOutputs : stack.deployment.outputs;
}

/** Returns the resources as of `now`, by logical id in the order of their first event; of deleted ones, only those of a stack that is gone itself. */
export function viewResources(stack: Stack, now: number): readonly ViewedResource[] {
  const seen = new Map<string, ViewedResource>();
  for (const event of visibleEvents(stack, now)) {
    if (event.type === STACK_TYPE) continue;
    const before = seen.get(event.logicalId);
    // After a replacement the old resource is deleted: that is not the resource of this name any more.
    const isOld = before !== undefined && before.physicalId !== event.physicalId;
    if (event.status.startsWith("DELETE_") && isOld && before.physicalId !== "") continue;
    seen.set(event.logicalId, { ...event, updated: event.at });
  }
  const gone = (status: string) => status === "DELETE_COMPLETE" || status === "DELETE_SKIPPED";
  const all = [...seen.values()];
  const { status: whole } = statusOf(stack, now);
  return whole === "DELETE_COMPLETE" || whole === "ROLLBACK_COMPLETE" ? all : all.filter(({ status }) => !gone(status));
}
