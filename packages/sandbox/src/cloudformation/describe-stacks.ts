// What can be read of stacks: DescribeStacks, ListStacks, events, resources and exports.
import { pageOf } from "../iam/pagination.js";
import { callerAccountId } from "../iam/require-permission.js";
import type { Stack } from "./types.js";
import type { Call } from "../world-types.js";
import { list, string } from "../wire/shapes.js";
import type { Input } from "../wire/shapes.js";
import type { XmlObject } from "../wire/xml.js";
import { lookUp, openStack, requireGeneralPermission, requireStackPermission, stacksHere } from "./find-stack.js";
import * as shapes from "./input-shapes.js";
import { parseTemplate } from "./parse-template.js";
import { validationError } from "./refusals.js";
import { renderEvent, renderResource, renderStack, renderStackSummary } from "./render-stack.js";
import { exportsOf } from "./stack-exports.js";
import { isDeleted, statusOf, viewResources, visibleEvents } from "./view-stack.js";
import type { ViewedResource } from "./view-stack.js";

const ofStack = { StackName: shapes.stackNameOrId, NextToken: shapes.nextToken };

export const describeStacksInput = { StackName: shapes.optionalStackNameOrId, NextToken: shapes.nextToken };

/** Returns the named stack, or all that are not deleted, newest first. Throws `AwsError`. */
export function describeStacks(call: Call, input: Input<typeof describeStacksInput>): XmlObject {
  const now = call.now.getTime();
  if (input.StackName !== undefined) {
    const stack = openStack(call, "cloudformation:DescribeStacks", input.StackName);
    return { Stacks: [renderStack(stack, now)] };
  }
  requireGeneralPermission(call, "cloudformation:DescribeStacks");
  const stacks = stacksHere(call).filter((stack) => !isDeleted(stack, now));
  const { items, NextToken } = newestFirst(stacks, input, ["stacks", call.region]);
  return { Stacks: items.map((stack) => renderStack(stack, now)), NextToken };
}

export const listStacksInput = {
  NextToken: shapes.nextToken,
  StackStatusFilter: list(false, string(true, { max: 64 })),
};

/** Returns a line for each stack, deleted ones included, newest first. Throws `AwsError`. */
export function listStacks(call: Call, input: Input<typeof listStacksInput>): XmlObject {
  requireGeneralPermission(call, "cloudformation:ListStacks");
  const now = call.now.getTime();
  const wanted = input.StackStatusFilter ?? [];
  const stacks = stacksHere(call).filter(
    (stack) => wanted.length === 0 || wanted.includes(statusOf(stack, now).status),
  );
  const { items, NextToken } = newestFirst(stacks, input, ["list", call.region, wanted.join()]);
  return { StackSummaries: items.map((stack) => renderStackSummary(stack, now)), NextToken };
}

export const describeStackEventsInput = ofStack;

/** Returns the stack's events, newest first. Throws `AwsError`. */
export function describeStackEvents(call: Call, input: Input<typeof ofStack>): XmlObject {
  const stack = openStack(call, "cloudformation:DescribeStackEvents", input.StackName, {
    missing: `Stack [${input.StackName}] does not exist`,
  });
  const events = visibleEvents(stack, call.now.getTime());
  const { items, NextToken } = newestFirst(events, input, ["events", stack.id]);
  return { StackEvents: items.map((event) => renderEvent(stack, event)), NextToken };
}

export const listStackResourcesInput = ofStack;

/** Returns the stack's resources. Throws `AwsError`. */
export function listStackResources(call: Call, input: Input<typeof ofStack>): XmlObject {
  const stack = openStack(call, "cloudformation:ListStackResources", input.StackName);
  const resources = viewResources(stack, call.now.getTime());
  const page = pageOf(resources, { Marker: input.NextToken }, ["resources", stack.id], ({ logicalId }) => logicalId);
  return {
    StackResourceSummaries: page.items.map((resource) => renderResource(resource, "LastUpdatedTimestamp")),
    NextToken: page.rest["Marker"],
  };
}

export const describeStackResourcesInput = {
  StackName: shapes.optionalStackNameOrId,
  LogicalResourceId: shapes.optionalLogicalId,
  PhysicalResourceId: string(false, { min: 1, max: 2048 }),
};

/** Returns up to 100 resources of a stack, or of the stack that a physical resource belongs to. Throws `AwsError`. */
export function describeStackResources(call: Call, input: Input<typeof describeStackResourcesInput>): XmlObject {
  const { PhysicalResourceId: physicalId, LogicalResourceId: logicalId } = input;
  if ((input.StackName === undefined) === (physicalId === undefined)) {
    throw validationError("Either StackName or PhysicalResourceId must be specified, and not both");
  }
  const now = call.now.getTime();
  const nameOrId = input.StackName ?? ownerOf(call, physicalId ?? "", now)?.id;
  if (nameOrId === undefined) {
    requireGeneralPermission(call, "cloudformation:DescribeStackResources");
    throw validationError(`Stack for ${physicalId} does not exist`);
  }
  const stack = openStack(call, "cloudformation:DescribeStackResources", nameOrId);
  const resources = viewResources(stack, now).filter(
    (resource) => logicalId === undefined || resource.logicalId === logicalId,
  );
  return {
    StackResources: resources.slice(0, 100).map((resource) => ({
      ...ofWhichStack(stack),
      ...renderResource(resource, "Timestamp"),
    })),
  };
}

export const describeStackResourceInput = { StackName: shapes.stackNameOrId, LogicalResourceId: shapes.logicalId };

/** Returns one resource. Throws `AwsError`. */
export function describeStackResource(call: Call, input: Input<typeof describeStackResourceInput>): XmlObject {
  requireStackPermission(call, "cloudformation:DescribeStackResource", input.StackName);
  const stack = lookUp(call, input.StackName);
  if (stack === undefined) throw validationError(`Stack '${input.StackName}' does not exist`);
  const resource = viewResources(stack, call.now.getTime()).find(
    ({ logicalId }) => logicalId === input.LogicalResourceId,
  );
  if (resource === undefined) {
    throw validationError(`Resource ${input.LogicalResourceId} does not exist for stack ${stack.name}`);
  }
  return {
    StackResourceDetail: {
      ...ofWhichStack(stack),
      ...renderResource(resource, "LastUpdatedTimestamp"),
      Metadata: metadataOf(stack, resource),
    },
  };
}

export const listExportsInput = { NextToken: shapes.nextToken };

/** Returns the exports of the account in the region. Throws `AwsError`. */
export function listExports(call: Call, input: Input<typeof listExportsInput>): XmlObject {
  requireGeneralPermission(call, "cloudformation:ListExports");
  const place = { accountId: callerAccountId(call), region: call.region };
  const exported = [...exportsOf(call.world, place).values()];
  const page = pageOf(exported, { Marker: input.NextToken }, ["exports", call.region], ({ name }) => name);
  return {
    Exports: page.items.map(({ exporter, name, value }) => ({
      ExportingStackId: exporter.id,
      Name: name,
      Value: value,
    })),
    NextToken: page.rest["Marker"],
  };
}

function ofWhichStack({ id, name }: Stack): XmlObject {
  return { StackName: name, StackId: id };
}

function metadataOf({ deployment }: Stack, { logicalId }: ViewedResource): string | undefined {
  const metadata = parseTemplate(deployment.source.templateText).resources.get(logicalId)?.metadata;
  return metadata === undefined ? undefined : JSON.stringify(metadata);
}

function ownerOf(call: Call, physicalId: string, now: number): Stack | undefined {
  return stacksHere(call).find((stack) =>
    viewResources(stack, now).some((resource) => resource.physicalId === physicalId),
  );
}

/** Pages a list that grows at its end from there; the token stays good while it grows. */
function newestFirst<Item>(
  oldestFirst: readonly Item[],
  { NextToken }: { readonly NextToken: string | undefined },
  scope: readonly string[],
): { readonly items: readonly Item[]; readonly NextToken: XmlObject[string] } {
  const numbered = oldestFirst.map((item, index) => ({ item, index }));
  const page = pageOf(numbered, { Marker: NextToken }, scope, ({ index }) => String(1e9 - index).padStart(10, "0"));
  return { items: page.items.map(({ item }) => item), NextToken: page.rest["Marker"] };
}
