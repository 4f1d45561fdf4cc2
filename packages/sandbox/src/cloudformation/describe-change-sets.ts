// DescribeChangeSet and ListChangeSets.
import type { ChangeSet, PlannedChange, Stack } from "./types.js";
import type { Call } from "../world-types.js";
import type { Input } from "../wire/shapes.js";
import type { XmlObject } from "../wire/xml.js";
import { openChangeSet } from "./change-sets.js";
import type { changeSetInput } from "./change-sets.js";
import { openStack } from "./find-stack.js";
import * as shapes from "./input-shapes.js";
import { renderParameters, renderTags } from "./render-stack.js";

/** Returns the change set with its changes. Throws `AwsError`. */
export function describeChangeSet(call: Call, input: Input<typeof changeSetInput>): XmlObject {
  const { stack, changeSet } = openChangeSet(call, "cloudformation:DescribeChangeSet", input);
  const { source, changes } = changeSet;
  return {
    ...renderSummary(stack, changeSet),
    Parameters: renderParameters(source),
    Capabilities: source.capabilities,
    Tags: renderTags(source.tags),
    NotificationARNs: [],
    RollbackConfiguration: {},
    Changes: changes.map(renderChange),
  };
}

export const listChangeSetsInput = { StackName: shapes.stackNameOrId };

/** Returns a line for each of the stack's change sets. Throws `AwsError`. */
export function listChangeSets(call: Call, input: Input<typeof listChangeSetsInput>): XmlObject {
  const stack = openStack(call, "cloudformation:ListChangeSets", input.StackName, {
    missing: `Stack [${input.StackName}] does not exist`,
  });
  return { Summaries: [...stack.changeSets.values()].map((changeSet) => renderSummary(stack, changeSet)) };
}

function renderSummary(stack: Stack, { name, id, description, created, failure }: ChangeSet): XmlObject {
  return {
    ChangeSetName: name,
    ChangeSetId: id,
    StackId: stack.id,
    StackName: stack.name,
    Description: description,
    CreationTime: created.toISOString(),
    ExecutionStatus: failure === undefined ? "AVAILABLE" : "UNAVAILABLE",
    Status: failure === undefined ? "CREATE_COMPLETE" : "FAILED",
    StatusReason: failure,
    IncludeNestedStacks: false,
  };
}

function renderChange({ action, logicalId, physicalId, type, replacement, properties }: PlannedChange): XmlObject {
  return {
    Type: "Resource",
    ResourceChange: {
      Action: action,
      LogicalResourceId: logicalId,
      PhysicalResourceId: physicalId,
      ResourceType: type,
      Replacement: replacement,
      Scope: properties.length === 0 ? [] : [...new Set(properties.map(({ name }) => scopeOf(name)))],
      Details: properties.map(({ name, recreation }) => ({
        Target: {
          Attribute: scopeOf(name),
          Name: scopeOf(name) === "Properties" ? name : undefined,
          RequiresRecreation: recreation,
        },
        Evaluation: "Static",
      })),
    },
  };
}

/** Tags are an attribute of their own in change sets. */
function scopeOf(property: string): string {
  return property === "Tags" ? "Tags" : "Properties";
}
