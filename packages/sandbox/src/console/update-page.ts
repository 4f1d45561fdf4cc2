// Updating a stack: another template or the present one, the parameters as they are, and a look at the changes first.
import { cloudFormationService } from "../cloudformation/service.js";
import type { Argument } from "../cloudformation/invoke-service.js";
import type { HttpAnswer } from "../types.js";
import { changeSetAddress } from "./change-set-page.js";
import { describeTemplate } from "./describe-template.js";
import type { TemplateDescription } from "./describe-template.js";
import { acknowledgedIn, hiddenFields, stackAddress, typedParameters } from "./form-parts.js";
import { html } from "./html.js";
import type { Html } from "./html.js";
import { invokeOperation } from "./invoke-operation.js";
import { parameterFields, readParameters } from "./parameter-fields.js";
import { textIn } from "./read-answer.js";
import { redirect, renderPage } from "./render-page.js";
import { errorSummary, shownOf } from "./show-refusal.js";
import type { Shown } from "./show-refusal.js";
import { openStackView } from "./stack-view.js";
import type { StackView } from "./stack-view.js";
import { acknowledgement, templateCard } from "./template-parts.js";
import { ConsoleRefusal, valueIn } from "./visit.js";
import type { Visit } from "./visit.js";

/** Returns the form. Throws `AwsError` as DescribeStacks does; a template that is refused is told in the form. */
export function showUpdate(visit: Visit): HttpAnswer {
  const view = openStackView(visit, valueIn(visit, "stackId"));
  return withTemplate(visit, view, (description) => updateForm(visit, view, description, undefined));
}

/** Updates the stack, or makes a change set of it, and goes to its page; what is refused is shown above the form. */
export function submitUpdate(visit: Visit): HttpAnswer {
  const view = openStackView(visit, valueIn(visit, "stackId"));
  return withTemplate(visit, view, (description) => {
    try {
      const order = orderOf(visit, view, description);
      switch (valueIn(visit, "step")) {
        case "preview":
          return redirect(preview(visit, view, order));
        case "update":
          invokeOperation(visit, cloudFormationService, "UpdateStack", order);
          return redirect(stackAddress(visit, view.id));
        default:
          throw new ConsoleRefusal(400, "The form does not say what to do.", "Use one of its buttons.");
      }
    } catch (error) {
      return updateForm(visit, view, description, shownOf(error));
    }
  });
}

function orderOf(visit: Visit, view: StackView, description: TemplateDescription): Readonly<Record<string, Argument>> {
  const url = valueIn(visit, "templateURL");
  const acknowledged = acknowledgedIn(visit);
  return {
    StackName: view.id,
    ...(url === "" ? { UsePreviousTemplate: true } : { TemplateURL: url }),
    Parameters: readParameters(description, { typed: typedParameters(visit), existing: view.parameters }),
    Capabilities: acknowledged === "" ? undefined : [acknowledged],
  };
}

/** Returns the address of the new change set. Throws `AwsError`, and `ConsoleRefusal` when nothing would change. */
function preview(visit: Visit, view: StackView, order: Readonly<Record<string, Argument>>): string {
  const ChangeSetName = `console-${Buffer.from(visit.world.randomBytes(8)).toString("hex")}`;
  const created = invokeOperation(visit, cloudFormationService, "CreateChangeSet", { ...order, ChangeSetName });
  const named = { StackName: view.id, ChangeSetName: textIn(created, "Id") ?? "" };
  const changeSet = invokeOperation(visit, cloudFormationService, "DescribeChangeSet", named);
  if (textIn(changeSet, "Status") !== "FAILED") return changeSetAddress(visit, view.id, named.ChangeSetName);
  invokeOperation(visit, cloudFormationService, "DeleteChangeSet", named);
  throw new ConsoleRefusal(400, textIn(changeSet, "StatusReason") ?? "", "Change a value or the template first.");
}

function withTemplate(
  visit: Visit,
  view: StackView,
  use: (description: TemplateDescription) => HttpAnswer,
): HttpAnswer {
  const url = valueIn(visit, "templateURL");
  let description: TemplateDescription;
  try {
    description = describeTemplate(visit, url === "" ? { StackName: view.id } : { TemplateURL: url });
  } catch (error) {
    return page(visit, view, { ...shownOf(error), field: "templateURL" }, html``);
  }
  return use(description);
}

function updateForm(
  visit: Visit,
  view: StackView,
  description: TemplateDescription,
  refused: Shown | undefined,
): HttpAnswer {
  const url = valueIn(visit, "templateURL");
  const state = { typed: typedParameters(visit), existing: view.parameters, refused: refused?.field };
  return page(
    visit,
    view,
    refused,
    html`<form method="post" action="/_console/cloudformation/update" autocomplete="off" novalidate>
      ${hiddenFields(visit, { stackId: view.id, templateURL: url })}
      ${templateCard(url === "" ? "the stack's present template" : url, description)}
      ${parameterFields(description, state)}
      ${acknowledgement(description, acknowledgedIn(visit), refused?.field === "acknowledge")}
      <div class="actions end">
        <a class="button" href="${stackAddress(visit, view.id)}">Cancel</a
        ><button name="step" value="update">Update now</button
        ><button class="primary" name="step" value="preview">Preview changes</button>
      </div>
    </form>`,
  );
}

function page(visit: Visit, view: StackView, refused: Shown | undefined, form: Html): HttpAnswer {
  return renderPage(visit, {
    title: `Update ${view.name}`,
    status: refused?.status ?? 200,
    body: html`<h1>Update stack ${view.name}</h1>
      ${refused !== undefined && errorSummary(refused)}
      <form class="card" method="get" action="/_console/cloudformation/update">
        <input type="hidden" name="region" value="${visit.region}" /><input
          type="hidden"
          name="stackId"
          value="${view.id}"
        />
        <div class="field">
          <label for="templateURL">Amazon S3 URL of a new template</label>
          <p class="soft" id="templateURL_about">Leave it empty to use the present template.</p>
          <input
            type="text"
            id="templateURL"
            name="templateURL"
            value="${valueIn(visit, "templateURL")}"
            spellcheck="false"
            aria-describedby="templateURL_about"
            ${refused?.field === "templateURL" ? html` aria-invalid="true"` : ""}
          />
        </div>
        <div class="actions"><button>Load template</button></div>
      </form>
      ${form}`,
  });
}
