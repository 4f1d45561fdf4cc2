// Metadata endpoints hand out credentials to whoever can reach them on this machine. A web page can reach them too, by
// resolving a name of its own to 127.0.0.1 (DNS rebinding) or by a plain cross-site request: neither is let in.
import type { HttpRequest } from "../types.js";

const OWN_HOST = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;
/** Sent by browsers and by no SDK; Sec-Fetch-Mode alone is what Node's own fetch sends. */
const OF_BROWSERS = ["origin", "referer", "sec-fetch-site", "sec-fetch-dest", "sec-fetch-user"];

/** Returns whether the request is a program's, to this machine by one of its own names. */
export function isLocalProgram({ headers }: HttpRequest): boolean {
  return OWN_HOST.test(headers.get("host") ?? "") && !OF_BROWSERS.some((name) => headers.has(name));
}
