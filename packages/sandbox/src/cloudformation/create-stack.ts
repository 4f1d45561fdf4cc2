// CreateStack: everything is checked first, then the stack is made with the caller's permissions.
import { callerAccountId } from "../iam/require-permission.js";
import { newRequestId } from "../identifiers.js";
import type { Stack } from "./types.js";
import type { Call } from "../world-types.js";
import { boolean } from "../wire/shapes.js";
import type { Input } from "../wire/shapes.js";
import { lookUp, requestContext, requireStackPermission, stackArn } from "./find-stack.js";
import * as shapes from "./input-shapes.js";
import { planChanges } from "./plan-changes.js";
import { prepareDeployment } from "./prepare-deployment.js";
import type { Prepared } from "./prepare-deployment.js";
import { readStackTags, readTemplateInput } from "./read-deployment-input.js";
import { recordEvents } from "./record-events.js";
import { alreadyExists, validationError } from "./refusals.js";
import { runCreate } from "./run-create.js";
import type { OnFailure } from "./run-create.js";
import { exportsOf } from "./stack-exports.js";
import { identityOf, throughCloudFormation } from "./stack-operation.js";

export const createStackInput = {
  StackName: shapes.newStackName,
  ...shapes.template,
  Parameters: shapes.parameters,
  Capabilities: shapes.capabilities,
  Tags: shapes.tags,
  DisableRollback: boolean(false),
  DeploymentConfig: shapes.deploymentConfig,
  OnFailure: shapes.onFailure,
  ClientRequestToken: shapes.clientToken,
  EnableTerminationProtection: boolean(false),
};
export type CreateStackInput = Input<typeof createStackInput>;

/**
 * Creates a stack for the caller. Returns the new stack's id; how it went is in its status and events.
 * Throws `AwsError` when nothing was made: no permission, a name that is taken, a template or parameters that are wrong.
 */
export function createStack(call: Call, input: CreateStackInput): { readonly StackId: string } {
  requireStackPermission(call, "cloudformation:CreateStack", input.StackName, requestContext(input));
  const existing = lookUp(call, input.StackName);
  if (existing !== undefined) {
    const token = input.ClientRequestToken;
    // "so that CloudFormation knows that you're not attempting to create a stack with the same name"
    if (token !== undefined && existing.lastToken === token) return { StackId: existing.id };
    throw alreadyExists(`Stack [${input.StackName}] already exists`);
  }
  if (input.DisableRollback !== undefined && input.OnFailure !== undefined) {
    throw validationError("You cannot specify both DisableRollback and OnFailure");
  }
  const templateText = readTemplateInput(call, input);
  const stack = newStack(call, input.StackName);
  const prepared = prepareDeployment(identityOf(stack), {
    templateText,
    given: input.Parameters ?? [],
    previous: undefined,
    capabilities: input.Capabilities ?? [],
    tags: readStackTags(input.Tags ?? []),
  });
  // Evaluates everything once, so that what cannot be evaluated is refused before anything is made.
  planChanges(prepared, identityOf(stack), stack, (name) => exportsOf(call.world, stack).get(name)?.value);
  stack.terminationProtection = input.EnableTerminationProtection === true;
  stack.lastToken = input.ClientRequestToken;
  const rollback = input.DisableRollback === true ? "DO_NOTHING" : "ROLLBACK";
  const given = ONFAILURE.find((known) => known === input.OnFailure);
  startCreate(call, stack, prepared, given ?? rollback);
  return { StackId: stack.id };
}

const ONFAILURE: readonly OnFailure[] = ["ROLLBACK", "DELETE", "DO_NOTHING"];

/** Runs the creation of a stack that is checked and puts the stack into the world. */
export function startCreate(call: Call, stack: Stack, prepared: Prepared, onFailure: OnFailure): void {
  call.world.stacks.set(stack.id, stack);
  stack.disableRollback = onFailure === "DO_NOTHING";
  const recorder = recordEvents(call.world, stack, stack.lastToken);
  runCreate({ call: throughCloudFormation(call), stack, recorder }, prepared, onFailure);
  stack.settlesAt = recorder.finish();
}

/** Returns a stack that exists in name only. */
export function newStack(call: Call, name: string): Stack {
  return {
    id: stackArn(call, name, newRequestId(call.world)),
    name,
    accountId: callerAccountId(call),
    region: call.region,
    created: call.now,
    updated: undefined,
    deleted: undefined,
    terminationProtection: false,
    disableRollback: false,
    lastToken: undefined,
    events: [],
    resources: new Map(),
    deployment: {
      source: {
        templateText: "",
        description: undefined,
        parameters: new Map(),
        noEcho: new Set(),
        tags: new Map(),
        capabilities: [],
      },
      outputs: [],
      imports: new Set(),
    },
    previousOutputs: [],
    settlesAt: 0,
    changeSets: new Map(),
  };
}
