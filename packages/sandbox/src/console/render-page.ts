// The frame of every page: headers that let nothing in, who is signed in, and the page's own part.
import { accountIdOf, callerArn } from "../authorize.js";
import type { HttpAnswer } from "../types.js";
import type { World } from "../world-types.js";
import { address, html, markupOf } from "./html.js";
import type { Html } from "./html.js";
import type { Visit } from "./visit.js";

export interface Page {
  readonly title: string;
  readonly body: Html;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Only pages that are for reading do without. */
  readonly script?: false;
  /** The one other origin to which a form of the page may lead: browsers also hold redirects after a form to this. */
  readonly formAction?: string;
}

type Signed = Pick<Visit, "world" | "caller" | "region" | "csrfToken">;

/** Returns a page for somebody who is signed in. */
export function renderPage(visit: Signed, page: Page): HttpAnswer {
  return renderDocument(visit.world, page, bar(visit));
}

/** Returns a page for anybody. */
export function renderPublicPage(world: World, page: Page): HttpAnswer {
  return renderDocument(world, page, html``);
}

/** Returns an answer that sends the browser on, to a page of this console. */
export function redirect(location: string, headers: Readonly<Record<string, string>> = {}): HttpAnswer {
  return { status: 303, headers: { ...COMMON, location, ...headers }, body: "" };
}

/** Returns a piece of a page, for the script that keeps it fresh. */
export function renderFragment(fragment: Html): HttpAnswer {
  const policy = "default-src 'none'; frame-ancestors 'none'";
  return {
    status: 200,
    headers: { ...COMMON, "content-type": "text/html; charset=utf-8", "content-security-policy": policy },
    body: markupOf(fragment),
  };
}

export const COMMON: Readonly<Record<string, string>> = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  // Under "no-referrer" a browser sends `Origin: null` with forms; to other origins this one sends nothing.
  "referrer-policy": "same-origin",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
};

function renderDocument(world: World, page: Page, bar: Html): HttpAnswer {
  const nonce = Buffer.from(world.randomBytes(18)).toString("base64url");
  // Not 'self': this origin also serves what people store in buckets.
  const policy = `default-src 'none'; script-src ${page.script === false ? "'none'" : `'nonce-${nonce}'`}; style-src 'nonce-${nonce}'; img-src data:; connect-src 'self'; form-action 'self'${page.formAction === undefined ? "" : ` ${page.formAction}`}; base-uri 'none'; frame-ancestors 'none'`;
  return {
    status: page.status ?? 200,
    headers: {
      ...COMMON,
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy,
      ...page.headers,
    },
    body: markupOf(
      html`<!doctype html>
        <html lang="en">
          <head>
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <meta name="color-scheme" content="light dark" />
            <title>${page.title} · daypass sandbox</title>
            <link rel="icon" href="data:," />
            <link rel="stylesheet" nonce="${nonce}" href="/_console/console.css" />
            ${page.script !== false && html`<script nonce="${nonce}" src="/_console/console.js" defer></script>`}
          </head>
          <body>
            <a class="skip" href="#main">Skip to the page</a>
            <header class="top">
              <a class="brand" href="/_console/">daypass <strong>sandbox</strong></a
              >${bar}
            </header>
            <p class="notice">
              This is a sandbox on this machine. It is not AWS: nothing here exists in any AWS account.
            </p>
            <main id="main">${page.body}</main>
          </body>
        </html> `,
    ),
  };
}

function bar({ world, caller, region, csrfToken }: Signed): Html {
  const accountId = accountIdOf(caller) ?? "";
  const account = world.accounts.get(accountId);
  return html`<nav aria-label="Services">
      <a href="${address("/_console/cloudformation/stacks", { region })}">Stacks</a>
      <a href="${address("/_console/iam/roles", { region })}">IAM roles</a>
    </nav>
    <dl class="who">
      <div>
        <dt>Account</dt>
        <dd>${accountId}${account === undefined ? "" : ` (${account.name})`}</dd>
      </div>
      <div>
        <dt>Signed in as</dt>
        <dd>${nameOf(caller)}</dd>
      </div>
      <div>
        <dt>Region</dt>
        <dd>${region}</dd>
      </div>
    </dl>
    <form method="post" action="/_console/signout">
      <input type="hidden" name="csrf" value="${csrfToken}" /><button class="quiet">Sign out</button>
    </form>`;
}

/** Returns who it is within the account: `user/NAME`, `assumed-role/ROLE/SESSION` or `federated-user/NAME`. */
export function nameOf(caller: Signed["caller"]): string {
  return (callerArn(caller) ?? "").split(":").slice(5).join(":");
}
