// What a page of the access portal is given: the browser, who is signed in there, and what it sent.
import type { CallLog } from "../call-log.js";
import { ConsoleRefusal } from "../console/visit.js";
import { html } from "../console/html.js";
import type { Html } from "../console/html.js";
import { renderPublicPage } from "../console/render-page.js";
import type { HttpAnswer, HttpRequest } from "../types.js";
import type { World } from "../world-types.js";
import type { Form } from "../wire/decode-form.js";
import type { BrowserSessions, Visitor } from "./browser-sessions.js";
import type { Instance, Person } from "./types.js";

/** A request, and the browser that it came from. */
export interface PortalArrival {
  readonly world: World;
  readonly instance: Instance;
  readonly log: CallLog;
  readonly sessions: BrowserSessions;
  readonly visitor: Visitor;
  /** The console's door. */
  readonly visitConsole: (request: HttpRequest) => HttpAnswer;
  readonly request: HttpRequest;
}

/** A request of somebody who is signed in. */
export interface PortalVisit extends PortalArrival {
  readonly person: Person;
  /** The query of a GET or the body of a POST, each name once. */
  readonly form: Form;
}

export interface PortalPage {
  readonly title: string;
  readonly body: Html;
  readonly status?: number;
  /** The one other origin to which the page's form may lead. */
  readonly formAction?: string;
}

/** Returns a page with who is signed in, and a way out. */
export function renderPortalPage({ world, person, sessions, visitor }: PortalVisit, page: PortalPage): HttpAnswer {
  return renderPublicPage(world, {
    ...page,
    script: false,
    body: html`${page.body}
      <form class="actions end" method="post" action="/start/signout">
        <input type="hidden" name="csrf" value="${sessions.csrfTokenOf(visitor.id)}" />
        <span class="soft">Signed in as <strong>${person.name}</strong></span>
        <button class="small">Sign out</button>
      </form>`,
  });
}

/** Returns the hidden fields that every form has, and others. */
export function hiddenFields(
  { sessions, visitor }: Pick<PortalArrival, "sessions" | "visitor">,
  values: Readonly<Record<string, string>> = {},
): Html {
  const all = { csrf: sessions.csrfTokenOf(visitor.id), ...values };
  return html`${Object.entries(all).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  )}`;
}

/** Returns whether the person said yes. Throws `ConsoleRefusal` for a form that says neither. */
export function isAllowed({ form }: PortalVisit): boolean {
  const decision = form.get("decision");
  if (decision === "allow" || decision === "deny") return decision === "allow";
  throw new ConsoleRefusal(400, "The form does not say what you decided.", "Go back, and choose Allow or Deny.");
}
