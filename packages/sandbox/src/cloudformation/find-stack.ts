// Finds stacks for their callers: first the permission, then the existence.
// Service Authorization Reference, "Actions, resources, and condition keys for AWS CloudFormation".
import { requireAllowed } from "../authorize.js";
import { callerAccountId, requestTagContext, tagContext } from "../iam/require-permission.js";
import type { Context } from "../iam/require-permission.js";
import type { Stack } from "./types.js";
import type { Call } from "../world-types.js";
import { validationError } from "./refusals.js";
import { isDeleted } from "./view-stack.js";

const STACK_ARN = /^arn:aws:cloudformation:([a-z0-9-]+):(\d{12}):stack\/([a-zA-Z][-a-zA-Z0-9]*)\/([-a-zA-Z0-9]+)$/;

/**
 * Throws `AccessDenied` unless the caller may do this to the stack, or to stacks of a name that does not exist yet, and
 * `ValidationError` for an ARN that is no stack's.
 */
export function requireStackPermission(
  call: Call,
  action: `cloudformation:${string}`,
  nameOrId: string,
  context: Context = {},
): void {
  // About what is no stack's id nobody can be asked.
  if (nameOrId.startsWith("arn:") && !STACK_ARN.test(nameOrId)) {
    throw validationError(`Stack with id ${nameOrId} does not exist`);
  }
  const stack = lookUp(call, nameOrId);
  const own = callerAccountId(call);
  const resource = stack?.id ?? (nameOrId.startsWith("arn:") ? nameOrId : stackArn(call, nameOrId, "*"));
  call.noted.resource = resource;
  requireAllowed(call, {
    action,
    resource,
    // No policy of a stack admits other accounts: their stacks' ids are refused as on AWS.
    resourceAccount: STACK_ARN.exec(resource)?.[2] ?? own,
    context: { ...tagContext("aws:ResourceTag/", stack?.deployment.source.tags ?? new Map()), ...context },
  });
}

/** Throws `AccessDenied` unless the caller may do what is about no stack in particular. */
export function requireGeneralPermission(call: Call, action: `cloudformation:${string}`, context: Context = {}): void {
  requireAllowed(call, { action, resource: "*", resourceAccount: callerAccountId(call), context });
}

/**
 * Returns the stack: of a name the one that is not deleted, of an id also a deleted one.
 * Throws `AccessDenied`, and `ValidationError` in the words of `missing`.
 */
export function openStack(
  call: Call,
  action: `cloudformation:${string}`,
  nameOrId: string,
  options: { readonly context?: Context; readonly missing?: string } = {},
): Stack {
  requireStackPermission(call, action, nameOrId, options.context);
  const stack = lookUp(call, nameOrId);
  if (stack === undefined) throw validationError(options.missing ?? `Stack with id ${nameOrId} does not exist`);
  return stack;
}

/** Returns the stack in the caller's account and the call's region, without asking whether the caller may see it. */
export function lookUp(call: Call, nameOrId: string): Stack | undefined {
  const accountId = callerAccountId(call);
  const isHere = (stack: Stack) => stack.accountId === accountId && stack.region === call.region;
  if (nameOrId.startsWith("arn:")) {
    const stack = call.world.stacks.get(nameOrId);
    return stack !== undefined && isHere(stack) ? stack : undefined;
  }
  const now = call.now.getTime();
  return stacksHere(call).find((stack) => stack.name === nameOrId && !isDeleted(stack, now));
}

/** Returns the stacks of the caller's account in the call's region, oldest first, deleted ones included. */
export function stacksHere(call: Call): readonly Stack[] {
  const accountId = callerAccountId(call);
  return [...call.world.stacks.values()].filter(
    (stack) => stack.accountId === accountId && stack.region === call.region,
  );
}

/** Returns the ARN of a stack of this name in the caller's account and the call's region. */
export function stackArn(call: Call, name: string, id: string): string {
  return `arn:aws:cloudformation:${call.region}:${callerAccountId(call)}:stack/${name}/${id}`;
}

/** Returns the keys of operations that take a template or tags. */
export function requestContext(input: {
  readonly TemplateURL?: string | undefined;
  readonly ChangeSetName?: string | undefined;
  readonly Tags?: readonly { readonly Key: string; readonly Value: string }[] | undefined;
}): Context {
  const tags = new Map((input.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
  return {
    ...(input.TemplateURL === undefined ? {} : { "cloudformation:TemplateUrl": input.TemplateURL }),
    ...(input.ChangeSetName === undefined ? {} : { "cloudformation:ChangeSetName": input.ChangeSetName }),
    ...requestTagContext(tags),
  };
}
