// Signing in to the access portal: by name and password, or by a click for people to whom the world gives no password.
import { html } from "../console/html.js";
import { redirect, renderPublicPage } from "../console/render-page.js";
import { newRequestId } from "../identifiers.js";
import { sourceIpOf } from "../rehearsal/source-ip.js";
import type { HttpAnswer } from "../types.js";
import type { Form } from "../wire/decode-form.js";
import { cookieHeader } from "./browser-sessions.js";
import { hiddenFields } from "./portal-visit.js";
import type { PortalArrival } from "./portal-visit.js";

export interface SignInPage {
  /** The page to go on to: a path of the portal, with its query. */
  readonly next: string;
  /** Whether somebody was refused just now. */
  readonly refused: boolean;
}

/** Returns the sign-in page, and the cookie that it belongs to when the browser has none. */
export function askToSignIn(arrival: PortalArrival, { next, refused }: SignInPage): HttpAnswer {
  const { world, instance, visitor, request } = arrival;
  const byClick = [...instance.people.values()].filter(({ password }) => password === undefined);
  return renderPublicPage(world, {
    title: "Sign in to the access portal",
    status: 403,
    script: false,
    headers: visitor.isNew ? { "set-cookie": cookieHeader(request, visitor.id) } : {},
    body: html`<div class="narrow">
      <h1>Sign in</h1>
      ${
        refused &&
        html`<div class="error" role="alert">
          <h2>You are not signed in</h2>
          <p>Nobody of this directory has this name and this password.</p>
        </div>`
      }
      <form class="card" method="post" action="/start/signin" autocomplete="off">
        ${hiddenFields(arrival, { next })}
        <div class="field">
          <label for="user">User name</label>
          <input type="text" id="user" name="user" autocapitalize="none" spellcheck="false" required />
        </div>
        <div class="field">
          <label for="password">Password</label>
          <input type="password" id="password" name="password" autocomplete="off" required />
        </div>
        <div class="actions"><button class="primary">Sign in</button></div>
      </form>
      ${
        byClick.length > 0 &&
        html`<form class="card" method="post" action="/start/signin">
          ${hiddenFields(arrival, { next })}
          <h2>People without a password</h2>
          <div class="actions">
            ${byClick.map(({ name }) => html`<button name="user" value="${name}">Sign in as ${name}</button> `)}
          </div>
        </form>`
      }
    </div>`,
  });
}

/** Signs the person in and goes on to the page that was asked for. */
export function signIn(arrival: PortalArrival, form: Form): HttpAnswer {
  const { world, log, sessions, visitor, request } = arrival;
  const next = safeNext(form.get("next") ?? "");
  const person = sessions.check((form.get("user") ?? "").trim(), form.get("password") ?? "");
  log.record({
    time: new Date(world.clock()),
    requestId: newRequestId(world),
    sourceIp: sourceIpOf(world, undefined, request.remoteAddress),
    service: "signin",
    // AWS CloudTrail's name of it (IAM Identity Center User Guide, "CloudTrail events for sign-in").
    action: "UserAuthentication",
    principalArn: undefined,
    accountId: undefined,
    resource: person === undefined ? undefined : `arn:aws:identitystore:::user/${person.id}`,
    status: person === undefined ? 403 : 200,
    errorCode: person === undefined ? "AuthenticationFailed" : undefined,
    faults: [],
  });
  if (person === undefined) return askToSignIn(arrival, { next, refused: true });
  sessions.end(visitor.id);
  return redirect(next, { "set-cookie": cookieHeader(request, sessions.begin(person)) });
}

/** Ends the session in this browser and takes the cookie back. Clients keep what they were given. */
export function signOut({ sessions, visitor, request }: PortalArrival): HttpAnswer {
  sessions.end(visitor.id);
  return redirect("/start", { "set-cookie": `${cookieHeader(request, "")}; Max-Age=0` });
}

/** Returns the path when it leads to a page of the portal and nowhere else; the portal's first page otherwise. */
function safeNext(next: string): string {
  return /^\/start(?:\/[\w-]*)?(?:\?[\x21-\x7e]*)?$/.test(next) ? next : "/start";
}
