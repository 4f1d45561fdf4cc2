// The access portal itself: the accounts and permission sets of whoever is signed in, and how a tool gets at them.
import { address, html } from "../console/html.js";
import { ConsoleRefusal } from "../console/visit.js";
import type { HttpAnswer } from "../types.js";
import { ACCOUNT_ACCESS } from "./clients.js";
import { assignmentsOf } from "./list-assignments.js";
import { hiddenFields, renderPortalPage } from "./portal-visit.js";
import type { PortalVisit } from "./portal-visit.js";
import { portalAddress } from "./start-url.js";

/** Lists the accounts, each with the permission sets. */
export function showAccounts(visit: PortalVisit): HttpAnswer {
  const { world, instance, person } = visit;
  const mine = assignmentsOf(instance, person.name);
  const ids = [...new Set(mine.map(({ accountId }) => accountId))];
  return renderPortalPage(visit, {
    title: "AWS access portal",
    body: html`<h1>AWS access portal</h1>
      ${ids.length === 0 && html`<p class="soft">You are assigned to no account.</p>`}
      ${ids.map(
        (accountId) =>
          html`<section class="card">
            <h2>${world.accounts.get(accountId)?.name ?? accountId} <small class="soft">${accountId}</small></h2>
            <ul>
              ${mine
                .filter((each) => each.accountId === accountId)
                .map(
                  ({ permissionSet }) =>
                    html`<li>
                      <a href="${address("/start/role", { account_id: accountId, role_name: permissionSet })}"
                        >${permissionSet}</a
                      >
                    </li>`,
                )}
            </ul>
          </section>`,
      )}`,
  });
}

/** Shows the lines of a profile for one permission set, and the way to the console. Throws `ConsoleRefusal` for what the person is not assigned to. */
export function showAssignment(visit: PortalVisit): HttpAnswer {
  const { instance, person, form, request } = visit;
  const [accountId, roleName] = [form.get("account_id") ?? "", form.get("role_name") ?? ""];
  const assignment = assignmentsOf(instance, person.name).find(
    (each) => each.accountId === accountId && each.permissionSet === roleName,
  );
  if (assignment === undefined) throw new ConsoleRefusal(403, "No access.", "Choose one of your accounts at /start.");
  const profile = [
    `[profile ${assignment.permissionSet}-${assignment.accountId}]`,
    "sso_session = sandbox",
    `sso_account_id = ${assignment.accountId}`,
    `sso_role_name = ${assignment.permissionSet}`,
    `region = ${instance.region}`,
    "",
    "[sso-session sandbox]",
    `sso_start_url = ${instance.startUrl ?? portalAddress(request)}`,
    `sso_region = ${instance.region}`,
    `sso_registration_scopes = ${ACCOUNT_ACCESS}`,
  ];
  return renderPortalPage(visit, {
    title: assignment.permissionSet,
    body: html`<h1>${assignment.permissionSet} in ${assignment.accountId}</h1>
      <section class="card">
        <h2>For your tools</h2>
        <p>With these lines in <code>~/.aws/config</code> a tool signs you in and gets credentials that expire.</p>
        <pre>${profile.join("\n")}</pre>
      </section>
      <form class="actions" method="post" action="/start/console">
        ${hiddenFields(visit, { account_id: assignment.accountId, role_name: assignment.permissionSet })}
        <button class="primary">Open the console</button>
        <a href="/start">All accounts</a>
      </form>`,
  });
}
