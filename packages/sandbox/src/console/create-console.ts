// The console's door: which requests are its own, and what each must show before a page is made for it.
import type { CallLog } from "../call-log.js";
import type { HttpAnswer, HttpRequest } from "../types.js";
import type { World } from "../world-types.js";
import { answerFederation, isForFederation } from "./federation.js";
import { parseForm } from "../wire/decode-form.js";
import type { Form } from "../wire/decode-form.js";
import { claimedService } from "../wire/read-signature.js";
import { BROWSER_SCRIPT } from "./browser-script.js";
import { showChangeSet, submitChangeSet } from "./change-set-page.js";
import { createConsoleSessions } from "./console-sessions.js";
import { showCreate, submitCreate } from "./create-page.js";
import { createDoor, readPostedForm } from "./create-door.js";
import type { DoorOptions } from "./create-door.js";
import { showDelete, submitDelete } from "./delete-page.js";
import { html } from "./html.js";
import { openLink } from "./open-link.js";
import { showOverview } from "./overview-page.js";
import { COMMON, redirect, renderPublicPage } from "./render-page.js";
import { showRole, showRoles } from "./role-pages.js";
import { refusalPage } from "./show-refusal.js";
import { askToSignIn, signIn, signOut } from "./sign-in.js";
import type { Arrival } from "./sign-in.js";
import { createSigninTokens } from "./signin-tokens.js";
import { showStacks } from "./stack-list-page.js";
import { showStack, showStackState } from "./stack-page.js";
import { STYLE_SHEET } from "./style-sheet.js";
import { isForSwitchRole, showSwitchRole } from "./switch-role-page.js";
import { showUpdate, submitUpdate } from "./update-page.js";
import { ConsoleRefusal } from "./visit.js";
import type { SignedIn, Visit } from "./visit.js";

export const CONSOLE_PREFIX = "/_console/";
/** The path of AWS's own links. A bucket may have this name too: only unsigned visits are the console's. */
const LINK_PATH = "/cloudformation/home";

export interface ConsoleOptions extends DoorOptions {
  readonly log: CallLog;
}

/** Pages for whoever is signed in, by method and path below `/_console/`. */
const PAGES: ReadonlyMap<string, (visit: Visit) => HttpAnswer> = new Map([
  ["GET cloudformation/stacks", showStacks],
  ["GET cloudformation/stack", showStack],
  ["GET cloudformation/stack-state", showStackState],
  ["GET cloudformation/create", showCreate],
  ["POST cloudformation/create", submitCreate],
  ["GET cloudformation/update", showUpdate],
  ["POST cloudformation/update", submitUpdate],
  ["GET cloudformation/change-set", showChangeSet],
  ["POST cloudformation/change-set", submitChangeSet],
  ["GET cloudformation/delete", showDelete],
  ["POST cloudformation/delete", submitDelete],
  ["GET iam/roles", showRoles],
  ["GET iam/role", showRole],
]);

/** Returns whether the request is the console's and no service's. */
export function isForConsole(request: HttpRequest): boolean {
  if (request.rawPath === "/_console" || request.rawPath.startsWith(CONSOLE_PREFIX)) return true;
  if (isForFederation(request) || isForSwitchRole(request)) return true;
  return request.rawPath === LINK_PATH && request.method === "GET" && claimedService(request) === undefined;
}

/** Returns the function that answers the console's requests; it never throws. */
export function createConsole({ world, log, reportBug }: ConsoleOptions): (request: HttpRequest) => HttpAnswer {
  const desk = { world, log, sessions: createConsoleSessions(world) };
  const tokens = createSigninTokens(world);
  return createDoor({ world, reportBug }, (request) => {
    const shown = isForSwitchRole(request) ? showSwitchRole(world, request) : publicPage(world, request);
    if (shown !== undefined) return shown;
    const arrival = { ...desk, request, visitor: desk.sessions.visitorOf(request) };
    return isForFederation(request) ? answerFederation(arrival, tokens) : privatePage(arrival);
  });
}

/** Returns what anybody may see; `undefined` for everything else. */
function publicPage(world: World, request: HttpRequest): HttpAnswer | undefined {
  if (request.method !== "GET") return undefined;
  switch (request.rawPath) {
    case "/_console":
      return redirect(CONSOLE_PREFIX);
    case CONSOLE_PREFIX:
      return showOverview(world);
    case "/_console/console.js":
      return asset("text/javascript; charset=utf-8", BROWSER_SCRIPT);
    case "/_console/console.css":
      return asset("text/css; charset=utf-8", STYLE_SHEET);
    case LINK_PATH:
      // Without asking who it is: the browser withholds a SameSite cookie when another site's link leads here. The script
      // goes on to a page of ours, and to that the cookie comes along.
      return renderPublicPage(world, {
        title: "Opening the link",
        body: html`<h1>Opening the link</h1>
          <p data-open="/_console/open" role="status">One moment.</p>
          <noscript
            ><p>
              The part of the link behind the # is read by a script, as on AWS.
              <a href="/_console/cloudformation/stacks">Without it, start at the list of stacks.</a>
            </p></noscript
          >`,
      });
    case "/_console/open":
      return redirect(openLink(request.query.get("region") ?? "", request.query.get("link") ?? ""));
    default:
      return undefined;
  }
}

function privatePage(arrival: Arrival): HttpAnswer {
  const { request, visitor } = arrival;
  const path = request.rawPath.slice(CONSOLE_PREFIX.length);
  const show = PAGES.get(`${request.method} ${path}`);
  if (request.method === "POST") {
    const own = path === "signin" ? signIn : path === "signout" ? signOut : undefined;
    if (show === undefined && own === undefined) throw nothingHere();
    const form = readPostedForm(arrival, "fill it in again");
    if (own !== undefined) return own(arrival, form);
    if (show !== undefined && visitor.caller !== undefined) return visit(arrival, visitor.caller, form, show);
    throw new ConsoleRefusal(
      403,
      "You are not signed in any more.",
      "Sign in in another tab, go back in this one and send the form again: what you typed is still there.",
    );
  }
  if (show === undefined) throw nothingHere();
  if (visitor.caller !== undefined) return visit(arrival, visitor.caller, parseForm(request.rawQuery), show);
  const next = request.rawQuery === "" ? request.rawPath : `${request.rawPath}?${request.rawQuery}`;
  return askToSignIn(arrival, { next, refused: false, accessKeyId: "" });
}

function visit(
  { world, log, sessions, visitor, request }: Arrival,
  caller: SignedIn,
  form: Form,
  show: (visit: Visit) => HttpAnswer,
): HttpAnswer {
  const given = form.get("region") ?? "";
  const region = given === "" ? "us-east-1" : given;
  const csrfToken = sessions.csrfTokenOf(visitor.id);
  const all = { world, log, request, caller, csrfToken, form };
  // The form of a region, as signatures must have it.
  if (!/^[a-z]{2,4}(?:-[a-z]+){1,3}-\d{1,2}$/.test(region)) {
    const error = new ConsoleRefusal(400, `${region} is not a region.`, "A region looks like eu-central-1.");
    return refusalPage(world, { ...all, region: "us-east-1" }, error);
  }
  try {
    return show({ ...all, region });
  } catch (error) {
    return refusalPage(world, { ...all, region }, error);
  }
}

function asset(type: string, body: string): HttpAnswer {
  const headers = { ...COMMON, "content-type": type, "content-security-policy": "default-src 'none'" };
  return { status: 200, headers, body };
}

function nothingHere(): ConsoleRefusal {
  return new ConsoleRefusal(404, "There is nothing here.", "Start at /_console/.");
}
