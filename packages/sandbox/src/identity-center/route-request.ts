// Which requests are Identity Center's. Its calls are not signed, so no credential scope names the service, and S3 takes
// unsigned requests on any path: the two must never be mistaken for each other.
//
// SSO OIDC has three paths, by POST with a body of JSON; S3 knows no such POST (its own go to `?delete`, in XML, or come
// from a browser's form). The portal's paths are S3 addresses too, of buckets called `assignment`, `federation` or
// `logout`, so its calls are known by their bearer token's header, which S3 has no use for and anonymous readers do not
// send. Pages are below `/start`, and at `/authorize` with a client's parameters: an unsigned visit there is the portal's,
// also if there is a bucket of that name; signed calls to such a bucket are S3's.
import type { HttpRequest } from "../types.js";
import { claimedScope } from "../wire/read-signature.js";

/** The header of the portal's access token (service model of SSO). */
export const BEARER_HEADER = "x-amz-sso_bearer_token";

export type IdentityCenterService = "sso" | "sso-oidc";

const OIDC_PATHS: ReadonlySet<string> = new Set(["/client/register", "/device_authorization", "/token"]);
const PORTAL_CALLS: ReadonlySet<string> = new Set([
  "GET /assignment/accounts",
  "GET /assignment/roles",
  "GET /federation/credentials",
  "POST /logout",
]);

/** Returns the service of Identity Center that an unsigned call is for; `undefined` when it is for none. */
export function identityCenterServiceOf(request: HttpRequest): IdentityCenterService | undefined {
  if (!isUnsigned(request)) return undefined;
  if (request.method === "POST" && OIDC_PATHS.has(request.rawPath) && hasJson(request)) return "sso-oidc";
  const call = `${request.method} ${request.rawPath}`;
  return PORTAL_CALLS.has(call) && request.headers.has(BEARER_HEADER) ? "sso" : undefined;
}

/** Returns whether the request is for a page of the access portal. */
export function isForAccessPortal(request: HttpRequest): boolean {
  const { method, rawPath, query } = request;
  if ((method !== "GET" && method !== "POST") || !isUnsigned(request)) return false;
  if (rawPath === "/authorize") return ["client_id", "redirect_uri", "response_type"].some((name) => query.has(name));
  return rawPath === "/start" || rawPath.startsWith("/start/");
}

function isUnsigned(request: HttpRequest): boolean {
  if (request.headers.has("authorization") || claimedScope(request) !== undefined) return false;
  return ![...request.query.keys()].some((name) => /^(?:x-amz-|AWSAccessKeyId$|Signature$)/i.test(name));
}

function hasJson({ headers }: HttpRequest): boolean {
  return /^application\/json\s*(?:;|$)/i.test(headers.get("content-type") ?? "");
}
