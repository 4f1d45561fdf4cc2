// Keeps other sites out of the console: the name that the browser called us by, and the page that sent a form.
import type { HttpRequest } from "../types.js";
import { ConsoleRefusal } from "./visit.js";

/** Throws `ConsoleRefusal` unless the request is to this machine by one of its own names. */
export function requireLoopback(request: HttpRequest): void {
  const host = request.headers.get("host") ?? "";
  if (/^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i.test(host)) return;
  throw new ConsoleRefusal(421, "This host is not served here.", "Use the address that the sandbox printed.");
}

/**
 * Throws `ConsoleRefusal` unless the form was sent by a page of this very origin. Browsers send `Origin` with every POST;
 * SameSite cookies alone would let in the other ports of this host.
 */
export function requireSameOrigin(request: HttpRequest): void {
  const host = request.headers.get("host") ?? "";
  if (request.headers.get("origin")?.toLowerCase() === `http://${host.toLowerCase()}`) return;
  throw new ConsoleRefusal(
    403,
    "This form was not sent by a page of this console.",
    "Open the console in this browser and try again there.",
  );
}

/** Throws `ConsoleRefusal` unless the body is a form, as browsers send it. */
export function requireForm(request: HttpRequest): void {
  if (/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(request.headers.get("content-type") ?? "")) return;
  throw new ConsoleRefusal(415, "The console reads forms only.", "Use the forms of its pages.");
}
