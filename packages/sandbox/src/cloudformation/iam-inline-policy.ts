// AWS::IAM::Policy, one inline policy in several roles and users, and AWS::IAM::UserPolicy, one in a user
// (AWS CloudFormation Template Reference). There are no groups here.
import type { Call } from "../world-types.js";
import { invokeIam, invokeIamIfThere } from "./invoke-service.js";
import { handlerFailure } from "./refusals.js";
import { documentOf, requiredText, textsOf } from "./read-properties.js";
import type { ResourceType } from "./resource-type.js";
import type { ValueMap } from "./template-types.js";

/** Physical ids have at most 1,024 characters; names of this form are cut as roles' are. */
const NAME_CHARACTERS = 64;

export const iamPolicy: ResourceType = {
  name: "AWS::IAM::Policy",
  properties: {
    PolicyDocument: { type: "document", required: true },
    PolicyName: { type: "string", required: true },
    Roles: { type: "list", of: { type: "string" } },
    Users: { type: "list", of: { type: "string" } },
  },
  attributes: [],
  needsCapability: true,
  create(context, properties) {
    if (placesOf(properties).length === 0) {
      throw handlerFailure("At least one of [Groups,Roles,Users] must be non-empty.");
    }
    const physicalId = context.newName(NAME_CHARACTERS);
    context.begun(physicalId);
    putPolicy(context.call, properties);
    return { physicalId, attributes: {} };
  },
  update({ call }, physicalId, before, after) {
    const wanted = placesOf(after);
    if (wanted.length === 0) throw handlerFailure("At least one of [Groups,Roles,Users] must be non-empty.");
    putPolicy(call, after);
    const renamed = requiredText(before, "PolicyName") !== requiredText(after, "PolicyName");
    for (const place of placesOf(before)) {
      const stays = wanted.some(({ kind, name }) => kind === place.kind && name === place.name);
      if (renamed || !stays) deletePolicy(call, place, requiredText(before, "PolicyName"));
    }
    return { physicalId, attributes: {} };
  },
  remove({ call }, _physicalId, properties) {
    for (const place of placesOf(properties)) deletePolicy(call, place, requiredText(properties, "PolicyName"));
  },
};

export const iamUserPolicy: ResourceType = {
  name: "AWS::IAM::UserPolicy",
  properties: {
    PolicyDocument: { type: "document", required: true },
    PolicyName: { type: "string", required: true, replaces: true },
    UserName: { type: "string", required: true, replaces: true },
  },
  attributes: [],
  needsCapability: true,
  create(context, properties) {
    const physicalId = `${requiredText(properties, "PolicyName")}|${requiredText(properties, "UserName")}`;
    putUserPolicy(context.call, properties);
    context.begun(physicalId);
    return { physicalId, attributes: {} };
  },
  update({ call }, physicalId, _before, after) {
    putUserPolicy(call, after);
    return { physicalId, attributes: {} };
  },
  remove({ call }, _physicalId, properties) {
    const place = { kind: "User", name: requiredText(properties, "UserName") } as const;
    deletePolicy(call, place, requiredText(properties, "PolicyName"));
  },
};

interface Place {
  readonly kind: "Role" | "User";
  readonly name: string;
}

function placesOf(properties: ValueMap): readonly Place[] {
  return (["Role", "User"] as const).flatMap((kind) => textsOf(properties, `${kind}s`).map((name) => ({ kind, name })));
}

function putPolicy(call: Call, properties: ValueMap): void {
  for (const { kind, name } of placesOf(properties)) {
    invokeIam(call, `Put${kind}Policy`, {
      [`${kind}Name`]: name,
      PolicyName: requiredText(properties, "PolicyName"),
      PolicyDocument: documentOf(properties, "PolicyDocument"),
    });
  }
}

function putUserPolicy(call: Call, properties: ValueMap): void {
  invokeIam(call, "PutUserPolicy", {
    UserName: requiredText(properties, "UserName"),
    PolicyName: requiredText(properties, "PolicyName"),
    PolicyDocument: documentOf(properties, "PolicyDocument"),
  });
}

function deletePolicy(call: Call, { kind, name }: Place, PolicyName: string): void {
  invokeIamIfThere(call, `Delete${kind}Policy`, { [`${kind}Name`]: name, PolicyName });
}
