// GetSessionToken and GetFederationToken are for long-term keys (STS API Reference, both operations).
import { AwsError } from "../errors.js";
import type { User } from "../types.js";
import { missingAuthentication } from "../wire/auth-errors.js";
import type { Call } from "../world-types.js";

/** Returns the user whose long-term key signed. Throws `AccessDenied` 403 for a session's credentials. */
export function requireLongTermKey({ caller }: Call, action: string): User {
  if (caller.kind === "user") return caller.user;
  if (caller.kind === "anonymous") throw missingAuthentication();
  // The text as users of aws-vault and the AWS CLI report it.
  throw new AwsError(403, "AccessDenied", `Cannot call ${action} with session credentials`);
}
