// How a refusal looks: AWS's code and text in place, at the top of the page or of the form, and a way to the field.
import { AwsError } from "../errors.js";
import type { HttpAnswer } from "../types.js";
import type { World } from "../world-types.js";
import { html } from "./html.js";
import type { Html } from "./html.js";
import { renderPage, renderPublicPage } from "./render-page.js";
import { ConsoleRefusal } from "./visit.js";
import type { Visit } from "./visit.js";

/** What was refused, and what to do about it where the console knows. */
export interface Shown {
  readonly status: number;
  /** AWS's code; `undefined` for refusals of the console's own. */
  readonly code: string | undefined;
  readonly message: string;
  readonly hint: string | undefined;
  /** The id of the field that it is about. */
  readonly field: string | undefined;
}

/** Returns a refusal in its parts. Throws what is neither AWS's nor the console's. */
export function shownOf(error: unknown): Shown {
  if (error instanceof AwsError) {
    const { status, code, message } = error;
    return { status, code, message, hint: undefined, field: fieldOf(code, message) };
  }
  if (!(error instanceof ConsoleRefusal)) throw error;
  return { status: error.status, code: undefined, message: error.message, hint: error.hint, field: undefined };
}

/** Returns the box that says what was refused; the page's script moves the focus to it. */
export function errorSummary({ code, message, hint, field }: Shown): Html {
  return html`<div class="error" role="alert" tabindex="-1" data-focus>
    <h2>${code ?? "Refused"}</h2>
    <p class="message">${message}</p>
    ${hint !== undefined && html`<p>${hint}</p>`}
    ${field !== undefined && html`<p><a href="#${field}">Go to the field</a></p>`}
  </div>`;
}

/** Returns a whole page that says what was refused. */
export function refusalPage(world: World, visit: Visit | undefined, error: unknown): HttpAnswer {
  const shown = shownOf(error);
  const page = {
    title: "Refused",
    status: shown.status,
    body: html`<h1>The console cannot show this page</h1>
      ${errorSummary(shown)}`,
  };
  return visit === undefined ? renderPublicPage(world, page) : renderPage(visit, page);
}

/** Finds the field that CloudFormation's text is about. */
function fieldOf(code: string, message: string): string | undefined {
  if (code === "InsufficientCapabilitiesException") return "acknowledge";
  const parameter = /^Parameters?:? (?:'|\[)?([A-Za-z0-9]{1,255})\b/.exec(message)?.[1];
  if (parameter !== undefined) return `param_${parameter}`;
  if (code === "AlreadyExistsException" || message.includes("'stackName'")) return "stackName";
  return /^(?:TemplateURL|S3 error|Template)/.test(message) ? "templateURL" : undefined;
}
