// Deleting a stack: only who types its name means it.
import { cloudFormationService } from "../cloudformation/service.js";
import type { HttpAnswer } from "../types.js";
import { hiddenFields, stackAddress } from "./form-parts.js";
import { html } from "./html.js";
import { invokeOperation } from "./invoke-operation.js";
import { redirect, renderPage } from "./render-page.js";
import { errorSummary, shownOf } from "./show-refusal.js";
import type { Shown } from "./show-refusal.js";
import { resourceTable } from "./stack-tables.js";
import { openStackView } from "./stack-view.js";
import type { StackView } from "./stack-view.js";
import { ConsoleRefusal, valueIn } from "./visit.js";
import type { Visit } from "./visit.js";

/** Returns the question. Throws `AwsError` as DescribeStacks and ListStackResources do. */
export function showDelete(visit: Visit): HttpAnswer {
  return deleteForm(visit, openStackView(visit, valueIn(visit, "stackId")), undefined);
}

/** Deletes the stack and goes to its page; what is refused is shown in place. */
export function submitDelete(visit: Visit): HttpAnswer {
  const view = openStackView(visit, valueIn(visit, "stackId"));
  try {
    if (valueIn(visit, "confirmation") !== view.name) {
      throw new ConsoleRefusal(400, "This is not the stack's name.", `Type ${view.name} to delete the stack.`);
    }
    invokeOperation(visit, cloudFormationService, "DeleteStack", { StackName: view.id });
  } catch (error) {
    return deleteForm(visit, view, { ...shownOf(error), field: "confirmation" });
  }
  return redirect(stackAddress(visit, view.id));
}

function deleteForm(visit: Visit, view: StackView, refused: Shown | undefined): HttpAnswer {
  return renderPage(visit, {
    title: `Delete ${view.name}`,
    status: refused?.status ?? 200,
    body: html`<h1>Delete stack ${view.name}?</h1>
      ${refused !== undefined && errorSummary(refused)}
      <section class="card">
        <h2>These resources go with it</h2>
        <p class="soft">Except those whose deletion policy keeps them.</p>
        ${resourceTable(visit, view.id)}
      </section>
      <form class="card" method="post" action="/_console/cloudformation/delete" autocomplete="off" novalidate>
        ${hiddenFields(visit, { stackId: view.id })}
        <div class="field">
          <label for="confirmation">Type the stack's name to confirm</label>
          <input
            type="text"
            id="confirmation"
            name="confirmation"
            value="${valueIn(visit, "confirmation")}"
            autocomplete="off"
            spellcheck="false"
            ${refused !== undefined ? html` aria-invalid="true"` : ""}
          />
        </div>
        <div class="actions">
          <a class="button" href="${stackAddress(visit, view.id)}">Cancel</a
          ><button class="danger">Delete stack</button>
        </div>
      </form>`,
  });
}
