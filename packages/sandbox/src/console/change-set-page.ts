// What an update would change, before it does.
import { cloudFormationService } from "../cloudformation/service.js";
import type { HttpAnswer } from "../types.js";
import type { XmlObject } from "../wire/xml.js";
import { hiddenFields, stackAddress } from "./form-parts.js";
import { address, html } from "./html.js";
import type { Html } from "./html.js";
import { invokeOperation } from "./invoke-operation.js";
import { objectIn, objectsIn, textIn } from "./read-answer.js";
import { redirect, renderPage } from "./render-page.js";
import { errorSummary, shownOf } from "./show-refusal.js";
import type { Shown } from "./show-refusal.js";
import { openStackView } from "./stack-view.js";
import { ConsoleRefusal, valueIn } from "./visit.js";
import type { Visit } from "./visit.js";

/** Returns the address of a change set's page. */
export function changeSetAddress({ region }: Visit, stackId: string, changeSet: string): string {
  return address("/_console/cloudformation/change-set", { region, stackId, changeSet });
}

/** Returns the change set's page. Throws `AwsError` as DescribeChangeSet does. */
export function showChangeSet(visit: Visit): HttpAnswer {
  return changeSetPage(visit, undefined);
}

/** Executes or discards the change set and goes to the stack's page; what is refused is shown in place. */
export function submitChangeSet(visit: Visit): HttpAnswer {
  const stackId = valueIn(visit, "stackId");
  const named = { StackName: stackId, ChangeSetName: valueIn(visit, "changeSet") };
  try {
    switch (valueIn(visit, "step")) {
      case "execute":
        invokeOperation(visit, cloudFormationService, "ExecuteChangeSet", named);
        break;
      case "discard":
        invokeOperation(visit, cloudFormationService, "DeleteChangeSet", named);
        break;
      default:
        throw new ConsoleRefusal(400, "The form does not say what to do.", "Use one of its buttons.");
    }
  } catch (error) {
    return changeSetPage(visit, shownOf(error));
  }
  return redirect(stackAddress(visit, stackId));
}

function changeSetPage(visit: Visit, refused: Shown | undefined): HttpAnswer {
  const stackId = valueIn(visit, "stackId");
  const named = { StackName: stackId, ChangeSetName: valueIn(visit, "changeSet") };
  const changeSet = invokeOperation(visit, cloudFormationService, "DescribeChangeSet", named);
  const view = openStackView(visit, stackId);
  const changes = objectsIn(changeSet, "Changes").map((change) => objectIn(change, "ResourceChange"));
  return renderPage(visit, {
    title: `Changes to ${view.name}`,
    status: refused?.status ?? 200,
    body: html`<h1>Changes to ${view.name}</h1>
      ${refused !== undefined && errorSummary(refused)}
      <section class="card">
        <h2>Parameters</h2>
        ${parameterChanges(changeSet, view.parameters)}
      </section>
      <section class="card">
        <h2>Resources</h2>
        ${changes.length === 0 ? html`<p class="soft">No resource changes: only outputs or tags do.</p>` : changeTable(changes)}
      </section>
      <form class="actions end" method="post" action="/_console/cloudformation/change-set">
        ${hiddenFields(visit, { stackId, changeSet: named.ChangeSetName })}
        <button name="step" value="discard">Discard</button
        ><button class="primary" name="step" value="execute">Execute change set</button>
      </form>`,
  });
}

function changeTable(changes: readonly XmlObject[]): Html {
  const rows = changes.map((change) => {
    const details = objectsIn(change, "Details").map((detail) => {
      const target = objectIn(detail, "Target");
      const recreation = textIn(target, "RequiresRecreation");
      const name = textIn(target, "Name") ?? textIn(target, "Attribute");
      return html`<div>
        ${name}${recreation !== "Never" && html` <span class="soft">(recreation: ${recreation})</span>`}
      </div>`;
    });
    return html`<tr>
      <td data-label="Action"><strong>${textIn(change, "Action")}</strong></td>
      <td data-label="Logical ID">
        ${textIn(change, "LogicalResourceId")}
        <div class="soft small">${textIn(change, "ResourceType")}</div>
      </td>
      <td data-label="Physical ID">${textIn(change, "PhysicalResourceId") ?? "–"}</td>
      <td data-label="Replacement">${textIn(change, "Replacement") ?? "–"}</td>
      <td data-label="What changes">${details.length === 0 ? "–" : details}</td>
    </tr>`;
  });
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Action</th>
        <th scope="col">Logical ID</th>
        <th scope="col">Physical ID</th>
        <th scope="col">Replacement</th>
        <th scope="col">What changes</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

function parameterChanges(changeSet: XmlObject, before: ReadonlyMap<string, string>): Html {
  const after = new Map(
    objectsIn(changeSet, "Parameters").map((one) => [textIn(one, "ParameterKey") ?? "", textIn(one, "ParameterValue")]),
  );
  const names = [...new Set([...before.keys(), ...after.keys()])].filter(
    (name) => before.get(name) !== after.get(name),
  );
  if (names.length === 0) return html`<p class="soft">None changes. (A NoEcho parameter's change does not show.)</p>`;
  const rows = names.map(
    (name) =>
      html`<tr>
        <td data-label="Key">${name}</td>
        <td data-label="Now">${before.get(name) ?? "–"}</td>
        <td data-label="Afterwards">${after.get(name) ?? "–"}</td>
      </tr>`,
  );
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Key</th>
        <th scope="col">Now</th>
        <th scope="col">Afterwards</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}
