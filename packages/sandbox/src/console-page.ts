// A plain page for people: what is in this sandbox, and what was asked of it. Read-only, no script, no secrets.
import { readPolicy } from "./stored-policy.js";
import type { Account, CallRecord, HttpAnswer, HttpRequest, World } from "./types.js";
import { escapeXml as escape } from "./wire/xml.js";

export const CONSOLE_PREFIX = "/_console/";

const CALLS_SHOWN = 50;
const STYLE = `body{font:16px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem}
.note{border:2px solid #a15c00;padding:.5rem 1rem}table{border-collapse:collapse;width:100%}
th,td{text-align:left;border-bottom:1px solid #8888;padding:.25rem .5rem;vertical-align:top}
pre{background:#8881;padding:.5rem;overflow:auto}`;

/** Answers a request below `/_console/`: the one page, by GET. */
export function answerConsole(world: World, request: HttpRequest): HttpAnswer {
  if (request.rawPath !== CONSOLE_PREFIX || request.method !== "GET") {
    return page(404, "<h1>There is nothing here</h1>");
  }
  return page(
    200,
    `<h1>daypass sandbox</h1>
<p class="note">This is a sandbox on this machine. It is not AWS: nothing here exists in any AWS account.</p>
<h2>Accounts</h2>
${[...world.accounts.values()].map((account) => accountSection(world, account)).join("\n")}
<h2>Last calls</h2>
${callTable(world.calls.slice(-CALLS_SHOWN).toReversed())}`,
  );
}

function accountSection(world: World, account: Account): string {
  const users = [...account.users.values()].map(({ name }) => escape(name)).join(", ");
  const roles = [...account.roles.values()].map(
    (role) =>
      `<details><summary>${escape(role.arn)}</summary><pre>${escape(pretty(readPolicy(world, role.trustPolicy)))}</pre></details>`,
  );
  const buckets = [...world.buckets.values()]
    .filter(({ accountId }) => accountId === account.id)
    .map(({ name, objects }) => `${escape(name)} (${objects.size} objects)`);
  return `<section><h3>${escape(account.name)} <small>${escape(account.id)}</small></h3>
<p>Users: ${users}</p>
<p>Roles and whom they trust:</p>${roles.join("") || "<p>none</p>"}
<p>Buckets: ${buckets.join(", ") || "none"}</p></section>`;
}

function callTable(calls: readonly CallRecord[]): string {
  if (calls.length === 0) return "<p>none yet</p>";
  const rows = calls.map((call) => {
    const cells = [
      call.time.toISOString(),
      `${call.service}:${call.action ?? "?"}`,
      call.principalArn ?? "nobody",
      call.resource ?? "",
      call.errorCode === undefined ? `${call.status}` : `${call.status} ${call.errorCode}`,
    ];
    return `<tr>${cells.map((cell) => `<td>${escape(cell)}</td>`).join("")}</tr>`;
  });
  return `<table><thead><tr><th>Time</th><th>Call</th><th>Who</th><th>Resource</th><th>Outcome</th></tr></thead>
<tbody>${rows.join("\n")}</tbody></table>`;
}

function pretty(json: string): string {
  return JSON.stringify(JSON.parse(json), undefined, 2);
}

function page(status: number, body: string): HttpAnswer {
  return {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy":
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    },
    body: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>daypass sandbox</title><style>${STYLE}</style></head>
<body>${body}</body></html>
`,
  };
}
