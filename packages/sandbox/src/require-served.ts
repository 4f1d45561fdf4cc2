// What temporary credentials of users are not for, whatever the policies say. Sources: STS API Reference,
// "GetSessionToken" and "GetFederationToken", Permissions; IAM User Guide, "Compare AWS STS credentials".
import { AwsError } from "./errors.js";
import type { Caller } from "./types.js";
import { unknownKey } from "./wire/auth-errors.js";

/**
 * Throws unless AWS serves the operation to such credentials: `InvalidClientTokenId` 403 for IAM, in the words that users
 * of GetSessionToken without a code report, and `AccessDenied` 403 for STS, whose words AWS does not document.
 */
export function requireServed(caller: Caller, service: string, action: string): void {
  if (caller.kind !== "session" || caller.session.kind === "role") return;
  const { session } = caller;
  // "You cannot call any IAM API operations unless MFA authentication information is included in the request."
  const mayCallIam = session.kind === "user" && session.mfaAuthenticated !== undefined;
  if (service === "iam" && !mayCallIam) throw unknownKey("query");
  // "You cannot call any STS API except AssumeRole or GetCallerIdentity"; for federated users, GetCallerIdentity alone.
  const served = session.kind === "user" ? ["AssumeRole", "GetCallerIdentity"] : ["GetCallerIdentity"];
  if (service === "sts" && !served.includes(action)) {
    throw new AwsError(403, "AccessDenied", `Cannot call ${action} with session credentials`);
  }
}
