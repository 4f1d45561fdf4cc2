// Logout: the token and everything that was allowed with it end; role sessions live on until they expire (SSO Portal API
// Reference, "Logout": "the IAM role sessions … are not affected").
import type { HttpAnswer } from "../types.js";
import type { Call } from "../world-types.js";
import { answerJson } from "./answer-json.js";
import { readQuery, requireToken } from "./require-token.js";

/** Ends the grant behind the token. Throws `UnauthorizedException` when there is none. */
export function logOut(call: Call): HttpAnswer {
  const { grant } = requireToken(call);
  readQuery(call.request, []);
  grant.ended = true;
  return answerJson(call.requestId, {});
}
