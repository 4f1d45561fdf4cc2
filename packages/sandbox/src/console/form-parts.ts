// What the forms about stacks have in common.
import { address, html } from "./html.js";
import type { Html } from "./html.js";
import { valueIn } from "./visit.js";
import type { Visit } from "./visit.js";

/** Returns the hidden fields that every form has, and others. */
export function hiddenFields({ csrfToken, region }: Visit, values: Readonly<Record<string, string>> = {}): Html {
  const all = { csrf: csrfToken, region, ...values };
  return html`${Object.entries(all).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  )}`;
}

/** Returns what stands in the fields of parameters, by parameter. */
export function typedParameters({ form }: Visit): ReadonlyMap<string, string> {
  const fields = [...form].filter(([name]) => name.startsWith("param_"));
  return new Map(fields.map(([name, value]) => [name.slice("param_".length), value]));
}

/** Returns the capability that the person has acknowledged in a form; a link cannot. */
export function acknowledgedIn(visit: Visit): string {
  return visit.request.method === "POST" ? valueIn(visit, "acknowledge") : "";
}

/** Returns the address of a stack's page. */
export function stackAddress({ region }: Visit, stackId: string): string {
  return address("/_console/cloudformation/stack", { region, stackId });
}

/** Returns the mark of a status: whether it is good, bad, under way or over. */
export function stateMark(status: string): Html {
  return html`<span class="state ${kindOf(status)}">${status}</span>`;
}

function kindOf(status: string): string {
  if (status.endsWith("_IN_PROGRESS")) return "busy";
  if (status.includes("FAILED") || status.includes("ROLLBACK")) return "bad";
  return status.startsWith("DELETE_") ? "plain" : "good";
}

/** Returns a moment, given as ISO 8601 or not at all, to the second. */
export function moment(iso: string | undefined): Html {
  if (iso === undefined) return html`–`;
  return html`<time class="short" datetime="${iso}">${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC</time>`;
}
