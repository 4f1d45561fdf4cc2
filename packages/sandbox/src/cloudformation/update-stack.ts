// UpdateStack: the difference is found first, then made with the caller's permissions.
import type { Stack } from "./types.js";
import type { Call } from "../world-types.js";
import { boolean } from "../wire/shapes.js";
import type { Input } from "../wire/shapes.js";
import { openStack, requestContext } from "./find-stack.js";
import * as shapes from "./input-shapes.js";
import { planChanges } from "./plan-changes.js";
import { prepareDeployment } from "./prepare-deployment.js";
import type { Prepared } from "./prepare-deployment.js";
import { readStackTags, readTemplateInput } from "./read-deployment-input.js";
import { recordEvents } from "./record-events.js";
import { validationError } from "./refusals.js";
import { runUpdate } from "./run-update.js";
import { exportsOf } from "./stack-exports.js";
import { identityOf, throughCloudFormation } from "./stack-operation.js";
import { statusOf } from "./view-stack.js";

export const updateStackInput = {
  StackName: shapes.stackNameOrId,
  ...shapes.template,
  UsePreviousTemplate: boolean(false),
  Parameters: shapes.parameters,
  Capabilities: shapes.capabilities,
  Tags: shapes.tags,
  DisableRollback: boolean(false),
  DeploymentConfig: shapes.deploymentConfig,
  ClientRequestToken: shapes.clientToken,
};
export type UpdateStackInput = Input<typeof updateStackInput>;

/** AWS CloudFormation User Guide, "Stack status codes"; a stack that was rolled back while created can only be deleted. */
const UPDATABLE: ReadonlySet<string> = new Set([
  "CREATE_COMPLETE",
  "CREATE_FAILED",
  "UPDATE_COMPLETE",
  "UPDATE_FAILED",
  "UPDATE_ROLLBACK_COMPLETE",
]);

/** Updates a stack for the caller. Returns its id. Throws `AwsError` when nothing was changed. */
export function updateStack(call: Call, input: UpdateStackInput): { readonly StackId: string } {
  const stack = openStack(call, "cloudformation:UpdateStack", input.StackName, {
    context: requestContext(input),
    missing: `Stack [${input.StackName}] does not exist`,
  });
  const token = input.ClientRequestToken;
  if (token !== undefined && stack.lastToken === token) return { StackId: stack.id };
  requireUpdatable(call, stack);
  const prepared = prepareDeployment(identityOf(stack), {
    templateText: readTemplateInput(call, input, stack),
    given: input.Parameters ?? [],
    previous: stack.deployment.source.parameters,
    capabilities: input.Capabilities ?? [],
    // "If you don't specify this parameter, CloudFormation doesn't modify the stack's tags"; an empty list removes them.
    tags: input.Tags === undefined ? stack.deployment.source.tags : readStackTags(input.Tags),
  });
  const plan = planChanges(prepared, identityOf(stack), stack, (name) => exportsOf(call.world, stack).get(name)?.value);
  if (plan.changes.length === 0 && !plan.changesOutputsOrTags) {
    throw validationError("No updates are to be performed.");
  }
  startUpdate(call, stack, prepared, { token, disableRollback: input.DisableRollback === true });
  return { StackId: stack.id };
}

/** Throws `ValidationError` unless the stack's status allows an update. */
export function requireUpdatable(call: Call, stack: Stack): void {
  const { status } = statusOf(stack, call.now.getTime());
  if (!UPDATABLE.has(status)) throw validationError(`Stack:${stack.id} is in ${status} state and can not be updated.`);
}

/** Runs an update that is checked. Change sets were made for the stack as it was: they go. */
export function startUpdate(
  call: Call,
  stack: Stack,
  prepared: Prepared,
  options: { readonly token: string | undefined; readonly disableRollback: boolean },
): void {
  stack.lastToken = options.token;
  stack.disableRollback = options.disableRollback;
  stack.previousOutputs = stack.deployment.outputs;
  stack.updated = call.now;
  const recorder = recordEvents(call.world, stack, options.token);
  runUpdate({ call: throughCloudFormation(call), stack, recorder }, prepared, options.disableRollback);
  stack.changeSets.clear();
  stack.settlesAt = recorder.finish();
}
