// Where links for switching roles lead: IAM User Guide, "Switch from a user to an IAM role (console)". The sandbox's console
// does not switch; the page says what the link asks for, and how to be that role here.
import type { HttpAnswer, HttpRequest } from "../types.js";
import type { World } from "../world-types.js";
import { parseForm } from "../wire/decode-form.js";
import { claimedService } from "../wire/read-signature.js";
import { html } from "./html.js";
import { renderPublicPage } from "./render-page.js";
import { ConsoleRefusal } from "./visit.js";

/** Returns whether the request follows such a link. A bucket may have this name too: not with a role's name. */
export function isForSwitchRole(request: HttpRequest): boolean {
  const isLink = request.method === "GET" && request.rawPath === "/switchrole" && request.query.has("roleName");
  return isLink && claimedService(request) === undefined;
}

/** Returns the page. Throws `ConsoleRefusal` 400 for a link whose account or role is not of AWS's form. */
export function showSwitchRole(world: World, request: HttpRequest): HttpAnswer {
  const form = parseForm(request.rawQuery);
  const account = form.get("account") ?? "";
  const roleName = form.get("roleName") ?? "";
  // With its path and without a leading slash. AWS takes an account's alias as well; accounts here have none.
  if (!/^\d{12}$/.test(account) || !/^(?:[\x21-\x7e]+\/)?[\w+=,.@-]{1,64}$/.test(roleName)) {
    throw new ConsoleRefusal(
      400,
      "The link does not name a role of an account.",
      "It needs account, 12 digits, and roleName, with the role's path if it has one.",
    );
  }
  const displayName = form.get("displayName");
  return renderPublicPage(world, {
    title: "Switch role",
    script: false,
    body: html`<h1>Switch role</h1>
      <dl class="facts">
        <div>
          <dt>Account</dt>
          <dd>${account}</dd>
        </div>
        <div>
          <dt>Role</dt>
          <dd>${roleName}</dd>
        </div>
        ${
          displayName !== undefined &&
          html`<div>
            <dt>Shown as</dt>
            <dd>${displayName}</dd>
          </div>`
        }
      </dl>
      <p>
        On AWS a form would ask you to confirm, and whoever is signed in would become this role. Nothing was done here.
      </p>
      <p>
        To be it in this console, assume <code>arn:aws:iam::${account}:role/${roleName}</code> and sign in with the
        credentials by the federation endpoint.
      </p>`,
  });
}
