// Change sets: an operation that is looked at first and done later, with the permissions of whoever does it.
import { newRequestId } from "../identifiers.js";
import type { ChangeSet, Stack } from "./types.js";
import type { Call } from "../world-types.js";
import { boolean, string } from "../wire/shapes.js";
import type { Input } from "../wire/shapes.js";
import { newStack, startCreate } from "./create-stack.js";
import { lookUp, openStack, requestContext, requireStackPermission } from "./find-stack.js";
import * as shapes from "./input-shapes.js";
import { planChanges } from "./plan-changes.js";
import type { Plan } from "./plan-changes.js";
import { prepareDeployment } from "./prepare-deployment.js";
import { readStackTags, readTemplateInput } from "./read-deployment-input.js";
import { recordEvents } from "./record-events.js";
import { alreadyExists, invalidChangeSetStatus, noSuchChangeSet, validationError } from "./refusals.js";
import { exportsOf } from "./stack-exports.js";
import { identityOf } from "./stack-operation.js";
import { requireUpdatable, startUpdate } from "./update-stack.js";
import { isDeleted, statusOf } from "./view-stack.js";

export const createChangeSetInput = {
  StackName: shapes.stackNameOrId,
  ChangeSetName: shapes.changeSetName,
  ChangeSetType: string(false, { enum: ["CREATE", "UPDATE"] }),
  ...shapes.template,
  UsePreviousTemplate: boolean(false),
  Parameters: shapes.parameters,
  Capabilities: shapes.capabilities,
  Tags: shapes.tags,
  Description: string(false, { min: 1, max: 1024 }),
  ClientToken: shapes.clientToken,
  DeploymentConfig: shapes.deploymentConfig,
};

/** Creates a change set, and for a stack that is to be created the stack's name. Returns both ids. Throws `AwsError`. */
export function createChangeSet(
  call: Call,
  input: Input<typeof createChangeSetInput>,
): { readonly Id: string; readonly StackId: string } {
  const type = input.ChangeSetType === "CREATE" ? "CREATE" : "UPDATE";
  requireStackPermission(call, "cloudformation:CreateChangeSet", input.StackName, requestContext(input));
  const found = lookUp(call, input.StackName);
  const stack = type === "CREATE" ? stackToCreate(call, input, found) : found;
  if (stack === undefined || isDeleted(stack, call.now.getTime())) {
    throw validationError(`Stack [${input.StackName}] does not exist`);
  }
  const existing = stack.changeSets.get(input.ChangeSetName);
  if (existing !== undefined) {
    const token = input.ClientToken;
    if (token !== undefined && existing.clientToken === token) return { Id: existing.id, StackId: stack.id };
    throw alreadyExists(`ChangeSet ${input.ChangeSetName} already exists`);
  }
  if (type === "UPDATE") requireUpdatable(call, stack);
  const prepared = prepareDeployment(identityOf(stack), {
    templateText: readTemplateInput(call, input, stack),
    given: input.Parameters ?? [],
    previous: type === "CREATE" ? undefined : stack.deployment.source.parameters,
    capabilities: input.Capabilities ?? [],
    tags: input.Tags === undefined ? stack.deployment.source.tags : readStackTags(input.Tags),
  });
  const plan = planChanges(prepared, identityOf(stack), stack, (name) => exportsOf(call.world, stack).get(name)?.value);
  const changeSet: ChangeSet = {
    source: prepared.source,
    id: stack.id.replace(/:stack\/.*$/, `:changeSet/${input.ChangeSetName}/${newRequestId(call.world)}`),
    name: input.ChangeSetName,
    type,
    description: input.Description,
    created: call.now,
    clientToken: input.ClientToken,
    changes: plan.changes,
    failure: failureOf(plan),
  };
  if (found === undefined) {
    call.world.stacks.set(stack.id, stack);
    const recorder = recordEvents(call.world, stack, undefined);
    recorder.stack("REVIEW_IN_PROGRESS", "User Initiated");
    recorder.finish();
  }
  stack.changeSets.set(changeSet.name, changeSet);
  return { Id: changeSet.id, StackId: stack.id };
}

export const executeChangeSetInput = {
  ChangeSetName: shapes.changeSetNameOrId,
  StackName: shapes.optionalStackNameOrId,
  ClientRequestToken: shapes.clientToken,
  DisableRollback: boolean(false),
};

/** Does what the change set says. Throws `AwsError` when it cannot begin. */
export function executeChangeSet(call: Call, input: Input<typeof executeChangeSetInput>): Record<string, never> {
  const { stack, changeSet } = openChangeSet(call, "cloudformation:ExecuteChangeSet", input);
  if (changeSet.failure !== undefined) {
    throw invalidChangeSetStatus(`ChangeSet [${changeSet.id}] cannot be executed in its current status of [FAILED]`);
  }
  if (changeSet.type === "UPDATE") requireUpdatable(call, stack);
  const { parameters, templateText, capabilities, tags } = changeSet.source;
  const given = [...parameters].map(([ParameterKey, ParameterValue]) => ({
    ParameterKey,
    ParameterValue,
    UsePreviousValue: undefined,
  }));
  const prepared = prepareDeployment(identityOf(stack), {
    templateText,
    given,
    previous: undefined,
    capabilities,
    tags,
  });
  stack.changeSets.clear();
  if (changeSet.type === "CREATE") {
    stack.lastToken = input.ClientRequestToken;
    startCreate(call, stack, prepared, input.DisableRollback === true ? "DO_NOTHING" : "ROLLBACK");
  } else {
    startUpdate(call, stack, prepared, {
      token: input.ClientRequestToken,
      disableRollback: input.DisableRollback === true,
    });
  }
  return {};
}

export const changeSetInput = {
  ChangeSetName: shapes.changeSetNameOrId,
  StackName: shapes.optionalStackNameOrId,
};

/** Deletes the change set. Throws `AwsError`. */
export function deleteChangeSet(call: Call, input: Input<typeof changeSetInput>): Record<string, never> {
  const { stack, changeSet } = openChangeSet(call, "cloudformation:DeleteChangeSet", input);
  stack.changeSets.delete(changeSet.name);
  return {};
}

/** Returns the change set, by its id or by its name and stack. Throws `AccessDenied`, `ValidationError` or `ChangeSetNotFound`. */
export function openChangeSet(
  call: Call,
  action: `cloudformation:${string}`,
  input: Input<typeof changeSetInput>,
): { readonly stack: Stack; readonly changeSet: ChangeSet } {
  const isId = input.ChangeSetName.startsWith("arn:");
  const owner = isId ? holderOf(call, input.ChangeSetName)?.id : undefined;
  const stackName = input.StackName ?? owner;
  if (stackName === undefined) {
    // Without a stack there is nothing to judge by: nobody learns more than that it is not there.
    if (isId) throw noSuchChangeSet(input.ChangeSetName);
    throw validationError("StackName must be specified if ChangeSetName is not specified as an ARN.");
  }
  const stack = openStack(call, action, stackName, {
    context: requestContext({ ChangeSetName: input.ChangeSetName }),
    missing: `Stack [${stackName}] does not exist`,
  });
  const changeSet = [...stack.changeSets.values()].find(({ id, name }) => (isId ? id : name) === input.ChangeSetName);
  if (changeSet === undefined) throw noSuchChangeSet(input.ChangeSetName);
  return { stack, changeSet };
}

function holderOf(call: Call, id: string): Stack | undefined {
  return [...call.world.stacks.values()].find(
    (stack) => lookUp(call, stack.id) === stack && [...stack.changeSets.values()].some((one) => one.id === id),
  );
}

function stackToCreate(call: Call, input: Input<typeof createChangeSetInput>, found: Stack | undefined): Stack {
  if (found === undefined) {
    if (input.StackName.startsWith("arn:")) throw validationError(`Stack [${input.StackName}] does not exist`);
    if (input.StackName.length > 128) throw validationError(`Stack name ${input.StackName} is too long`);
    return newStack(call, input.StackName);
  }
  if (statusOf(found, call.now.getTime()).status === "REVIEW_IN_PROGRESS") return found;
  throw validationError(
    `Stack [${found.name}] already exists and cannot be created again with the changeSet [${input.ChangeSetName}].`,
  );
}

function failureOf({ changes, changesOutputsOrTags }: Plan): string | undefined {
  if (changes.length > 0 || changesOutputsOrTags) return undefined;
  return "The submitted information didn't contain changes. Submit different information to create a change set.";
}
