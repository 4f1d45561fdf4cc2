// Access keys of users.
import { callerArn } from "../authorize.js";
import { AwsError } from "../errors.js";
import { newAccessKeyId, newSecretAccessKey } from "../identifiers.js";
import type { AccessKey, User } from "../types.js";
import type { Call } from "../world-types.js";
import { defineOperation } from "../wire/operation.js";
import { string } from "../wire/shapes.js";
import type { XmlObject } from "../wire/xml.js";
import * as shapes from "./input-shapes.js";
import { ACCESS_KEYS_PER_USER } from "./limits.js";
import { openUser, openUserOrCaller } from "./open-entity.js";
import { pageOf } from "./pagination.js";
import { limitExceeded, noSuchEntity } from "./refusals.js";
import { callerAccountId } from "./require-permission.js";

export const accessKeyOperations = {
  CreateAccessKey: defineOperation({ UserName: shapes.optionalUserName }, (call, input) => {
    const { world } = call;
    const user = openUserOrCaller(call, "iam:CreateAccessKey", input.UserName);
    if (keysOf(call, user).length >= ACCESS_KEYS_PER_USER) {
      throw limitExceeded(`Cannot exceed quota for AccessKeysPerUser: ${ACCESS_KEYS_PER_USER}`);
    }
    const key: AccessKey = {
      accessKeyId: newAccessKeyId(world, "AKIA"),
      secretAccessKey: newSecretAccessKey(world),
      accountId: user.accountId,
      userName: user.name,
      created: call.now,
      active: true,
      lastUsed: undefined,
    };
    world.accessKeys.set(key.accessKeyId, key);
    // IAM API Reference, CreateAccessKey: the secret can be read in this answer only.
    return { AccessKey: { ...renderKey(key), SecretAccessKey: key.secretAccessKey } };
  }),
  ListAccessKeys: defineOperation({ UserName: shapes.optionalUserName, ...shapes.paging }, (call, input) => {
    const user = openUserOrCaller(call, "iam:ListAccessKeys", input.UserName);
    const page = pageOf(keysOf(call, user), input, ["keys", user.arn], ({ accessKeyId }) => accessKeyId);
    return { AccessKeyMetadata: page.items.map(renderKey), ...page.rest };
  }),
  UpdateAccessKey: defineOperation(
    {
      UserName: shapes.optionalUserName,
      AccessKeyId: shapes.accessKeyId,
      // The model's third value, Expired, is one that IAM reports and nobody sets.
      Status: string(true, { enum: ["Active", "Inactive"] }),
    },
    (call, input) => {
      const user = openUserOrCaller(call, "iam:UpdateAccessKey", input.UserName);
      requireKey(call, user, input.AccessKeyId).active = input.Status === "Active";
      return undefined;
    },
  ),
  DeleteAccessKey: defineOperation(
    { UserName: shapes.optionalUserName, AccessKeyId: shapes.accessKeyId },
    (call, input) => {
      const user = openUserOrCaller(call, "iam:DeleteAccessKey", input.UserName);
      call.world.accessKeys.delete(requireKey(call, user, input.AccessKeyId).accessKeyId);
      return undefined;
    },
  ),
  GetAccessKeyLastUsed: defineOperation({ AccessKeyId: shapes.accessKeyId }, (call, input) => {
    const key = call.world.accessKeys.get(input.AccessKeyId);
    // A key that is not there and another account's key get one answer, with AWS's own punctuation.
    if (key === undefined || key.accountId !== callerAccountId(call)) {
      throw new AwsError(
        403,
        "AccessDenied",
        `User: ${callerArn(call.caller) ?? "anonymous"} is not authorized to perform iam:GetAccessKeyLastUsed on resource: access key ${input.AccessKeyId}`,
      );
    }
    const user = openUser(call, "iam:GetAccessKeyLastUsed", key.userName);
    return {
      UserName: user.name,
      AccessKeyLastUsed: {
        LastUsedDate: key.lastUsed?.date,
        ServiceName: key.lastUsed?.service ?? "N/A",
        Region: key.lastUsed?.region ?? "N/A",
      },
    };
  }),
};

function keysOf({ world }: Call, user: User): readonly AccessKey[] {
  return [...world.accessKeys.values()].filter(
    ({ accountId, userName }) => accountId === user.accountId && userName === user.name,
  );
}

/** Returns the key if it is this user's: permission for one user is none for another user's keys. */
function requireKey(call: Call, user: User, accessKeyId: string): AccessKey {
  const key = keysOf(call, user).find((candidate) => candidate.accessKeyId === accessKeyId);
  if (key === undefined) throw noSuchEntity(`The Access Key with id ${accessKeyId} cannot be found.`);
  return key;
}

function renderKey(key: AccessKey): XmlObject {
  return {
    UserName: key.userName,
    AccessKeyId: key.accessKeyId,
    Status: key.active ? "Active" : "Inactive",
    CreateDate: key.created,
  };
}
