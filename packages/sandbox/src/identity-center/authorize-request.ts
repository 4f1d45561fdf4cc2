// What a client asks of a person at /authorize, read and checked before any page is made of it.
// Sources: RFC 6749, sections 4.1.1 and 4.1.2.1; RFC 7636, section 4.3; the parameters are those of the AWS CLI.
import type { World } from "../world-types.js";
import { AUTHORIZATION_CODE, findClient, mayUse } from "./clients.js";
import { keepWithin } from "./keep-within.js";
import { newSecret } from "./new-secret.js";
import { isRegisteredRedirectUri, redirectTo } from "./redirect-uri.js";
import type { AuthorizationCode, Client } from "./types.js";

/** A request that a person may decide about. */
export interface AuthorizeRequest {
  readonly client: Client;
  readonly redirectUri: string;
  readonly state: string | undefined;
  readonly codeChallenge: string;
  readonly scopes: readonly string[];
}

export type ReadAuthorizeRequest =
  | { readonly kind: "right"; readonly request: AuthorizeRequest }
  /** To be told to the client, by its redirect URI. */
  | { readonly kind: "wrong"; readonly location: string }
  /** To be told to the person alone: where the browser would be sent cannot be trusted. */
  | { readonly kind: "untrusted"; readonly reason: string };

/** RFC 6749, section 4.1.2: "A maximum authorization code lifetime of 10 minutes is RECOMMENDED." */
const CODE_MS = 600_000;
const MAX_CODES = 1000;
const KNOWN = new Set([
  "response_type",
  "client_id",
  "redirect_uri",
  "state",
  "code_challenge",
  "code_challenge_method",
  "scopes",
]);

/** Reads the query of /authorize. */
export function readAuthorizeRequest(world: World, query: URLSearchParams): ReadAuthorizeRequest {
  const names = [...query.keys()];
  if (new Set(names).size !== names.length) return { kind: "untrusted", reason: "A parameter is given twice." };
  if (!names.every((name) => KNOWN.has(name))) return { kind: "untrusted", reason: "A parameter is not known." };
  const client = findClient(world, query.get("client_id") ?? "");
  if (client === undefined) return { kind: "untrusted", reason: "The client is not registered." };
  const redirectUri = query.get("redirect_uri") ?? "";
  if (!isRegisteredRedirectUri(client.redirectUris, redirectUri)) {
    return { kind: "untrusted", reason: "The client is not registered for the address that it wants you sent to." };
  }
  const state = query.get("state") ?? undefined;
  const wrong = (error: string, description: string): ReadAuthorizeRequest => ({
    kind: "wrong",
    location: redirectTo(redirectUri, { error, error_description: description, state }),
  });
  if (!mayUse(client, AUTHORIZATION_CODE)) return wrong("unauthorized_client", "not registered for this grant type");
  if (query.get("response_type") !== "code") return wrong("unsupported_response_type", "response_type must be code");
  const codeChallenge = query.get("code_challenge") ?? "";
  // RFC 7636, section 4.2: the base 64 of a SHA-256 digest. Without one whoever sees the code could use it.
  if (query.get("code_challenge_method") !== "S256" || !/^[\w-]{43}$/.test(codeChallenge)) {
    return wrong("invalid_request", "a code_challenge by S256 is required");
  }
  const scopes = query.get("scopes")?.split(" ") ?? client.scopes;
  if (!scopes.every((scope) => client.scopes.includes(scope))) {
    return wrong("invalid_scope", "the client is not registered for a scope");
  }
  return { kind: "right", request: { client, redirectUri, state, codeChallenge, scopes } };
}

/** Returns where the browser goes after a yes. `person` has been seen to be of the directory. */
export function allowRequest(world: World, request: AuthorizeRequest, person: string): string {
  const { codes } = world.identityCenter;
  const { client, redirectUri, state, codeChallenge, scopes } = request;
  const now = world.clock();
  const code: AuthorizationCode = {
    clientId: client.id,
    person,
    scopes,
    redirectUri,
    codeChallenge,
    expiresAt: now + CODE_MS,
    spent: false,
    grant: undefined,
  };
  keepWithin(codes, MAX_CODES, ({ expiresAt }) => expiresAt <= now);
  const secret = newSecret(world);
  codes.set(secret, code);
  return redirectTo(redirectUri, { code: secret, state });
}

/** Returns where the browser goes after a no. */
export function denyRequest({ redirectUri, state }: AuthorizeRequest): string {
  return redirectTo(redirectUri, { error: "access_denied", error_description: "the person has refused", state });
}
