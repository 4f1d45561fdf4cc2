// Mints access and refresh tokens. Called last: whoever gets here holds what a person allowed.
import type { World } from "../world-types.js";
import { mayUse, REFRESH_TOKEN } from "./clients.js";
import { keepWithin } from "./keep-within.js";
import { newSecret } from "./new-secret.js";
import { oidcRefusal } from "./refusals.js";
import type { Client, Grant } from "./types.js";

export interface IssuedTokens {
  readonly accessToken: string;
  /** Seconds. */
  readonly expiresIn: number;
  readonly refreshToken: string | undefined;
}

/** IAM Identity Center User Guide, "Configure user session duration": at most 90 days. */
const REFRESHABLE_MS = 90 * 86_400_000;
const MAX_TOKENS = 10_000;

/** Returns what the person allowed the client, with no token yet. */
export function openGrant(world: World, client: Client, person: string, scopes: readonly string[]): Grant {
  const expiresAt = world.clock() + REFRESHABLE_MS;
  return { clientId: client.id, person, scopes, expiresAt, ended: false, refreshes: 0 };
}

/**
 * Returns the grant's first tokens. A client without scopes is one of before refresh tokens and gets none (AWS CLI User
 * Guide, "Legacy non-refreshable configuration for AWS IAM Identity Center").
 */
export function issueFirstTokens(world: World, client: Client, grant: Grant): IssuedTokens {
  return issueTokens(world, grant, { withRefreshToken: grant.scopes.length > 0 && mayUse(client, REFRESH_TOKEN) });
}

/** Returns a new access token of the grant, and a new refresh token if there is to be one. */
export function issueTokens(
  world: World,
  grant: Grant,
  { withRefreshToken }: { readonly withRefreshToken: boolean },
): IssuedTokens {
  const { accessTokens, refreshTokens, instance } = world.identityCenter;
  if (instance === undefined) throw oidcRefusal("InvalidGrantException", "there is no instance");
  const now = world.clock();
  const expiresIn = instance.accessTokenSeconds;
  const accessToken = newSecret(world);
  keepWithin(accessTokens, MAX_TOKENS, (token) => token.grant.ended || token.expiresAt <= now);
  accessTokens.set(accessToken, { grant, expiresAt: now + expiresIn * 1000 });
  if (!withRefreshToken) return { accessToken, expiresIn, refreshToken: undefined };
  const refreshToken = newSecret(world);
  keepWithin(refreshTokens, MAX_TOKENS, ({ ended, expiresAt }) => ended || expiresAt <= now);
  refreshTokens.set(refreshToken, grant);
  return { accessToken, expiresIn, refreshToken };
}

/** Throws `InvalidScopeException` for a scope that was not granted (RFC 6749, section 6). */
export function requireScope(asked: readonly string[] | undefined, granted: readonly string[]): void {
  if ((asked ?? []).every((scope) => granted.includes(scope))) return;
  throw oidcRefusal("InvalidScopeException", "a scope was not granted");
}
