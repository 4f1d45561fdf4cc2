// STS acts for the caller's account; unsigned calls have none and never get here.
import { missingAuthentication } from "../wire/auth-errors.js";
import type { Caller } from "../types.js";

/** Returns the id of the caller's account. Throws `MissingAuthenticationToken` for an unsigned call. */
export function accountOf(caller: Caller): string {
  if (caller.kind === "anonymous") throw missingAuthentication();
  return caller.kind === "user" ? caller.user.accountId : caller.session.accountId;
}
