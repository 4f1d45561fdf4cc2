// Clients: registered by whoever asks, known by id and secret until the registration ends.
import * as v from "valibot";
import type { HttpAnswer } from "../types.js";
import type { Call, World } from "../world-types.js";
import { sameSignature } from "../wire/verify-signature.js";
import { answerJson } from "./answer-json.js";
import { keepWithin } from "./keep-within.js";
import { newSecret } from "./new-secret.js";
import { isAcceptableRedirectUri } from "./redirect-uri.js";
import { readBody } from "./read-body.js";
import { oidcRefusal } from "./refusals.js";
import { isStartUrl } from "./start-url.js";
import type { Client } from "./types.js";

export const AUTHORIZATION_CODE = "authorization_code";
export const DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code";
export const REFRESH_TOKEN = "refresh_token";
/** IAM Identity Center OIDC API Reference, "RegisterClient": the grant types that a public client may have. */
const GRANT_TYPES: ReadonlySet<string> = new Set([AUTHORIZATION_CODE, DEVICE_CODE, REFRESH_TOKEN]);
/** AWS CLI User Guide, "Configuring IAM Identity Center authentication": the scope of the portal's calls. */
export const ACCOUNT_ACCESS = "sso:account:access";

/** https://github.com/aws/aws-cli/issues/7340 and others show registrations that end after 90 days. */
const REGISTRATION_MS = 90 * 86_400_000;
const MAX_CLIENTS = 10_000;

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(2048));
const registration = v.strictObject({
  clientName: v.pipe(v.string(), v.minLength(1), v.maxLength(256)),
  clientType: v.string(),
  scopes: v.optional(v.pipe(v.array(text), v.maxLength(50))),
  redirectUris: v.optional(v.pipe(v.array(text), v.maxLength(50))),
  grantTypes: v.optional(v.pipe(v.array(text), v.maxLength(10))),
  issuerUrl: v.optional(text),
});

/** RegisterClient: returns the new client's id and secret, and when they end, in seconds since 1970. */
export function registerClient(call: Call): HttpAnswer {
  const { world, request, requestId, now } = call;
  const input = readBody(request, registration);
  const { scopes = [], redirectUris = [], grantTypes } = input;
  // API Reference, "RegisterClient": "The service supports only public as a client type."
  if (input.clientType !== "public") throw oidcRefusal("InvalidClientMetadataException", "clientType must be public");
  if (!scopes.every((scope) => scope === ACCOUNT_ACCESS)) {
    throw oidcRefusal("InvalidScopeException", `the sandbox knows the scope ${ACCOUNT_ACCESS} alone`);
  }
  if (grantTypes?.every((grantType) => GRANT_TYPES.has(grantType)) === false) {
    throw oidcRefusal("UnsupportedGrantTypeException", "a grant type is not supported");
  }
  if (!redirectUris.every(isAcceptableRedirectUri)) {
    throw oidcRefusal("InvalidRedirectUriException", "a redirect URI is neither https nor of this machine");
  }
  if (input.issuerUrl !== undefined && !isStartUrl(world, request, input.issuerUrl)) {
    throw oidcRefusal("InvalidRequestException", "issuerUrl is the start URL of no instance");
  }
  if (grantTypes?.includes(AUTHORIZATION_CODE) === true) {
    // "Needed for user access to resources through the client", and without an address nobody can be sent back.
    if (input.issuerUrl === undefined) throw oidcRefusal("InvalidRequestException", "issuerUrl is missing");
    if (redirectUris.length === 0) throw oidcRefusal("InvalidRequestException", "redirectUris is missing");
  }
  const client: Client = {
    id: newSecret(world),
    secret: newSecret(world),
    name: input.clientName,
    scopes,
    grantTypes,
    redirectUris,
    expiresAt: now.getTime() + REGISTRATION_MS,
  };
  keepWithin(world.identityCenter.clients, MAX_CLIENTS, ({ expiresAt }) => expiresAt <= now.getTime());
  world.identityCenter.clients.set(client.id, client);
  return answerJson(requestId, {
    clientId: client.id,
    clientSecret: client.secret,
    clientIdIssuedAt: Math.floor(now.getTime() / 1000),
    clientSecretExpiresAt: Math.floor(client.expiresAt / 1000),
  });
}

/**
 * Returns the client whose id and secret these are. Throws `InvalidClientException`, also for a registration that has
 * ended (API Reference, "CreateToken": "an incorrect clientId or an expired clientSecret").
 */
export function requireClient(
  world: World,
  { clientId, clientSecret }: { readonly clientId: string; readonly clientSecret: string },
): Client {
  const client = findClient(world, clientId);
  if (client !== undefined && sameSignature(client.secret, clientSecret)) return client;
  throw oidcRefusal("InvalidClientException", "the client is not registered, or its secret is wrong or has ended");
}

/** Returns the client of this id while its registration lasts. */
export function findClient(world: World, clientId: string): Client | undefined {
  const client = world.identityCenter.clients.get(clientId);
  return client !== undefined && world.clock() < client.expiresAt ? client : undefined;
}

/** Throws `UnauthorizedClientException` unless the client may use this grant type. */
export function requireGrantType(client: Client, grantType: string): void {
  if (mayUse(client, grantType)) return;
  throw oidcRefusal("UnauthorizedClientException", "the client is not registered for this grant type");
}

/** Returns whether the client may use this grant type; one that named none has the device flow and refresh tokens. */
export function mayUse(client: Client, grantType: string): boolean {
  return client.grantTypes?.includes(grantType) ?? grantType !== AUTHORIZATION_CODE;
}
