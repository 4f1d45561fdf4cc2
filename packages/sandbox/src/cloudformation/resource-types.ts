// The resource types that the sandbox has. A template with any other is refused.
import { iamInstanceProfile } from "./iam-instance-profile.js";
import { iamPolicy, iamUserPolicy } from "./iam-inline-policy.js";
import { iamManagedPolicy } from "./iam-managed-policy.js";
import { iamRole } from "./iam-role.js";
import { iamAccessKey, iamUser } from "./iam-user.js";
import type { ResourceType } from "./resource-type.js";
import { s3Bucket } from "./s3-bucket.js";
import { s3BucketPolicy } from "./s3-bucket-policy.js";
import { waitConditionHandle } from "./wait-condition-handle.js";

/** By CloudFormation's name of the type. */
export const resourceTypes: ReadonlyMap<string, ResourceType> = new Map(
  [
    iamAccessKey,
    iamInstanceProfile,
    iamManagedPolicy,
    iamPolicy,
    iamRole,
    iamUser,
    iamUserPolicy,
    s3Bucket,
    s3BucketPolicy,
    waitConditionHandle,
  ].map((type) => [type.name, type]),
);

/** Returns the type. The template's check has refused unknown ones. */
export function resourceTypeNamed(name: string): ResourceType {
  const type = resourceTypes.get(name);
  if (type === undefined) throw new Error(`the resource type ${name} was not checked`);
  return type;
}
