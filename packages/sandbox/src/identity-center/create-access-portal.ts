// The access portal's door: which requests are its own, and what each must show before a page is made for it.
import type { CallLog } from "../call-log.js";
import { createDoor, readPostedForm } from "../console/create-door.js";
import type { DoorOptions } from "../console/create-door.js";
import { redirect } from "../console/render-page.js";
import { ConsoleRefusal } from "../console/visit.js";
import type { HttpAnswer, HttpRequest } from "../types.js";
import { parseForm } from "../wire/decode-form.js";
import type { Form } from "../wire/decode-form.js";
import { showAccounts, showAssignment } from "./assignment-pages.js";
import { createBrowserSessions } from "./browser-sessions.js";
import { showAuthorize, showDevice, submitAuthorize, submitDevice } from "./consent-pages.js";
import { openConsole } from "./open-console.js";
import type { PortalArrival, PortalVisit } from "./portal-visit.js";
import { askToSignIn, signIn, signOut } from "./sign-in-pages.js";

export interface AccessPortalOptions extends DoorOptions {
  readonly log: CallLog;
  /** The console's door, for people who go on to it. */
  readonly visitConsole: (request: HttpRequest) => HttpAnswer;
}

/** Pages for whoever is signed in, by method and path. */
const PAGES: ReadonlyMap<string, (visit: PortalVisit) => HttpAnswer> = new Map([
  ["GET /start", showAccounts],
  ["GET /start/", showAccounts],
  ["GET /start/role", showAssignment],
  // AWS's shortcut link, /start/#/console?account_id=…&role_name=…, without the fragment that no server sees.
  ["GET /start/console", showAssignment],
  ["POST /start/console", openConsole],
  ["GET /start/device", showDevice],
  ["POST /start/device", submitDevice],
  ["GET /start/authorize", showAuthorize],
  ["POST /start/authorize", submitAuthorize],
]);
const ANYBODYS: ReadonlyMap<string, (arrival: PortalArrival, form: Form) => HttpAnswer> = new Map([
  ["POST /start/signin", signIn],
  ["POST /start/signout", signOut],
]);

/** Returns the function that answers the portal's requests; it never throws. */
export function createAccessPortal({
  world,
  log,
  reportBug,
  visitConsole,
}: AccessPortalOptions): (request: HttpRequest) => HttpAnswer {
  const sessions = createBrowserSessions(world);
  return createDoor({ world, reportBug }, (request) => {
    const { instance } = world.identityCenter;
    if (instance === undefined) {
      throw new ConsoleRefusal(
        404,
        "There is no Identity Center here.",
        "Start the sandbox with a world that has one.",
      );
    }
    return answer({ world, instance, log, sessions, visitor: sessions.visitorOf(request), visitConsole, request });
  });
}

function answer(arrival: PortalArrival): HttpAnswer {
  const { request, visitor } = arrival;
  // Where the AWS CLI sends people. The cookie is for paths below /start alone.
  if (request.rawPath === "/authorize" && request.method === "GET") {
    return redirect(`/start/authorize?${request.rawQuery}`);
  }
  const route = `${request.method} ${request.rawPath}`;
  const anybodys = ANYBODYS.get(route);
  if (anybodys !== undefined) return anybodys(arrival, readPostedForm(arrival, "decide again"));
  const show = PAGES.get(route);
  if (show === undefined) throw new ConsoleRefusal(404, "There is nothing here.", "Start at /start.");
  const form = request.method === "POST" ? readPostedForm(arrival, "decide again") : parseForm(request.rawQuery);
  if (visitor.person !== undefined) return show({ ...arrival, person: visitor.person, form });
  if (request.method === "POST") {
    throw new ConsoleRefusal(403, "You are not signed in any more.", "Sign in at /start, and start again.");
  }
  const next = request.rawQuery === "" ? request.rawPath : `${request.rawPath}?${request.rawQuery}`;
  return askToSignIn(arrival, { next, refused: false });
}
