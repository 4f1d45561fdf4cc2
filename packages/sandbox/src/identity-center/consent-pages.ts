// May this client act for me? The page on which a person decides, for devices and for apps that wait for a code.
import { address, html } from "../console/html.js";
import type { Html } from "../console/html.js";
import { redirect } from "../console/render-page.js";
import { ConsoleRefusal } from "../console/visit.js";
import type { HttpAnswer } from "../types.js";
import { allowRequest, denyRequest, readAuthorizeRequest } from "./authorize-request.js";
import type { AuthorizeRequest } from "./authorize-request.js";
import { ACCOUNT_ACCESS, findClient } from "./clients.js";
import { decideDevice, findPendingDevice } from "./devices.js";
import { hiddenFields, isAllowed, renderPortalPage } from "./portal-visit.js";
import type { PortalVisit } from "./portal-visit.js";

/** Asks for the code that a device shows, or shows the request that has it. */
export function showDevice(visit: PortalVisit): HttpAnswer {
  const userCode = visit.form.get("user_code") ?? "";
  if (userCode === "") return askForCode(visit);
  const device = findPendingDevice(visit.world, userCode);
  const client = device === undefined ? undefined : findClient(visit.world, device.clientId);
  if (device === undefined || client === undefined) throw nothingWaits();
  return renderPortalPage(visit, {
    title: "Authorization requested",
    body: html`<div class="narrow">
      <h1>Authorization requested</h1>
      <section class="card">
        <p>Your tool shows a code. Go on only if it is this one, and if it was you who started the tool:</p>
        <h2><code>${device.userCode}</code></h2>
        <p class="caution">Whoever sent you this code would get your access. Nobody has a reason to send you one.</p>
        ${clientFacts(client.name, client.scopes)}
        <form method="post" action="/start/device">
          ${hiddenFields(visit, { user_code: device.userCode })} ${decisionButtons()}
        </form>
      </section>
    </div>`,
  });
}

/** Keeps what the person decided about a device. */
export function submitDevice(visit: PortalVisit): HttpAnswer {
  const allowed = isAllowed(visit);
  const verdict = allowed ? ({ kind: "allowed", person: visit.person.name } as const) : ({ kind: "denied" } as const);
  if (!decideDevice(visit.world, visit.form.get("user_code") ?? "", verdict)) throw nothingWaits();
  return renderPortalPage(visit, {
    title: allowed ? "Request approved" : "Request denied",
    body: html`<div class="narrow">
      <h1>${allowed ? "Request approved" : "Request denied"}</h1>
      <p>${allowed ? "Your tool has access now." : "Your tool was told."} You may close this window.</p>
    </div>`,
  });
}

/** Shows what an app asks for, or sends its mistake back to it. */
export function showAuthorize(visit: PortalVisit): HttpAnswer {
  const read = readRequest(visit, visit.request.rawQuery);
  if ("location" in read) return redirect(read.location);
  const { client, scopes, redirectUri } = read;
  return renderPortalPage(visit, {
    title: "Authorization requested",
    formAction: formActionOf(new URL(redirectUri)),
    body: html`<div class="narrow">
      <h1>Authorization requested</h1>
      <section class="card">
        <p>Go on only if it was you who started this tool just now.</p>
        ${clientFacts(client.name, scopes, new URL(redirectUri).host)}
        <form method="post" action="/start/authorize">
          ${hiddenFields(visit, { request: visit.request.rawQuery })} ${decisionButtons()}
        </form>
      </section>
    </div>`,
  });
}

/** Sends the browser back to the app, with a code or with a no. */
export function submitAuthorize(visit: PortalVisit): HttpAnswer {
  const allowed = isAllowed(visit);
  const read = readRequest(visit, visit.form.get("request") ?? "");
  if ("location" in read) return redirect(read.location);
  return redirect(allowed ? allowRequest(visit.world, read, visit.person.name) : denyRequest(read));
}

/** Returns the request, or where its mistake is to be told. Throws `ConsoleRefusal` when nobody can be trusted with it. */
function readRequest({ world }: PortalVisit, query: string): AuthorizeRequest | { readonly location: string } {
  const read = readAuthorizeRequest(world, new URLSearchParams(query));
  if (read.kind === "right") return read.request;
  if (read.kind === "wrong") return { location: read.location };
  throw new ConsoleRefusal(
    400,
    read.reason,
    "Start your tool's sign-in again; if that does not help, it has a mistake.",
  );
}

/** Content Security Policy Level 3, "Source Lists", has no form for IPv6 addresses: there the scheme has to do. */
function formActionOf({ hostname, origin, protocol }: URL): string {
  return hostname.startsWith("[") ? protocol : origin;
}

function askForCode(visit: PortalVisit): HttpAnswer {
  return renderPortalPage(visit, {
    title: "Enter the code",
    body: html`<div class="narrow">
      <h1>Enter the code</h1>
      <form class="card" method="get" action="${address("/start/device")}">
        <div class="field">
          <label for="user_code">The code that your tool shows</label>
          <input type="text" id="user_code" name="user_code" autocomplete="off" spellcheck="false" required />
        </div>
        <div class="actions"><button class="primary">Next</button></div>
      </form>
    </div>`,
  });
}

function clientFacts(name: string, scopes: readonly string[], host?: string): Html {
  // Clients of before scopes have the portal's access too.
  const asked = scopes.length === 0 ? [ACCOUNT_ACCESS] : scopes;
  return html`<dl class="facts">
    <div class="wide">
      <dt>The tool calls itself</dt>
      <dd>${name}</dd>
    </div>
    <div class="wide">
      <dt>It asks for</dt>
      <dd>
        ${asked.map((scope) => html`<code>${scope}</code> `)}: your accounts and permission sets, and their credentials
      </dd>
    </div>
    ${
      host !== undefined &&
      html`<div class="wide">
        <dt>You will be sent to</dt>
        <dd>${host}</dd>
      </div>`
    }
  </dl>`;
}

function decisionButtons(): Html {
  return html`<div class="actions end">
    <button name="decision" value="deny">Deny</button>
    <button class="primary" name="decision" value="allow">Allow</button>
  </div>`;
}

function nothingWaits(): ConsoleRefusal {
  return new ConsoleRefusal(
    404,
    "No request waits with this code.",
    "Check the code. It is good for ten minutes and for one answer: your tool may have a new one.",
  );
}
