// AWS::IAM::Role (AWS CloudFormation Template Reference).
import type { Call } from "../world-types.js";
import { TAGS } from "./check-properties.js";
import { addPolicies, changeEntity, removePolicies } from "./entity-policies.js";
import { invokeIam, invokeIamIfThere } from "./invoke-service.js";
import { documentOf, numberOf, tagListOf, textOf } from "./read-properties.js";
import type { Made, ResourceType } from "./resource-type.js";

/** IAM's own default, which comes back when the property is taken out of the template. */
const DEFAULT_MAX_SESSION_SECONDS = 3600;
/** IAM API Reference, CreateRole and CreateUser. */
const NAME_CHARACTERS = 64;

export const iamRole: ResourceType = {
  name: "AWS::IAM::Role",
  properties: {
    AssumeRolePolicyDocument: { type: "document", required: true },
    Description: { type: "string" },
    ManagedPolicyArns: { type: "list", of: { type: "string" } },
    MaxSessionDuration: { type: "integer" },
    Path: { type: "string", replaces: true },
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
    RoleName: { type: "string", replaces: true },
    Tags: TAGS,
  },
  attributes: ["Arn", "RoleId"],
  nameProperty: "RoleName",
  needsCapability: true,
  tags: "case-insensitive",
  create(context, properties) {
    const { call } = context;
    const RoleName = textOf(properties, "RoleName") ?? context.newName(NAME_CHARACTERS);
    invokeIam(call, "CreateRole", {
      RoleName,
      Path: textOf(properties, "Path"),
      AssumeRolePolicyDocument: documentOf(properties, "AssumeRolePolicyDocument"),
      Description: textOf(properties, "Description"),
      MaxSessionDuration: numberOf(properties, "MaxSessionDuration"),
      PermissionsBoundary: textOf(properties, "PermissionsBoundary"),
      Tags: tagListOf(properties),
    });
    context.begun(RoleName);
    addPolicies(call, "Role", RoleName, properties);
    return readRole(call, RoleName);
  },
  update({ call }, RoleName, before, after) {
    const trust = documentOf(after, "AssumeRolePolicyDocument");
    if (trust !== documentOf(before, "AssumeRolePolicyDocument")) {
      invokeIam(call, "UpdateAssumeRolePolicy", { RoleName, PolicyDocument: trust });
    }
    const described = (properties: typeof after) => ({
      Description: textOf(properties, "Description") ?? "",
      MaxSessionDuration: numberOf(properties, "MaxSessionDuration") ?? DEFAULT_MAX_SESSION_SECONDS,
    });
    const wanted = described(after);
    const had = described(before);
    if (wanted.Description !== had.Description || wanted.MaxSessionDuration !== had.MaxSessionDuration) {
      invokeIam(call, "UpdateRole", { RoleName, ...wanted });
    }
    changeEntity(call, "Role", RoleName, before, after);
    return readRole(call, RoleName);
  },
  remove({ call }, RoleName, properties) {
    removePolicies(call, "Role", RoleName, properties);
    invokeIamIfThere(call, "DeleteRole", { RoleName });
  },
};

/** Its attributes are read as AWS's handler does: who may not iam:GetRole cannot make roles through CloudFormation. */
function readRole(call: Call, RoleName: string): Made {
  const { Role } = invokeIam(call, "GetRole", { RoleName });
  return { physicalId: RoleName, attributes: { Arn: memberText(Role, "Arn"), RoleId: memberText(Role, "RoleId") } };
}

/** Returns a text of an answer's structure. */
export function memberText(structure: unknown, name: string): string {
  const value =
    typeof structure === "object" && structure !== null
      ? (structure as Readonly<Record<string, unknown>>)[name]
      : undefined;
  if (typeof value !== "string") throw new Error(`IAM's answer has no ${name}`);
  return value;
}
