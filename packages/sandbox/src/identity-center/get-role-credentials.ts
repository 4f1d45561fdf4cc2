// GetRoleCredentials: a session of the role that stands for a permission set in an account.
import type { HttpAnswer } from "../types.js";
import type { Call } from "../world-types.js";
import { answerJson } from "./answer-json.js";
import { issueRoleSession } from "./issue-role-session.js";
import { invalidRequest } from "./refusals.js";
import { readQuery, requireToken } from "./require-token.js";

/** Returns the credentials; their expiration is in milliseconds since 1970. Throws as `issueRoleSession`. */
export function getRoleCredentials(call: Call): HttpAnswer {
  const { instance, grant } = requireToken(call);
  const { account_id: accountId, role_name: permissionSet } = readQuery(call.request, ["account_id", "role_name"]);
  if (accountId === undefined) throw invalidRequest("account_id is missing");
  if (permissionSet === undefined) throw invalidRequest("role_name is missing");
  const session = issueRoleSession(call, { instance, person: grant.person, accountId, permissionSet });
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = session;
  const roleCredentials = { accessKeyId, secretAccessKey, sessionToken, expiration: expiration.getTime() };
  return answerJson(call.requestId, { roleCredentials });
}
