// A plain page for people: what is in this sandbox, and what was asked of it. Nobody signs in for it; it has no secrets.
import { readPolicy } from "../stored-policy.js";
import type { Account, HttpAnswer } from "../types.js";
import type { CallRecord, World } from "../world-types.js";
import { moment } from "./form-parts.js";
import { html } from "./html.js";
import type { Html } from "./html.js";
import { renderPublicPage } from "./render-page.js";

const CALLS_SHOWN = 50;

/** Returns the page. */
export function showOverview(world: World): HttpAnswer {
  return renderPublicPage(world, {
    title: "Overview",
    script: false,
    body: html`<h1>daypass sandbox</h1>
      <p><a class="button primary" href="/_console/cloudformation/stacks">Sign in to an account</a></p>
      <section class="card">
        <h2>Accounts</h2>
        ${[...world.accounts.values()].map((account) => accountPart(world, account))}
      </section>
      <section class="card">
        <h2>Last calls</h2>
        ${callTable(world.calls.slice(-CALLS_SHOWN).toReversed())}
      </section>`,
  });
}

function accountPart(world: World, account: Account): Html {
  const users = [...account.users.values()].map(({ name }) => name).join(", ");
  const roles = [...account.roles.values()].map(
    (role) =>
      html`<details>
        <summary>${role.arn}</summary>
        <pre>${pretty(readPolicy(world, role.trustPolicy))}</pre>
      </details>`,
  );
  const buckets = [...world.buckets.values()]
    .filter(({ accountId }) => accountId === account.id)
    .map(({ name, objects }) => `${name} (${objects.size} objects)`);
  return html`<h3>${account.name} <small>${account.id}</small></h3>
    <dl class="facts">
      <div>
        <dt>Users</dt>
        <dd>${users}</dd>
      </div>
      <div>
        <dt>Buckets</dt>
        <dd>${buckets.join(", ") || "none"}</dd>
      </div>
      <div>
        <dt>Roles and whom they trust</dt>
        <dd>${roles.length === 0 ? "none" : roles}</dd>
      </div>
    </dl>`;
}

function callTable(calls: readonly CallRecord[]): Html {
  if (calls.length === 0) return html`<p class="soft">None yet.</p>`;
  const rows = calls.map((call) => {
    const cells: readonly (readonly [string, Html | string])[] = [
      ["Time", moment(call.time.toISOString())],
      ["Call", `${call.service}:${call.action ?? "?"}`],
      ["Who", call.principalArn ?? "nobody"],
      ["Resource", call.resource ?? ""],
      ["Outcome", call.errorCode === undefined ? `${call.status}` : `${call.status} ${call.errorCode}`],
    ];
    return html`<tr>
      ${cells.map(([name, cell]) => html`<td data-label="${name}">${cell}</td>`)}
    </tr>`;
  });
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Time</th>
        <th scope="col">Call</th>
        <th scope="col">Who</th>
        <th scope="col">Resource</th>
        <th scope="col">Outcome</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

function pretty(json: string): string {
  return JSON.stringify(JSON.parse(json), undefined, 2);
}
