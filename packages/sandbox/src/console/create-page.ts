// The quick-create page: everything on one page, filled in from the link, as AWS CloudFormation's console has it.
import { cloudFormationService } from "../cloudformation/service.js";
import type { HttpAnswer } from "../types.js";
import { describeTemplate } from "./describe-template.js";
import type { TemplateDescription } from "./describe-template.js";
import { acknowledgedIn, hiddenFields, stackAddress, typedParameters } from "./form-parts.js";
import { address, html } from "./html.js";
import { invokeOperation } from "./invoke-operation.js";
import { parameterFields, readParameters } from "./parameter-fields.js";
import { textIn } from "./read-answer.js";
import { redirect, renderPage } from "./render-page.js";
import { errorSummary, shownOf } from "./show-refusal.js";
import type { Shown } from "./show-refusal.js";
import { acknowledgement, templateCard } from "./template-parts.js";
import { valueIn } from "./visit.js";
import type { Visit } from "./visit.js";

/** Returns the form, or the question for a template when the link names none that can be read. */
export function showCreate(visit: Visit): HttpAnswer {
  return withTemplate(visit, (description) => createForm(visit, description, undefined));
}

/** Creates the stack and goes to its page; what is refused is shown above the form, with everything that was typed. */
export function submitCreate(visit: Visit): HttpAnswer {
  return withTemplate(visit, (description) => {
    try {
      const acknowledged = acknowledgedIn(visit);
      const answer = invokeOperation(visit, cloudFormationService, "CreateStack", {
        StackName: valueIn(visit, "stackName"),
        TemplateURL: valueIn(visit, "templateURL"),
        Parameters: readParameters(description, { typed: typedParameters(visit), existing: new Map() }),
        Capabilities: acknowledged === "" ? undefined : [acknowledged],
      });
      return redirect(stackAddress(visit, textIn(answer, "StackId") ?? ""));
    } catch (error) {
      return createForm(visit, description, shownOf(error));
    }
  });
}

function withTemplate(visit: Visit, use: (description: TemplateDescription) => HttpAnswer): HttpAnswer {
  const url = valueIn(visit, "templateURL");
  if (url === "") return askForTemplate(visit, undefined);
  let description: TemplateDescription;
  try {
    description = describeTemplate(visit, { TemplateURL: url });
  } catch (error) {
    return askForTemplate(visit, { ...shownOf(error), field: "templateURL" });
  }
  return use(description);
}

function createForm(visit: Visit, description: TemplateDescription, refused: Shown | undefined): HttpAnswer {
  const url = valueIn(visit, "templateURL");
  const field = (name: string) => (refused?.field === name ? html` aria-invalid="true"` : "");
  return renderPage(visit, {
    title: "Quick create stack",
    status: refused?.status ?? 200,
    body: html`<h1>Quick create stack</h1>
      ${refused !== undefined && errorSummary(refused)}
      <form method="post" action="/_console/cloudformation/create" autocomplete="off" novalidate>
        ${hiddenFields(visit, { templateURL: url })} ${templateCard(url, description)}
        <section class="card">
          <h2>Stack name</h2>
          <div class="field">
            <label for="stackName">Stack name</label>
            <p class="soft" id="stackName_about">Letters, digits and hyphens, at most 128; it starts with a letter.</p>
            <input
              type="text"
              id="stackName"
              name="stackName"
              value="${valueIn(visit, "stackName")}"
              autocomplete="off"
              spellcheck="false"
              aria-describedby="stackName_about"
              ${field("stackName")}
            />
          </div>
        </section>
        ${parameterFields(description, { typed: typedParameters(visit), existing: new Map(), refused: refused?.field })}
        ${acknowledgement(description, acknowledgedIn(visit), refused?.field === "acknowledge")}
        <div class="actions end">
          <a class="button" href="${address("/_console/cloudformation/stacks", { region: visit.region })}">Cancel</a
          ><button class="primary">Create stack</button>
        </div>
      </form>`,
  });
}

function askForTemplate(visit: Visit, refused: Shown | undefined): HttpAnswer {
  // Only what the link brought: what was typed may be a secret, and this form's values stand in the address.
  const fromLink = visit.request.method === "GET";
  const kept = [...visit.form].filter(([name]) => fromLink && (name === "stackName" || name.startsWith("param_")));
  return renderPage(visit, {
    title: "Create stack",
    status: refused?.status ?? 200,
    body: html`<h1>Create stack</h1>
      ${refused !== undefined && errorSummary(refused)}
      <form class="card" method="get" action="/_console/cloudformation/create">
        <input
          type="hidden"
          name="region"
          value="${visit.region}"
        />${kept.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
        <div class="field">
          <label for="templateURL">Amazon S3 URL of the template</label>
          <p class="soft" id="templateURL_about">
            An object of this sandbox's S3. It is read as CloudFormation reads it: unsigned, by what its bucket allows
            everybody.
          </p>
          <input
            type="text"
            id="templateURL"
            name="templateURL"
            value="${valueIn(visit, "templateURL")}"
            spellcheck="false"
            aria-describedby="templateURL_about"
            ${refused !== undefined ? html` aria-invalid="true"` : ""}
          />
        </div>
        <div class="actions"><button class="primary">Next</button></div>
      </form>`,
  });
}
