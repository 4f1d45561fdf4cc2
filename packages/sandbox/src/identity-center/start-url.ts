// The start URL, by which clients name an instance. The sandbox's instance has its own, on the sandbox's address, and
// besides it the one that the world gives it, because endpoints are overridden and start URLs are not.
import type { HttpRequest } from "../types.js";
import type { World } from "../world-types.js";

/** Returns the portal's address on this sandbox, as the caller reaches it. */
export function portalAddress(request: Pick<HttpRequest, "headers">, path = ""): string {
  return `http://${request.headers.get("host") ?? "127.0.0.1"}/start${path}`;
}

/** Returns whether the instance is called so. People copy start URLs with `/`, `#` or `#/` at the end. */
export function isStartUrl(world: Pick<World, "identityCenter">, request: HttpRequest, given: string): boolean {
  const { instance } = world.identityCenter;
  if (instance === undefined) return false;
  const name = trimStartUrl(given);
  return name === instance.startUrl || name === portalAddress(request);
}

/** Returns a start URL without what may stand at its end. */
export function trimStartUrl(url: string): string {
  return url.replace(/\/?#?\/?$/, "");
}
