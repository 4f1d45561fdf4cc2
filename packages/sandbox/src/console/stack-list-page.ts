// The stacks of the account in the region, newest first.
import { cloudFormationService } from "../cloudformation/service.js";
import type { HttpAnswer } from "../types.js";
import { moment, stackAddress, stateMark } from "./form-parts.js";
import { address, html } from "./html.js";
import { invokePages } from "./invoke-pages.js";
import { textIn } from "./read-answer.js";
import { renderPage } from "./render-page.js";
import type { Visit } from "./visit.js";

/** Returns the list. Throws `AwsError` as DescribeStacks does. */
export function showStacks(visit: Visit): HttpAnswer {
  const { items, more } = invokePages(visit, cloudFormationService, "DescribeStacks", {}, "Stacks");
  const { region } = visit;
  return renderPage(visit, {
    title: "Stacks",
    body: html`<h1>Stacks</h1>
      <form class="actions" method="get" action="/_console/cloudformation/stacks">
        <label for="region">Region</label>
        <input class="region" type="text" id="region" name="region" value="${region}" spellcheck="false" /><button>
          Change
        </button>
        <a class="button primary" href="${address("/_console/cloudformation/create", { region })}">Create stack</a>
      </form>
      <section class="card">
        ${
          items.length === 0
            ? html`<p class="soft">There is no stack in ${region}.</p>`
            : html`<table>
                <thead>
                  <tr>
                    <th scope="col">Stack name</th>
                    <th scope="col">Status</th>
                    <th scope="col">Created</th>
                    <th scope="col">Description</th>
                  </tr>
                </thead>
                <tbody>
                  ${items.map((stack) => {
                    const id = textIn(stack, "StackId") ?? "";
                    return html`<tr>
                      <td data-label="Stack name">
                        <a href="${stackAddress(visit, id)}">${textIn(stack, "StackName")}</a>
                      </td>
                      <td data-label="Status">${stateMark(textIn(stack, "StackStatus") ?? "")}</td>
                      <td data-label="Created">${moment(textIn(stack, "CreationTime"))}</td>
                      <td data-label="Description">${textIn(stack, "Description")}</td>
                    </tr>`;
                  })}
                </tbody>
              </table>`
        }
        ${more && html`<p class="soft">There are more.</p>`}
      </section>`,
  });
}
