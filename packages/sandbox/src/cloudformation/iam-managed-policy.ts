// AWS::IAM::ManagedPolicy (AWS CloudFormation Template Reference). There are no groups here.
import type { Call } from "../world-types.js";
import { memberText } from "./iam-role.js";
import { invokeIam, invokeIamIfThere } from "./invoke-service.js";
import { documentOf, textOf, textsOf } from "./read-properties.js";
import type { ResourceType } from "./resource-type.js";
import type { ValueMap } from "./template-types.js";

/** IAM User Guide, "IAM and AWS STS quotas": names of policies, and versions of one. */
const NAME_CHARACTERS = 128;
const VERSIONS_PER_POLICY = 5;

export const iamManagedPolicy: ResourceType = {
  name: "AWS::IAM::ManagedPolicy",
  properties: {
    Description: { type: "string", replaces: true },
    ManagedPolicyName: { type: "string", replaces: true },
    Path: { type: "string", replaces: true },
    PolicyDocument: { type: "document", required: true },
    Roles: { type: "list", of: { type: "string" } },
    Users: { type: "list", of: { type: "string" } },
  },
  attributes: ["PolicyArn"],
  nameProperty: "ManagedPolicyName",
  needsCapability: true,
  create(context, properties) {
    const { call } = context;
    const { Policy } = invokeIam(call, "CreatePolicy", {
      PolicyName: textOf(properties, "ManagedPolicyName") ?? context.newName(NAME_CHARACTERS),
      Path: textOf(properties, "Path"),
      Description: textOf(properties, "Description"),
      PolicyDocument: documentOf(properties, "PolicyDocument"),
    });
    const arn = memberText(Policy, "Arn");
    context.begun(arn);
    attachTo(call, arn, {}, properties);
    return { physicalId: arn, attributes: { PolicyArn: arn } };
  },
  update({ call }, arn, before, after) {
    const document = documentOf(after, "PolicyDocument");
    if (document !== documentOf(before, "PolicyDocument")) {
      makeRoomForVersion(call, arn);
      invokeIam(call, "CreatePolicyVersion", { PolicyArn: arn, PolicyDocument: document, SetAsDefault: true });
    }
    attachTo(call, arn, before, after);
    return { physicalId: arn, attributes: { PolicyArn: arn } };
  },
  remove({ call }, arn, properties) {
    attachTo(call, arn, properties, {});
    for (const { id, isDefault } of versionsOf(call, arn)) {
      if (!isDefault) invokeIamIfThere(call, "DeletePolicyVersion", { PolicyArn: arn, VersionId: id });
    }
    invokeIamIfThere(call, "DeletePolicy", { PolicyArn: arn });
  },
};

function attachTo(call: Call, PolicyArn: string, before: ValueMap, after: ValueMap): void {
  for (const kind of ["Role", "User"] as const) {
    const had = textsOf(before, `${kind}s`);
    const wanted = textsOf(after, `${kind}s`);
    for (const name of had.filter((one) => !wanted.includes(one))) {
      invokeIamIfThere(call, `Detach${kind}Policy`, { [`${kind}Name`]: name, PolicyArn });
    }
    for (const name of wanted.filter((one) => !had.includes(one))) {
      invokeIam(call, `Attach${kind}Policy`, { [`${kind}Name`]: name, PolicyArn });
    }
  }
}

/** CloudFormation deletes the oldest version when there is room for none, else every fifth update would fail. */
function makeRoomForVersion(call: Call, arn: string): void {
  const versions = versionsOf(call, arn);
  if (versions.length < VERSIONS_PER_POLICY) return;
  const oldest = versions.findLast(({ isDefault }) => !isDefault);
  if (oldest !== undefined) invokeIam(call, "DeletePolicyVersion", { PolicyArn: arn, VersionId: oldest.id });
}

/** Newest first; none when the policy is gone. */
function versionsOf(call: Call, PolicyArn: string): readonly { readonly id: string; readonly isDefault: boolean }[] {
  const { Versions } = invokeIamIfThere(call, "ListPolicyVersions", { PolicyArn });
  if (!Array.isArray(Versions)) return [];
  return Versions.map((version: unknown) => ({
    id: memberText(version, "VersionId"),
    isDefault: (version as { readonly IsDefaultVersion?: unknown }).IsDefaultVersion === true,
  }));
}
