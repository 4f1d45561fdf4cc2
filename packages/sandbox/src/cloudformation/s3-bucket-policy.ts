// AWS::S3::BucketPolicy (AWS CloudFormation Template Reference).
import { AwsError } from "../errors.js";
import { invokeS3 } from "./invoke-service.js";
import { handlerFailure } from "./refusals.js";
import { documentOf, requiredText } from "./read-properties.js";
import type { ResourceType } from "./resource-type.js";

export const s3BucketPolicy: ResourceType = {
  name: "AWS::S3::BucketPolicy",
  properties: {
    Bucket: { type: "string", required: true, replaces: true },
    PolicyDocument: { type: "document", required: true },
  },
  attributes: [],
  needsCapability: false,
  create(context, properties) {
    const { call } = context;
    const bucket = requiredText(properties, "Bucket");
    const existed = call.world.buckets.get(bucket)?.policy !== undefined;
    if (existed) {
      // Who may read it learns that it is there; CloudFormation never writes over what it did not make.
      invokeS3(call, { method: "GET", bucket, query: "policy" });
      throw handlerFailure(`The bucket policy already exists on bucket ${bucket}.`);
    }
    invokeS3(call, { method: "PUT", bucket, query: "policy", body: documentOf(properties, "PolicyDocument") ?? "" });
    context.begun(bucket);
    return { physicalId: bucket, attributes: {} };
  },
  update({ call }, bucket, _before, after) {
    invokeS3(call, { method: "PUT", bucket, query: "policy", body: documentOf(after, "PolicyDocument") ?? "" });
    return { physicalId: bucket, attributes: {} };
  },
  remove({ call }, bucket) {
    try {
      invokeS3(call, { method: "DELETE", bucket, query: "policy" });
    } catch (error) {
      if (!(error instanceof AwsError) || error.code !== "NoSuchBucket") throw error;
    }
  },
};
