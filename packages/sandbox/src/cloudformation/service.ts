// CloudFormation as the wire serves it. What is not listed here is refused as `InvalidAction`.
import { defineOperation } from "../wire/operation.js";
import type { QueryService } from "../wire/operation.js";
import * as changeSets from "./change-sets.js";
import { createStack, createStackInput } from "./create-stack.js";
import * as deletion from "./delete-stack.js";
import { describeChangeSet, listChangeSets, listChangeSetsInput } from "./describe-change-sets.js";
import * as stacks from "./describe-stacks.js";
import * as templates from "./describe-templates.js";
import { updateStack, updateStackInput } from "./update-stack.js";

/** Stacks of the caller's account in the region that the call is signed for. */
export const cloudFormationService: QueryService = {
  name: "cloudformation",
  version: "2010-05-15",
  xmlNamespace: "http://cloudformation.amazonaws.com/doc/2010-05-15/",
  operations: {
    CreateStack: defineOperation(createStackInput, (call, input) => ({ ...createStack(call, input) })),
    UpdateStack: defineOperation(updateStackInput, (call, input) => ({ ...updateStack(call, input) })),
    DeleteStack: defineOperation(deletion.deleteStackInput, deletion.deleteStack),
    UpdateTerminationProtection: defineOperation(deletion.updateTerminationProtectionInput, (call, input) => ({
      ...deletion.updateTerminationProtection(call, input),
    })),
    CreateChangeSet: defineOperation(changeSets.createChangeSetInput, (call, input) => ({
      ...changeSets.createChangeSet(call, input),
    })),
    DescribeChangeSet: defineOperation(changeSets.changeSetInput, describeChangeSet),
    ExecuteChangeSet: defineOperation(changeSets.executeChangeSetInput, changeSets.executeChangeSet),
    DeleteChangeSet: defineOperation(changeSets.changeSetInput, changeSets.deleteChangeSet),
    ListChangeSets: defineOperation(listChangeSetsInput, listChangeSets),
    DescribeStacks: defineOperation(stacks.describeStacksInput, stacks.describeStacks),
    ListStacks: defineOperation(stacks.listStacksInput, stacks.listStacks),
    DescribeStackEvents: defineOperation(stacks.describeStackEventsInput, stacks.describeStackEvents),
    DescribeStackResources: defineOperation(stacks.describeStackResourcesInput, stacks.describeStackResources),
    DescribeStackResource: defineOperation(stacks.describeStackResourceInput, stacks.describeStackResource),
    ListStackResources: defineOperation(stacks.listStackResourcesInput, stacks.listStackResources),
    ListExports: defineOperation(stacks.listExportsInput, stacks.listExports),
    ValidateTemplate: defineOperation(templates.validateTemplateInput, templates.validateTemplate),
    GetTemplate: defineOperation(templates.getTemplateInput, templates.getTemplate),
    GetTemplateSummary: defineOperation(templates.getTemplateSummaryInput, templates.getTemplateSummary),
  },
};
