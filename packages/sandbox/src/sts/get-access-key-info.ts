// Which account does this key belong to?
import { requireAllowed } from "../authorize.js";
import { AwsError } from "../errors.js";
import { accountOf } from "./caller-account.js";
import { defineOperation } from "../wire/operation.js";
import { string } from "../wire/shapes.js";

/** Returns the account of a long-term or temporary key. Throws `ValidationError` for a key the sandbox never issued. */
export const getAccessKeyInfo = defineOperation(
  { AccessKeyId: string(true, { min: 16, max: 128, pattern: "[\\w]*" }) },
  (call, { AccessKeyId: accessKeyId }) => {
    requireAllowed(call, { action: "sts:GetAccessKeyInfo", resource: "*", resourceAccount: accountOf(call.caller) });
    const owner = call.inForce.accessKeys.get(accessKeyId) ?? call.world.sessions.get(accessKeyId);
    // AWS's text for this is not documented.
    if (owner === undefined) throw new AwsError(400, "ValidationError", "The access key ID does not exist");
    return { Account: owner.accountId };
  },
);
