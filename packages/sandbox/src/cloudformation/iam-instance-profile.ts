// AWS::IAM::InstanceProfile (AWS CloudFormation Template Reference). The sandbox's IAM has no operations on instance
// profiles: they exist through CloudFormation alone, asked for under IAM's own permissions.
import { openRole } from "../iam/open-entity.js";
import {
  limitExceeded,
  entityAlreadyExists,
  noSuchEntity,
  validationError as iamValidationError,
} from "../iam/refusals.js";
import { requireAccount } from "../iam/require-account.js";
import { requirePermission } from "../iam/require-permission.js";
import type { InstanceProfile } from "../types.js";
import type { Call } from "../world-types.js";
import { textOf, textsOf } from "./read-properties.js";
import type { Made, ResourceType } from "./resource-type.js";
import type { ValueMap } from "./template-types.js";

const NAME_CHARACTERS = 128;
const NAME = /^[\w+=,.@-]{1,128}$/;
const PATH = /^\/(?:[\x21-\x7e]{1,510}\/)?$/;

export const iamInstanceProfile: ResourceType = {
  name: "AWS::IAM::InstanceProfile",
  properties: {
    InstanceProfileName: { type: "string", replaces: true },
    Path: { type: "string", replaces: true },
    Roles: { type: "list", of: { type: "string" }, required: true },
  },
  attributes: ["Arn"],
  nameProperty: "InstanceProfileName",
  needsCapability: true,
  create(context, properties) {
    const { call } = context;
    const name = textOf(properties, "InstanceProfileName") ?? context.newName(NAME_CHARACTERS);
    const path = textOf(properties, "Path") ?? "/";
    if (!NAME.test(name) || !PATH.test(path))
      throw iamValidationError("The name or path of the instance profile is not valid.");
    const account = requireAccount(call);
    const arn = `arn:aws:iam::${account.id}:instance-profile${path}${name}`;
    ask(call, "iam:CreateInstanceProfile", arn);
    if (account.instanceProfiles.has(name.toLowerCase())) {
      throw entityAlreadyExists(`Instance Profile ${name} already exists.`);
    }
    const profile: InstanceProfile = { name, arn, roleName: undefined };
    account.instanceProfiles.set(name.toLowerCase(), profile);
    context.begun(name);
    return setRole(call, profile, properties);
  },
  update({ call }, name, _before, after) {
    return setRole(call, requireProfile(call, name), after);
  },
  remove({ call }, name) {
    const account = requireAccount(call);
    const profile = account.instanceProfiles.get(name.toLowerCase());
    if (profile === undefined) return;
    if (profile.roleName !== undefined) ask(call, "iam:RemoveRoleFromInstanceProfile", profile.arn);
    ask(call, "iam:DeleteInstanceProfile", profile.arn);
    account.instanceProfiles.delete(name.toLowerCase());
  },
};

/** "An instance profile can contain only one role"; putting it in takes iam:PassRole on it (IAM API Reference). */
function setRole(call: Call, profile: InstanceProfile, properties: ValueMap): Made {
  const [roleName, ...more] = textsOf(properties, "Roles");
  if (roleName === undefined || more.length > 0) {
    throw limitExceeded("Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1");
  }
  const made = { physicalId: profile.name, attributes: { Arn: profile.arn } };
  if (profile.roleName === roleName) return made;
  if (profile.roleName !== undefined) ask(call, "iam:RemoveRoleFromInstanceProfile", profile.arn);
  ask(call, "iam:AddRoleToInstanceProfile", profile.arn);
  openRole(call, "iam:PassRole", roleName, { "iam:PassedToService": "ec2.amazonaws.com" });
  profile.roleName = roleName;
  return made;
}

function requireProfile(call: Call, name: string): InstanceProfile {
  const profile = requireAccount(call).instanceProfiles.get(name.toLowerCase());
  if (profile === undefined) throw noSuchEntity(`Instance Profile ${name} cannot be found.`);
  return profile;
}

function ask(call: Call, action: string, arn: string): void {
  requirePermission(call, action, { arn, accountId: requireAccount(call).id, shown: arn });
}
