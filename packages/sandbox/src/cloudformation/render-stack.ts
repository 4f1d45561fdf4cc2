// How stacks and their parts appear in answers (AWS CloudFormation API Reference, "Data Types").
import type { DeploymentSource, Stack, StackEvent } from "./types.js";
import type { XmlObject } from "../wire/xml.js";
import { MASK } from "./create-scope.js";
import { outputsOf, statusOf } from "./view-stack.js";
import type { ViewedResource } from "./view-stack.js";

/** Returns the stack as DescribeStacks shows it at `now`, in milliseconds since 1970. */
export function renderStack(stack: Stack, now: number): XmlObject {
  const { source } = stack.deployment;
  return {
    ...renderTimes(stack, now),
    Parameters: unlessNone(renderParameters(source)),
    RollbackConfiguration: {},
    DisableRollback: stack.disableRollback,
    NotificationARNs: [],
    Capabilities: unlessNone(source.capabilities),
    Outputs: unlessNone(
      outputsOf(stack, now).map(({ key, value, description, exportName }) => ({
        OutputKey: key,
        OutputValue: value,
        Description: description,
        ExportName: exportName,
      })),
    ),
    Tags: renderTags(source.tags),
    EnableTerminationProtection: stack.terminationProtection,
  };
}

/** AWS leaves these lists out where there is nothing in them. */
function unlessNone<Item>(list: readonly Item[]): readonly Item[] | undefined {
  return list.length === 0 ? undefined : list;
}

/** Returns the stack as ListStacks shows it. */
export function renderStackSummary(stack: Stack, now: number): XmlObject {
  const { Description, ...times } = renderTimes(stack, now);
  return { ...times, TemplateDescription: Description };
}

function renderTimes(stack: Stack, now: number): Readonly<Record<string, string | undefined | XmlObject>> {
  const { status, reason } = statusOf(stack, now);
  return {
    StackId: stack.id,
    StackName: stack.name,
    Description: stack.deployment.source.description,
    CreationTime: stack.created.toISOString(),
    LastUpdatedTime: stack.updated?.toISOString(),
    DeletionTime: status === "DELETE_COMPLETE" ? stack.deleted?.toISOString() : undefined,
    StackStatus: status,
    StackStatusReason: reason,
    DriftInformation: { StackDriftStatus: "NOT_CHECKED" },
  };
}

/** Returns the parameters; those with NoEcho as asterisks. */
export function renderParameters({ parameters, noEcho }: DeploymentSource): readonly XmlObject[] {
  return [...parameters].map(([name, value]) => ({
    ParameterKey: name,
    ParameterValue: noEcho.has(name) ? MASK : value,
  }));
}

export function renderTags(tags: ReadonlyMap<string, string>): readonly XmlObject[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}

/** Returns the event as DescribeStackEvents shows it. */
export function renderEvent(stack: Stack, event: StackEvent): XmlObject {
  return {
    StackId: stack.id,
    EventId: event.eventId,
    StackName: stack.name,
    LogicalResourceId: event.logicalId,
    PhysicalResourceId: event.physicalId,
    ResourceType: event.type,
    Timestamp: new Date(event.at).toISOString(),
    ResourceStatus: event.status,
    ResourceStatusReason: event.reason,
    ResourceProperties: event.properties,
    ClientRequestToken: event.clientRequestToken,
  };
}

/** Returns what every answer about resources says of one; `time` is the name that the answer has for it. */
export function renderResource(resource: ViewedResource, time: "Timestamp" | "LastUpdatedTimestamp"): XmlObject {
  return {
    LogicalResourceId: resource.logicalId,
    PhysicalResourceId: resource.physicalId === "" ? undefined : resource.physicalId,
    ResourceType: resource.type,
    [time]: new Date(resource.updated).toISOString(),
    ResourceStatus: resource.status,
    ResourceStatusReason: resource.reason,
    DriftInformation: { StackResourceDriftStatus: "NOT_CHECKED" },
  };
}
