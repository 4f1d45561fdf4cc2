// Signing in and out. The session begins under an id of its own, so that none can be planted beforehand.
import { accountIdOf, callerArn } from "../authorize.js";
import type { CallLog } from "../call-log.js";
import { newRequestId } from "../identifiers.js";
import { sourceIpOf } from "../rehearsal/source-ip.js";
import type { HttpAnswer, HttpRequest } from "../types.js";
import type { World } from "../world-types.js";
import type { Form } from "../wire/decode-form.js";
import { cookieHeader } from "./console-sessions.js";
import type { ConsoleSessions, Visitor } from "./console-sessions.js";
import { redirect } from "./render-page.js";
import { signInPage } from "./sign-in-page.js";
import type { SignInPage } from "./sign-in-page.js";

/** A request, and the browser that it came from. */
export interface Arrival {
  readonly world: World;
  readonly log: CallLog;
  readonly sessions: ConsoleSessions;
  readonly visitor: Visitor;
  readonly request: HttpRequest;
}

/** Checks the key and goes on to the page that was asked for; a wrong one is told, and not what is wrong with it. */
export function signIn(arrival: Arrival, form: Form): HttpAnswer {
  const { world, log, sessions, visitor, request } = arrival;
  const accessKeyId = (form.get("accessKeyId") ?? "").trim();
  const next = safeNext(form.get("next") ?? "");
  const caller = sessions.check(accessKeyId, (form.get("secretAccessKey") ?? "").trim());
  log.record({
    time: new Date(world.clock()),
    requestId: newRequestId(world),
    sourceIp: sourceIpOf(world, caller, request.remoteAddress),
    service: "signin",
    action: "ConsoleLogin",
    principalArn: caller === undefined ? undefined : callerArn(caller),
    accountId: caller === undefined ? undefined : accountIdOf(caller),
    resource: undefined,
    status: caller === undefined ? 403 : 200,
    errorCode: caller === undefined ? "AuthenticationFailed" : undefined,
    faults: [],
  });
  if (caller === undefined) return askToSignIn(arrival, { next, refused: true, accessKeyId });
  sessions.end(visitor.id);
  return redirect(next, { "set-cookie": cookieHeader(request, sessions.begin(caller)) });
}

/** Ends the session and takes the cookie back. */
export function signOut({ sessions, visitor, request }: Arrival): HttpAnswer {
  sessions.end(visitor.id);
  return redirect("/_console/", { "set-cookie": `${cookieHeader(request, "")}; Max-Age=0` });
}

/** Returns the sign-in form, and the cookie that it belongs to when the browser has none. */
export function askToSignIn(
  { world, sessions, visitor, request }: Arrival,
  page: Pick<SignInPage, "next" | "refused" | "accessKeyId">,
): HttpAnswer {
  return signInPage(world, {
    ...page,
    csrfToken: sessions.csrfTokenOf(visitor.id),
    headers: visitor.isNew ? { "set-cookie": cookieHeader(request, visitor.id) } : {},
  });
}

/** Returns the path when it leads to a page of this console and nowhere else; the list of stacks otherwise. */
function safeNext(next: string): string {
  return /^\/_console\/[\w/-]*(?:\?[\x21-\x7e]*)?$/.test(next) ? next : "/_console/cloudformation/stacks";
}
