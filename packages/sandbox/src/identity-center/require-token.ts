// The portal's calls show a bearer token: whose is it?
import type { HttpRequest } from "../types.js";
import type { Call, World } from "../world-types.js";
import { ACCOUNT_ACCESS } from "./clients.js";
import { invalidRequest, tokenNotFound } from "./refusals.js";
import { BEARER_HEADER } from "./route-request.js";
import type { Grant, Instance } from "./types.js";

/** Who asks, and where. */
export interface Bearer {
  readonly instance: Instance;
  readonly grant: Grant;
}

/** Returns whom the token stands for. Throws `UnauthorizedException`: unknown, over, ended and logged out are one. */
export function requireToken({ world, request }: Pick<Call, "world" | "request">): Bearer {
  const { instance } = world.identityCenter;
  const grant = findGrant(world, request);
  if (instance === undefined || grant === undefined || !instance.people.has(grant.person)) throw tokenNotFound();
  return { instance, grant };
}

function findGrant(world: World, request: HttpRequest): Grant | undefined {
  const token = world.identityCenter.accessTokens.get(request.headers.get(BEARER_HEADER) ?? "");
  if (token === undefined || token.grant.ended || world.clock() >= token.expiresAt) return undefined;
  // Clients without scopes are of before scopes: the portal's calls were all there was.
  const { scopes } = token.grant;
  return scopes.length === 0 || scopes.includes(ACCOUNT_ACCESS) ? token.grant : undefined;
}

/** Returns the query's parameters, each once and all of them known. Throws `InvalidRequestException`. */
export function readQuery<Name extends string>(
  request: HttpRequest,
  names: readonly Name[],
): Readonly<Record<Name, string | undefined>> {
  const found: Partial<Record<Name, string>> = {};
  for (const [given, value] of request.query) {
    const name = names.find((known) => known === given);
    if (name === undefined) throw invalidRequest("A parameter of the request is not known");
    if (found[name] !== undefined) throw invalidRequest(`${name} is given twice`);
    found[name] = value;
  }
  return found as Readonly<Record<Name, string | undefined>>;
}
