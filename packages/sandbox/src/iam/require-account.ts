// The account that an IAM call acts in.
import type { Account } from "../types.js";
import type { Call } from "../world-types.js";
import { callerAccountId } from "./require-permission.js";

/** Returns the caller's account. Throws for unsigned calls. */
export function requireAccount(call: Call): Account {
  const accountId = callerAccountId(call);
  const account = call.world.accounts.get(accountId);
  if (account === undefined) throw new Error(`account ${accountId} of a signed call does not exist`);
  return account;
}
