// CreateToken: a code, or a refresh token, for an access token.
// Sources: IAM Identity Center OIDC API Reference, "CreateToken"; RFC 8628, section 3.5; RFC 7636, section 4.6.
import * as v from "valibot";
import type { HttpAnswer } from "../types.js";
import type { Call, World } from "../world-types.js";
import { answerJson } from "./answer-json.js";
import { AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN, requireClient, requireGrantType } from "./clients.js";
import { exchangeCode } from "./exchange-code.js";
import { exchangeDeviceCode } from "./exchange-device-code.js";
import { issueTokens, requireScope } from "./issue-tokens.js";
import type { IssuedTokens } from "./issue-tokens.js";
import { readBody, requireText } from "./read-body.js";
import { oidcRefusal } from "./refusals.js";
import type { Client, TokenOrder } from "./types.js";

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(4096));
const order = v.strictObject({
  clientId: text,
  clientSecret: text,
  grantType: text,
  deviceCode: v.optional(text),
  code: v.optional(text),
  redirectUri: v.optional(text),
  codeVerifier: v.optional(text),
  refreshToken: v.optional(text),
  scope: v.optional(v.array(text)),
});
type Exchange = (world: World, client: Client, input: TokenOrder) => IssuedTokens;
const EXCHANGES: ReadonlyMap<string, Exchange> = new Map([
  [DEVICE_CODE, exchangeDeviceCode],
  [AUTHORIZATION_CODE, exchangeCode],
  [REFRESH_TOKEN, refresh],
]);

/** Returns the tokens and how many seconds the access token lives. */
export function createToken({ world, request, requestId }: Call): HttpAnswer {
  const input = readBody(request, order);
  const exchange = EXCHANGES.get(input.grantType);
  if (exchange === undefined) throw oidcRefusal("UnsupportedGrantTypeException", "the grant type is not supported");
  const client = requireClient(world, input);
  requireGrantType(client, input.grantType);
  const { accessToken, expiresIn, refreshToken } = exchange(world, client, input);
  return answerJson(requestId, { accessToken, tokenType: "Bearer", expiresIn, refreshToken });
}

/** Sometimes the answer brings a new refresh token, which replaces the old one, and sometimes the old one stays. */
function refresh(world: World, client: Client, input: TokenOrder): IssuedTokens {
  const { refreshTokens } = world.identityCenter;
  const given = requireText(input.refreshToken, "refreshToken");
  const grant = refreshTokens.get(given);
  if (grant === undefined || grant.ended || grant.clientId !== client.id || world.clock() >= grant.expiresAt) {
    throw oidcRefusal("InvalidGrantException", "the refresh token is not valid");
  }
  requireScope(input.scope, grant.scopes);
  const answers = world.identityCenter.instance?.refreshAnswers ?? "always";
  grant.refreshes += 1;
  const rotates = answers === "always" || (answers === "alternating" && grant.refreshes % 2 === 0);
  if (rotates) refreshTokens.delete(given);
  return issueTokens(world, grant, { withRefreshToken: rotates });
}
