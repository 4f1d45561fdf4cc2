// The tables of a stack's page.
import { cloudFormationService } from "../cloudformation/service.js";
import type { XmlObject } from "../wire/xml.js";
import { moment, stateMark } from "./form-parts.js";
import { address, html } from "./html.js";
import type { Html } from "./html.js";
import { invokePages } from "./invoke-pages.js";
import { objectsIn, textIn } from "./read-answer.js";
import type { StackView } from "./stack-view.js";
import type { Visit } from "./visit.js";

/** Returns status, times and description. */
export function stackFacts({ stack, status, id }: StackView): Html {
  const moments = [
    ["Created", textIn(stack, "CreationTime")],
    ["Updated", textIn(stack, "LastUpdatedTime")],
    ["Deleted", textIn(stack, "DeletionTime")],
  ] as const;
  const texts = [
    ["Status reason", textIn(stack, "StackStatusReason")],
    ["Description", textIn(stack, "Description")],
    ["Stack ID", id],
  ] as const;
  return html`<dl class="facts">
    <div>
      <dt>Status</dt>
      <dd id="status">${stateMark(status)}</dd>
    </div>
    ${moments.map(
      ([name, iso]) =>
        iso !== undefined &&
        html`<div>
          <dt>${name}</dt>
          <dd>${moment(iso)}</dd>
        </div>`,
    )}
    ${texts.map(
      ([name, text]) =>
        text !== undefined &&
        html`<div class="wide">
          <dt>${name}</dt>
          <dd class="lines">${text}</dd>
        </div>`,
    )}
  </dl>`;
}

/** Returns the events, newest first. Throws `AwsError` as DescribeStackEvents does. */
export function eventTable(visit: Visit, stackId: string): Html {
  const input = { StackName: stackId };
  const { items, more } = invokePages(visit, cloudFormationService, "DescribeStackEvents", input, "StackEvents");
  const rows = items.map(
    (event) =>
      html`<tr>
        <td data-label="Time">${moment(textIn(event, "Timestamp"))}</td>
        <td data-label="Logical ID">
          ${textIn(event, "LogicalResourceId")}
          <div class="soft small">${textIn(event, "ResourceType")}</div>
        </td>
        <td data-label="Status">${stateMark(textIn(event, "ResourceStatus") ?? "")}${reasonOf(event)}</td>
      </tr>`,
  );
  return html`<table>
      <thead>
        <tr>
          <th scope="col">Time</th>
          <th scope="col">Logical ID</th>
          <th scope="col">Status</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
    ${more && html`<p class="soft">There are older ones.</p>`}`;
}

/** Returns the resources; roles lead to their page. Throws `AwsError` as ListStackResources does. */
export function resourceTable(visit: Visit, stackId: string): Html {
  const input = { StackName: stackId };
  const { items } = invokePages(visit, cloudFormationService, "ListStackResources", input, "StackResourceSummaries");
  if (items.length === 0) return html`<p class="soft">None.</p>`;
  const rows = items.map((resource) => {
    const type = textIn(resource, "ResourceType");
    const physicalId = textIn(resource, "PhysicalResourceId");
    const role = type === "AWS::IAM::Role" && physicalId !== undefined;
    return html`<tr>
      <td data-label="Logical ID">
        ${textIn(resource, "LogicalResourceId")}
        <div class="soft small">${type}</div>
      </td>
      <td data-label="Physical ID">
        ${role ? html`<a href="${address("/_console/iam/role", { region: visit.region, name: physicalId })}">${physicalId}</a>` : (physicalId ?? "–")}
      </td>
      <td data-label="Status">${stateMark(textIn(resource, "ResourceStatus") ?? "")}${reasonOf(resource)}</td>
    </tr>`;
  });
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Logical ID</th>
        <th scope="col">Physical ID</th>
        <th scope="col">Status</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

/** Returns the outputs, each to be copied. */
export function outputTable(stack: XmlObject): Html {
  const outputs = objectsIn(stack, "Outputs");
  if (outputs.length === 0) return html`<p class="soft">None.</p>`;
  const rows = outputs.map((output, index) => {
    const id = `output-${index + 1}`;
    const key = textIn(output, "OutputKey");
    const exported = textIn(output, "ExportName");
    return html`<tr>
      <td data-label="Key">
        ${key}
        <div class="soft small">${textIn(output, "Description")}</div>
      </td>
      <td data-label="Value">
        <span class="value" id="${id}">${textIn(output, "OutputValue")}</span>
        <button type="button" class="small" data-copy="${id}" aria-label="Copy the value of ${key}" hidden>Copy</button
        >${exported !== undefined && html`<div class="soft small">exported as ${exported}</div>`}
      </td>
    </tr>`;
  });
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Key</th>
        <th scope="col">Value</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

/** Returns the parameters; CloudFormation masks those with NoEcho. */
export function parameterTable(stack: XmlObject): Html {
  const parameters = objectsIn(stack, "Parameters");
  if (parameters.length === 0) return html`<p class="soft">The stack has none.</p>`;
  const rows = parameters.map(
    (parameter) =>
      html`<tr>
        <td data-label="Key">${textIn(parameter, "ParameterKey")}</td>
        <td data-label="Value"><span class="lines">${textIn(parameter, "ParameterValue")}</span></td>
      </tr>`,
  );
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Key</th>
        <th scope="col">Value</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

function reasonOf(of: XmlObject): Html {
  const reason = textIn(of, "ResourceStatusReason");
  return reason === undefined ? html`` : html`<p class="reason lines">${reason}</p>`;
}
