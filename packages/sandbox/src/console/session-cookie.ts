// The cookie by which a browser is known again: the console's and the access portal's, each by a name of its own.
import type { HttpRequest } from "../types.js";

/** Whose pages they are. */
export type Pages = "console" | "portal";

/** Returns the session's id that the browser shows, or `undefined` where it shows none, or more than one. */
export function readCookie(request: HttpRequest, pages: Pages): string | undefined {
  const prefix = `${cookieName(request, pages)}=`;
  const cookies = (request.headers.get("cookie") ?? "").split(/[;,]\s*/);
  const found = cookies.filter((cookie) => cookie.startsWith(prefix)).map((cookie) => cookie.slice(prefix.length));
  const [id] = found;
  // Of two with one name, which another port of this host can arrange, neither is believed.
  return id !== undefined && found.length === 1 && /^[\w-]{43}$/.test(id) ? id : undefined;
}

/** Returns the cookie's name. Cookies know no ports: two sandboxes on one machine must not sign each other out. */
export function cookieName(request: HttpRequest, pages: Pages): string {
  return `daypass_${pages}_${/:(\d{1,5})$/.exec(request.headers.get("host") ?? "")?.[1] ?? "80"}`;
}
