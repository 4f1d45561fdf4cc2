// AWS::CloudFormation::WaitConditionHandle (AWS CloudFormation Template Reference). Nothing waits for it here: templates
// use it as a resource that does nothing.
import type { ResourceType } from "./resource-type.js";

export const waitConditionHandle: ResourceType = {
  name: "AWS::CloudFormation::WaitConditionHandle",
  properties: {},
  attributes: [],
  needsCapability: false,
  create(context) {
    const { call, stackId, logicalId } = context;
    // AWS's is a presigned address for signals; this one answers nobody.
    const key = encodeURIComponent(`${stackId}/${logicalId}`);
    const physicalId = `https://cloudformation-waitcondition-${call.region}.s3.amazonaws.com/${key}`;
    return { physicalId, attributes: {} };
  },
  update: (_context, physicalId) => ({ physicalId, attributes: {} }),
  remove: () => undefined,
};
