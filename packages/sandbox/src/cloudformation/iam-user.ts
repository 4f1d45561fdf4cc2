// AWS::IAM::User and AWS::IAM::AccessKey (AWS CloudFormation Template Reference).
// Groups and LoginProfile are refused as properties: there are no console passwords here, and groups through IAM alone.
import type { Call } from "../world-types.js";
import { TAGS } from "./check-properties.js";
import { addPolicies, changeEntity, removePolicies } from "./entity-policies.js";
import { memberText } from "./iam-role.js";
import { invokeIam, invokeIamIfThere } from "./invoke-service.js";
import { requiredText, tagListOf, textOf } from "./read-properties.js";
import type { Made, ResourceType } from "./resource-type.js";

const NAME_CHARACTERS = 64;

export const iamUser: ResourceType = {
  name: "AWS::IAM::User",
  properties: {
    ManagedPolicyArns: { type: "list", of: { type: "string" } },
    Path: { type: "string" },
    PermissionsBoundary: { type: "string" },
    Policies: {
      type: "list",
      of: {
        type: "map",
        members: {
          PolicyName: { type: "string", required: true },
          PolicyDocument: { type: "document", required: true },
        },
      },
    },
    Tags: TAGS,
    UserName: { type: "string", replaces: true },
  },
  attributes: ["Arn"],
  nameProperty: "UserName",
  // AWS does it in place, by iam:UpdateUser.
  cannotChange: ["Path"],
  needsCapability: true,
  tags: "case-insensitive",
  create(context, properties) {
    const { call } = context;
    const UserName = textOf(properties, "UserName") ?? context.newName(NAME_CHARACTERS);
    invokeIam(call, "CreateUser", {
      UserName,
      Path: textOf(properties, "Path"),
      PermissionsBoundary: textOf(properties, "PermissionsBoundary"),
      Tags: tagListOf(properties),
    });
    context.begun(UserName);
    addPolicies(call, "User", UserName, properties);
    return readUser(call, UserName);
  },
  update({ call }, UserName, before, after) {
    changeEntity(call, "User", UserName, before, after);
    return readUser(call, UserName);
  },
  remove({ call }, UserName, properties) {
    removePolicies(call, "User", UserName, properties);
    invokeIamIfThere(call, "DeleteUser", { UserName });
  },
};

export const iamAccessKey: ResourceType = {
  name: "AWS::IAM::AccessKey",
  properties: {
    // Only there to have the key replaced: a higher number is a new key.
    Serial: { type: "integer", replaces: true },
    Status: { type: "string", oneOf: ["Active", "Inactive"] },
    UserName: { type: "string", required: true, replaces: true },
  },
  attributes: ["SecretAccessKey"],
  needsCapability: true,
  create(context, properties) {
    const UserName = requiredText(properties, "UserName");
    const { AccessKey } = invokeIam(context.call, "CreateAccessKey", { UserName });
    const AccessKeyId = memberText(AccessKey, "AccessKeyId");
    context.begun(AccessKeyId);
    if (textOf(properties, "Status") === "Inactive") {
      invokeIam(context.call, "UpdateAccessKey", { UserName, AccessKeyId, Status: "Inactive" });
    }
    return { physicalId: AccessKeyId, attributes: { SecretAccessKey: memberText(AccessKey, "SecretAccessKey") } };
  },
  update({ call, keptAttributes }, AccessKeyId, _before, after) {
    invokeIam(call, "UpdateAccessKey", {
      UserName: requiredText(after, "UserName"),
      AccessKeyId,
      Status: textOf(after, "Status") ?? "Active",
    });
    // Nobody can read the secret again, CloudFormation included, which keeps it.
    return { physicalId: AccessKeyId, attributes: keptAttributes };
  },
  remove({ call }, AccessKeyId, properties) {
    invokeIamIfThere(call, "DeleteAccessKey", { UserName: requiredText(properties, "UserName"), AccessKeyId });
  },
};

function readUser(call: Call, UserName: string): Made {
  const { User } = invokeIam(call, "GetUser", { UserName });
  return { physicalId: UserName, attributes: { Arn: memberText(User, "Arn") } };
}
