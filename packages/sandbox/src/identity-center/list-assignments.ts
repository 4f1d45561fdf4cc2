// ListAccounts and ListAccountRoles: what a person is assigned to, page by page.
import { AwsError } from "../errors.js";
import { pageOf } from "../iam/pagination.js";
import type { HttpAnswer } from "../types.js";
import type { Call } from "../world-types.js";
import { answerJson } from "./answer-json.js";
import { invalidRequest, noAccess } from "./refusals.js";
import { readQuery, requireToken } from "./require-token.js";
import type { Instance } from "./types.js";

/** Service model of SSO, MaxResultType. */
const MAX_RESULTS = 100;
const PAGING = ["next_token", "max_result"] as const;
type Paging = Readonly<Record<(typeof PAGING)[number], string | undefined>>;

/** Returns the accounts in which the person is assigned to anything. */
export function listAccounts(call: Call): HttpAnswer {
  const { instance, grant } = requireToken(call);
  const query = readQuery(call.request, PAGING);
  const ids = new Set(assignmentsOf(instance, grant.person).map(({ accountId }) => accountId));
  const page = cutPage([...ids], query, ["accounts", grant.person], (id) => id);
  const accountList = page.items.map((accountId) => {
    const accountName = call.world.accounts.get(accountId)?.name ?? accountId;
    // An address of a domain that cannot exist (RFC 2606).
    return { accountId, accountName, emailAddress: `${accountName}@accounts.example` };
  });
  return answerJson(call.requestId, { accountList, nextToken: page.nextToken });
}

/** Returns the permission sets to which the person is assigned in an account. Throws `ForbiddenException` for none. */
export function listAccountRoles(call: Call): HttpAnswer {
  const { instance, grant } = requireToken(call);
  const { account_id: accountId, ...query } = readQuery(call.request, ["account_id", ...PAGING]);
  if (accountId === undefined) throw invalidRequest("account_id is missing");
  const here = assignmentsOf(instance, grant.person).filter((assignment) => assignment.accountId === accountId);
  if (here.length === 0) throw noAccess();
  const names = here.map(({ permissionSet }) => permissionSet);
  const page = cutPage(names, query, ["roles", accountId, grant.person], (name) => name);
  const roleList = page.items.map((roleName) => ({ roleName, accountId }));
  return answerJson(call.requestId, { roleList, nextToken: page.nextToken });
}

/** Returns what the person is assigned to. */
export function assignmentsOf({ assignments }: Instance, person: string): Instance["assignments"] {
  return assignments.filter(({ user }) => user === person);
}

function cutPage(items: readonly string[], query: Paging, scope: readonly string[], keyOf: (item: string) => string) {
  const { max_result: given, next_token: Marker } = query;
  if (given !== undefined && (!/^\d{1,3}$/.test(given) || Number(given) < 1 || Number(given) > MAX_RESULTS)) {
    throw invalidRequest(`max_result must be a number from 1 to ${MAX_RESULTS}`);
  }
  const MaxItems = given === undefined ? MAX_RESULTS : Number(given);
  try {
    const page = pageOf(items, { Marker, MaxItems }, scope, keyOf);
    const { Marker: next } = page.rest;
    return { items: page.items, nextToken: typeof next === "string" ? next : undefined };
  } catch (error) {
    throw error instanceof AwsError ? invalidRequest("next_token is not valid") : error;
  }
}
