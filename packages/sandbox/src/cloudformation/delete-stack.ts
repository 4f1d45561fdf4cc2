// DeleteStack, and the protection against it.
import type { Call } from "../world-types.js";
import { boolean, list, string } from "../wire/shapes.js";
import type { Input } from "../wire/shapes.js";
import { lookUp, openStack, requireStackPermission } from "./find-stack.js";
import * as shapes from "./input-shapes.js";
import { recordEvents } from "./record-events.js";
import { validationError } from "./refusals.js";
import { runDelete } from "./run-delete.js";
import { throughCloudFormation } from "./stack-operation.js";
import { isInProgress, statusOf, visibleEvents } from "./view-stack.js";

export const deleteStackInput = {
  StackName: shapes.stackNameOrId,
  RetainResources: list(false, string(true, { min: 1, max: 255 })),
  ClientRequestToken: shapes.clientToken,
};

/** Deletes a stack for the caller. One that is gone, or on its way out, is fine. Throws `AwsError` when it is refused. */
export function deleteStack(call: Call, input: Input<typeof deleteStackInput>): undefined {
  requireStackPermission(call, "cloudformation:DeleteStack", input.StackName);
  const stack = lookUp(call, input.StackName);
  if (stack === undefined || stack.deleted !== undefined) return;
  if (stack.terminationProtection) {
    throw validationError(`Stack [${stack.name}] cannot be deleted while TerminationProtection is enabled`);
  }
  const token = input.ClientRequestToken;
  if (token !== undefined && stack.lastToken === token) return;
  const now = call.now.getTime();
  const { status } = statusOf(stack, now);
  if (status === "DELETE_IN_PROGRESS") return;
  if (isInProgress(status) && status !== "CREATE_IN_PROGRESS") {
    throw validationError(`Stack [${stack.id}] cannot be deleted while in status ${status}`);
  }
  const retained = new Set(input.RetainResources ?? []);
  if (retained.size > 0 && status !== "DELETE_FAILED") {
    throw validationError(
      `Invalid operation on stack [${stack.id}]. When you delete a stack, specify which resources to retain only when the stack is in the DELETE_FAILED state.`,
    );
  }
  for (const logicalId of retained) {
    if (!stack.resources.has(logicalId))
      throw validationError(`Resource ${logicalId} does not exist in stack ${stack.name}`);
  }
  // A creation that is cut short never reports its end.
  stack.events.splice(visibleEvents(stack, now).length);
  stack.previousOutputs = stack.deployment.outputs;
  stack.lastToken = token;
  const recorder = recordEvents(call.world, stack, token);
  runDelete({ call: throughCloudFormation(call), stack, recorder }, retained, status);
  stack.settlesAt = recorder.finish();
}

export const updateTerminationProtectionInput = {
  StackName: shapes.stackNameOrId,
  EnableTerminationProtection: boolean(true),
};

/** Switches the protection on or off. Returns the stack's id. Throws `AwsError`. */
export function updateTerminationProtection(
  call: Call,
  input: Input<typeof updateTerminationProtectionInput>,
): { readonly StackId: string } {
  const stack = openStack(call, "cloudformation:UpdateTerminationProtection", input.StackName, {
    missing: `Stack [${input.StackName}] does not exist`,
  });
  if (stack.deleted !== undefined) throw validationError(`Stack [${input.StackName}] does not exist`);
  stack.terminationProtection = input.EnableTerminationProtection;
  return { StackId: stack.id };
}
