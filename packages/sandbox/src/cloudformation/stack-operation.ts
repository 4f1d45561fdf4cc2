// What the steps of one operation on a stack share: who acts, what is deployed, what is known, where events go.
import { AwsError } from "../errors.js";
import { newRequestId } from "../identifiers.js";
import type { Stack, StackResource } from "./types.js";
import type { Call } from "../world-types.js";
import { checkProperties } from "./check-properties.js";
import type { StackIdentity } from "./create-scope.js";
import { evaluateProperties, hasUnknown, scopeOf } from "./evaluate-resource.js";
import type { Resolved, Scope } from "./evaluation.js";
import { newName } from "./name-resource.js";
import type { Prepared } from "./prepare-deployment.js";
import { handlerFailure, reasonOf, validationError } from "./refusals.js";
import type { Recorder } from "./record-events.js";
import type { ResourceContext } from "./resource-type.js";
import { resourceTypeNamed } from "./resource-types.js";
import { exportsOf } from "./stack-exports.js";
import { isMap } from "./template-types.js";
import type { ResourceDeclaration, Value, ValueMap } from "./template-types.js";

export interface StackOperation {
  /** Acts as the caller, through CloudFormation. */
  readonly call: Call;
  readonly stack: Stack;
  readonly recorder: Recorder;
}

export interface Deploying extends StackOperation {
  readonly prepared: Prepared;
  readonly scope: Scope;
  readonly maskedScope: Scope;
  /** The exports that were used so far. */
  readonly imports: Set<string>;
}

/** Returns the call as CloudFormation passes it on: with the caller's permissions, marked as coming through it. */
export function throughCloudFormation(call: Call): Call {
  return { ...call, calledVia: ["cloudformation.amazonaws.com"] };
}

/** Returns the operation with scopes that see the stack's resources as they are at each moment. */
export function deploy(operation: StackOperation, prepared: Prepared): Deploying {
  const { stack, call } = operation;
  const imports = new Set<string>();
  const active = new Set(prepared.resources.map(({ logicalId }) => logicalId));
  const options = {
    prepared,
    identity: identityOf(stack),
    resource: (logicalId: string) => {
      if (!active.has(logicalId)) return undefined;
      const made = stack.resources.get(logicalId);
      if (made === undefined) throw new Error(`${logicalId} is used before it is made`);
      return { physicalId: made.physicalId, attribute: (name: string) => attributeOf(made, name) };
    },
    importValue: (name: string): Resolved => {
      const found = exportsOf(call.world, stack).get(name);
      if (found === undefined || found.exporter === stack) throw validationError(`No export named ${name} found.`);
      imports.add(name);
      return found.value;
    },
  };
  return { ...operation, prepared, imports, scope: scopeOf(options), maskedScope: scopeOf(options, true) };
}

/** Returns where the stack is. */
export function identityOf({ accountId, region, name, id }: Stack): StackIdentity {
  return { accountId, region, stackName: name, stackId: id };
}

/** A resource's properties at the moment when it is its turn. */
export interface EvaluatedResource {
  readonly evaluated: ValueMap;
  /** For the events. */
  readonly shown: string;
  /** Throws the reason when a property is wrong. */
  checked(): ValueMap;
}

/** Evaluates a resource's properties. Throws the reason when that cannot be done. */
export function evaluateNow(deploying: Deploying, declaration: ResourceDeclaration): EvaluatedResource {
  const { prepared, scope, maskedScope } = deploying;
  const evaluated = inOwnWords(() => known(evaluateProperties(declaration, scope, prepared.source.tags)));
  const masked = inOwnWords(() => known(evaluateProperties(declaration, maskedScope, prepared.source.tags)));
  if (!isMap(evaluated)) throw new Error(`the properties of ${declaration.logicalId} are no map`);
  const { properties } = resourceTypeNamed(declaration.type);
  return {
    evaluated,
    shown: JSON.stringify(masked),
    checked: () => checkProperties(declaration.logicalId, properties, evaluated),
  };
}

/** Returns what a resource type's code is given. */
export function contextFor(
  { call, stack }: StackOperation,
  logicalId: string,
  begun: (physicalId: string) => void,
): ResourceContext {
  const kept = stack.resources.get(logicalId)?.attributes ?? {};
  return {
    call,
    logicalId,
    stackId: stack.id,
    keptAttributes: kept,
    newName: (maxCharacters) => newName(call.world, stack.name, logicalId, maxCharacters),
    begun,
  };
}

/** Runs a step on a resource; returns the reason of its failure. What is no refusal is a bug and thrown on. */
export function attempt({ call }: StackOperation, type: string, step: () => void): string | undefined {
  try {
    step();
    return undefined;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return reasonOf(error, type, { request: call.requestId, token: newRequestId(call.world) });
  }
}

/** Runs an evaluation whose refusal is CloudFormation's, not a service's: it becomes the event's reason as it is. */
export function inOwnWords<Result>(evaluation: () => Result): Result {
  try {
    return evaluation();
  } catch (error) {
    throw error instanceof AwsError ? handlerFailure(error.message) : error;
  }
}

function attributeOf({ type, attributes }: StackResource, name: string): string {
  const value = attributes[name];
  if (value === undefined) throw new Error(`${type} was made without its attribute ${name}`);
  return value;
}

/** By now everything that is referred to exists. */
function known(value: Resolved): Value {
  if (hasUnknown(value)) throw new Error("a property is unknown at its turn");
  return value as Value;
}
