// The authorization code's last step: the code and the secret behind it, for tokens.
import { createHash } from "node:crypto";
import type { World } from "../world-types.js";
import { sameSignature } from "../wire/verify-signature.js";
import { issueFirstTokens, openGrant, requireScope } from "./issue-tokens.js";
import type { IssuedTokens } from "./issue-tokens.js";
import { requireText } from "./read-body.js";
import { oidcRefusal } from "./refusals.js";
import type { Client, TokenOrder } from "./types.js";

/** RFC 7636, section 4.1. */
const VERIFIER = /^[\w.~-]{43,128}$/;

/**
 * Returns the first tokens. Throws `InvalidGrantException` for a code that is over, was shown before or is another
 * client's, and for a redirect URI or a verifier that does not belong to it.
 */
export function exchangeCode(world: World, client: Client, order: TokenOrder): IssuedTokens {
  const given = requireText(order.code, "code");
  const redirectUri = requireText(order.redirectUri, "redirectUri");
  const verifier = requireText(order.codeVerifier, "codeVerifier");
  const code = world.identityCenter.codes.get(given);
  if (code === undefined) throw invalidCode();
  // Whoever shows a code a second time may have stolen it, or been stolen from: what it was exchanged for ends (RFC 6749,
  // section 4.1.2). A wrong verifier spends it too, or there would be a second guess.
  if (code.spent && code.grant !== undefined) code.grant.ended = true;
  const isSpent = code.spent;
  code.spent = true;
  if (isSpent || code.clientId !== client.id || world.clock() >= code.expiresAt) throw invalidCode();
  if (code.redirectUri !== redirectUri) throw invalidCode();
  if (!VERIFIER.test(verifier) || !sameSignature(code.codeChallenge, challengeOf(verifier))) throw invalidCode();
  requireScope(order.scope, code.scopes);
  code.grant = openGrant(world, client, code.person, code.scopes);
  return issueFirstTokens(world, client, code.grant);
}

/** RFC 7636, section 4.2: S256. */
function challengeOf(verifier: string): string {
  return createHash("sha256").update(verifier, "ascii").digest("base64url");
}

function invalidCode(): Error {
  return oidcRefusal("InvalidGrantException", "the code, its redirect URI or its verifier is not valid");
}
