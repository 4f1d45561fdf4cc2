// One stack: its status, which keeps itself fresh, and everything that can be read of it.
import { cloudFormationService } from "../cloudformation/service.js";
import { AwsError } from "../errors.js";
import type { HttpAnswer } from "../types.js";
import { address, html } from "./html.js";
import type { Html } from "./html.js";
import { invokeOperation } from "./invoke-operation.js";
import { textIn } from "./read-answer.js";
import { renderFragment, renderPage } from "./render-page.js";
import { errorSummary, shownOf } from "./show-refusal.js";
import { eventTable, outputTable, parameterTable, resourceTable, stackFacts } from "./stack-tables.js";
import { openStackView } from "./stack-view.js";
import type { StackView } from "./stack-view.js";
import { valueIn } from "./visit.js";
import type { Visit } from "./visit.js";

/** Returns the stack's page. Throws `AwsError` as DescribeStacks does. */
export function showStack(visit: Visit): HttpAnswer {
  const view = openStackView(visit, valueIn(visit, "stackId"));
  const { region } = visit;
  const query = { region, stackId: view.id };
  const gone = view.status === "DELETE_COMPLETE";
  return renderPage(visit, {
    title: view.name,
    body: html`<h1>${view.name}</h1>
      <p id="announcement" class="visually-hidden" role="status" aria-live="polite"></p>
      <p id="trouble" role="alert"></p>
      <div class="actions">
        ${
          !gone &&
          html`<a class="button" href="${address("/_console/cloudformation/update", query)}">Update</a>
            <a class="button" href="${address("/_console/cloudformation/delete", query)}">Delete</a>`
        } <a class="button" href="${address("/_console/cloudformation/stack", query)}">Refresh</a>
      </div>
      <div id="live" data-live="${address("/_console/cloudformation/stack-state", query)}">
        ${liveParts(visit, view)}
      </div>
      <section class="card" aria-labelledby="parameters">
        <h2 id="parameters">Parameters</h2>
        ${parameterTable(view.stack)}
      </section>
      <section class="card" aria-labelledby="template">
        <h2 id="template">Template</h2>
        ${templatePart(visit, view.id)}
      </section>`,
  });
}

/** Returns the part of the page that changes by itself. Throws `AwsError` as DescribeStacks does. */
export function showStackState(visit: Visit): HttpAnswer {
  return renderFragment(liveParts(visit, openStackView(visit, valueIn(visit, "stackId"))));
}

function liveParts(visit: Visit, view: StackView): Html {
  return html`<section
      class="card"
      aria-labelledby="overview"
      data-state="${view.status}"
      data-busy="${view.busy ? "yes" : "no"}"
    >
      <h2 id="overview">Stack info</h2>
      ${stackFacts(view)}
    </section>
    <section class="card" aria-labelledby="outputs">
      <h2 id="outputs">Outputs</h2>
      ${outputTable(view.stack)}
    </section>
    <section class="card" aria-labelledby="events">
      <h2 id="events">Events</h2>
      ${orRefusal(() => eventTable(visit, view.id))}
    </section>
    <section class="card" aria-labelledby="resources">
      <h2 id="resources">Resources</h2>
      ${orRefusal(() => resourceTable(visit, view.id))}
    </section>`;
}

function templatePart(visit: Visit, stackId: string): Html {
  return orRefusal(() => {
    const answer = invokeOperation(visit, cloudFormationService, "GetTemplate", { StackName: stackId });
    return html`<details>
      <summary>Show the template</summary>
      <pre>${textIn(answer, "TemplateBody")}</pre>
    </details>`;
  });
}

/** Whoever may see the stack may still not be allowed to see each part of it. */
function orRefusal(part: () => Html): Html {
  try {
    return part();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const { code, message, ...shown } = shownOf(error);
    return errorSummary({ ...shown, code, message, field: undefined });
  }
}
