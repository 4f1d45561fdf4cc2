// Identity Center's door inside the sandbox: one unsigned call in, one answer out.
import type { HttpAnswer } from "../types.js";
import type { Call } from "../world-types.js";
import { registerClient } from "./clients.js";
import { createToken } from "./create-token.js";
import { startDeviceAuthorization } from "./devices.js";
import { getRoleCredentials } from "./get-role-credentials.js";
import { listAccountRoles, listAccounts } from "./list-assignments.js";
import { logOut } from "./log-out.js";

interface Operation {
  readonly action: string;
  readonly run: (call: Call) => HttpAnswer;
}

const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ["POST /client/register", { action: "RegisterClient", run: registerClient }],
  ["POST /device_authorization", { action: "StartDeviceAuthorization", run: startDeviceAuthorization }],
  ["POST /token", { action: "CreateToken", run: createToken }],
  ["GET /assignment/accounts", { action: "ListAccounts", run: listAccounts }],
  ["GET /assignment/roles", { action: "ListAccountRoles", run: listAccountRoles }],
  ["GET /federation/credentials", { action: "GetRoleCredentials", run: getRoleCredentials }],
  ["POST /logout", { action: "Logout", run: logOut }],
]);

/** Answers a call that `identityCenterServiceOf` knows. Throws `AwsError`. */
export function answerIdentityCenter(call: Call): HttpAnswer {
  const { request } = call;
  const operation = OPERATIONS.get(`${request.method} ${request.rawPath}`);
  if (operation === undefined) throw new Error(`Identity Center has no ${request.method} ${request.rawPath}`);
  call.noted.action = operation.action;
  return operation.run(call);
}
