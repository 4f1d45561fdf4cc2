// The policy simulator: what would be allowed, without doing it. Source: IAM API Reference, "SimulatePrincipalPolicy" and
// "SimulateCustomPolicy".
import { parsePolicy, PolicyError } from "@daypass/policy";
import type { ContextValue, PolicyKind } from "@daypass/policy";
import { defaultDocument, findGroup, findManagedPolicy, findRole, findUser, groupsOf } from "../find.js";
import { simulateAction } from "../simulate/simulate-action.js";
import { chooseCaller, simulatedCaller } from "../simulate/simulated-caller.js";
import type { CallerChoice } from "../simulate/simulated-caller.js";
import type { Simulation, SourcePolicy } from "../simulate/types.js";
import type { Group, Role, User } from "../types.js";
import { defineOperation } from "../wire/operation.js";
import { list, string, structure } from "../wire/shapes.js";
import type { Input } from "../wire/shapes.js";
import type { XmlObject } from "../wire/xml.js";
import type { Call } from "../world-types.js";
import * as shapes from "./input-shapes.js";
import { pageOf } from "./pagination.js";
import { invalidInput, noSuchEntity } from "./refusals.js";
import { callerAccountId, requirePermission } from "./require-permission.js";

const KEY_TYPES = ["string", "numeric", "boolean", "ip", "binary", "date"];
const common = {
  PermissionsBoundaryPolicyInputList: list(false, shapes.policyDocument, { max: 1 }),
  ActionNames: list(true, string(true, { min: 3, max: 128 })),
  ResourceArns: list(false, string(true, { min: 1, max: 2048 })),
  ResourcePolicy: string(false, { min: 1, max: 131_072 }),
  ResourceOwner: string(false, { min: 1, max: 2048 }),
  CallerArn: string(false, { min: 1, max: 2048 }),
  ContextEntries: list(
    false,
    structure(true, {
      ContextKeyName: string(true, { min: 5, max: 256 }),
      ContextKeyValues: list(true, string(true)),
      ContextKeyType: string(true, { enum: [...KEY_TYPES, ...KEY_TYPES.map((type) => `${type}List`)] }),
    }),
  ),
  ...shapes.paging,
};
type Request = Input<typeof common>;

/** The sandbox's own limit: all of them are put in order to cut one page. */
const MAX_QUESTIONS = 10_000;

export const simulationOperations = {
  SimulatePrincipalPolicy: defineOperation(
    {
      PolicySourceArn: string(true, { min: 20, max: 2048 }),
      PolicyInputList: list(false, shapes.policyDocument),
      ...common,
    },
    (call, input) => {
      const entity = openSource(call, input.PolicySourceArn);
      const choice =
        input.CallerArn === undefined
          ? callerOf(entity)
          : chooseCaller(call.world, callerAccountId(call), input.CallerArn);
      // "CallerArn is required if you include a ResourcePolicy and the PolicySourceArn is not the ARN for an IAM user".
      if (input.ResourcePolicy !== undefined && input.CallerArn === undefined && entity.kind !== "user") {
        throw invalidInput("CallerArn is required with a ResourcePolicy unless PolicySourceArn is a user.");
      }
      return simulate(input, choice, {
        identity: [...policiesOf(call, entity), ...passed(input.PolicyInputList ?? [], "PolicyInputList", "identity")],
        boundary: boundaryOf(call, entity),
        serviceControl: call.world.serviceControl.get(entity.accountId),
      });
    },
  ),
  SimulateCustomPolicy: defineOperation(
    { PolicyInputList: list(true, shapes.policyDocument), ...common },
    (call, input) => {
      const accountId = callerAccountId(call);
      requirePermission(call, "iam:SimulateCustomPolicy", { arn: "*", accountId, shown: "*" });
      // "CallerArn is required if you include a ResourcePolicy so that the policy's Principal element has a value".
      if (input.ResourcePolicy !== undefined && input.CallerArn === undefined) {
        throw invalidInput("CallerArn is required with a ResourcePolicy.");
      }
      const choice: CallerChoice =
        input.CallerArn === undefined
          ? { kind: "nobody", accountId }
          : chooseCaller(call.world, callerAccountId(call), input.CallerArn);
      return simulate(input, choice, {
        identity: passed(input.PolicyInputList, "PolicyInputList", "identity"),
        boundary: undefined,
        serviceControl: undefined,
      });
    },
  ),
};

function simulate(
  input: Request,
  choice: CallerChoice,
  policies: Pick<Simulation, "identity" | "boundary" | "serviceControl">,
): XmlObject {
  const caller = simulatedCaller(choice, contextOf(input));
  const simulation: Simulation = {
    ...policies,
    caller: caller.principal,
    callerAccountId: caller.accountId,
    callerKeys: caller.keys,
    context: caller.context,
    // A boundary that is passed takes the place of the attached one.
    boundary:
      passed(input.PermissionsBoundaryPolicyInputList ?? [], "PermissionsBoundaryPolicyInputList", "identity")[0] ??
      policies.boundary,
    resourcePolicy:
      input.ResourcePolicy === undefined
        ? undefined
        : { ...sourceOf("ResourcePolicy", input.ResourcePolicy, "resource"), sourceType: "Resource Policy" },
    resourceOwner: ownerOf(input.ResourceOwner) ?? caller.accountId,
  };
  const resources = input.ResourceArns?.length ? input.ResourceArns : [undefined];
  if (input.ActionNames.length * resources.length > MAX_QUESTIONS) {
    throw invalidInput(`At most ${MAX_QUESTIONS} pairs of an action and a resource are simulated at once.`);
  }
  const questions = input.ActionNames.flatMap((action) => resources.map((resource) => ({ action, resource })));
  const { Marker: _marker, MaxItems: _maxItems, ...asked } = input;
  const page = pageOf(questions.entries(), input, ["simulation", JSON.stringify(asked)], ([index]) =>
    String(index).padStart(6, "0"),
  );
  return {
    EvaluationResults: page.items.map(([, { action, resource }]) =>
      understood(() => simulateAction(simulation, action, resource)),
    ),
    ...page.rest,
  };
}

/** A group calls as nobody in particular. */
function callerOf(entity: User | Group | Role): CallerChoice {
  return entity.kind === "group" ? { kind: "nobody", accountId: entity.accountId } : { kind: "entity", entity };
}

/** Returns the user, group or role whose policies are simulated, once the caller may ask about it. */
function openSource(call: Call, arn: string): User | Group | Role {
  const [, accountId = "", type, name = ""] =
    /^arn:aws:iam::(\d{12}):(user|group|role)\/(?:[\x21-\x7e]*\/)?([\w+=,.@-]+)$/.exec(arn) ?? [];
  // The text as users of the AWS CLI report it for the ARN of a session.
  if (type === undefined)
    throw invalidInput(`Invalid Entity Arn: ${arn} does not clearly define entity type and name.`);
  requirePermission(call, "iam:SimulatePrincipalPolicy", { arn, accountId, shown: arn });
  const find = { user: findUser, group: findGroup, role: findRole }[type as "user" | "group" | "role"];
  const entity = find(call.world, accountId, name);
  if (entity?.arn !== arn) throw noSuchEntity(`The ${type} with name ${name} cannot be found.`);
  return entity;
}

/** The entity's policies, a user's groups' included. */
function policiesOf({ world }: Call, entity: User | Group | Role): readonly SourcePolicy[] {
  const groups = entity.kind === "user" ? groupsOf(world, entity) : [];
  return [entity, ...groups].flatMap((holder) => policiesHeldBy(world, holder));
}

/** Named as AWS's answers name them: inline policies with whom they belong to, managed ones by name. */
function policiesHeldBy(world: Call["world"], holder: User | Group | Role): readonly SourcePolicy[] {
  const inline = [...holder.inlinePolicies].map(([name, { text, policy }]) => ({
    sourceId: `${holder.kind}_${holder.name}_${name}`,
    sourceType: "IAM Policy" as const,
    text,
    policy,
  }));
  return [...inline, ...[...holder.attachedPolicyArns].map((arn) => managedSource(world, arn))];
}

/** A group has no boundary. */
function boundaryOf({ world }: Call, entity: User | Group | Role): SourcePolicy | undefined {
  const arn = entity.kind === "group" ? undefined : entity.permissionsBoundaryArn;
  return arn === undefined ? undefined : managedSource(world, arn);
}

function managedSource(world: Call["world"], arn: string): SourcePolicy {
  const managed = findManagedPolicy(world, arn);
  if (managed === undefined) throw new Error(`attached policy ${arn} does not exist`);
  const { text, policy } = defaultDocument(managed);
  return { sourceId: managed.name, sourceType: "IAM Policy", text, policy };
}

function passed(texts: readonly string[], listName: string, kind: PolicyKind): readonly SourcePolicy[] {
  return texts.map((text, index) => sourceOf(`${listName}.${index + 1}`, text, kind));
}

function sourceOf(sourceId: string, text: string, kind: PolicyKind): SourcePolicy {
  return { sourceId, sourceType: "IAM Policy", text, policy: understood(() => parsePolicy(text, kind)) };
}

/** What the evaluator cannot understand is the asker's mistake. AWS documents the code, not its texts. */
function understood<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof PolicyError) throw invalidInput(`Invalid input: ${error.message}`);
    throw error;
  }
}

function contextOf({ ContextEntries = [] }: Request): Readonly<Record<string, ContextValue>> {
  const context: Record<string, ContextValue> = {};
  for (const { ContextKeyName: name, ContextKeyValues: values, ContextKeyType: type } of ContextEntries) {
    if (Object.keys(context).some((key) => key.toLowerCase() === name.toLowerCase())) {
      throw invalidInput(`The context key ${name} is given twice.`);
    }
    const [first = ""] = values;
    if (!type.endsWith("List") && values.length !== 1) {
      throw invalidInput(`The context key ${name} of type ${type} has one value.`);
    }
    context[name] = type.endsWith("List") ? values : first;
  }
  return context;
}

function ownerOf(arn: string | undefined): string | undefined {
  if (arn === undefined) return undefined;
  // IAM API Reference: "The ARN representing the account ID", arn:aws:iam::123456789012:root.
  const accountId = /^arn:aws:iam::(\d{12}):root$/.exec(arn)?.[1];
  if (accountId === undefined) throw invalidInput(`Invalid ResourceOwner ${arn}.`);
  return accountId;
}
