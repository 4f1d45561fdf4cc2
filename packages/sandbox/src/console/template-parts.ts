// What a template would make, before it is made: its resources and, of roles and policies, who may do what.
import type { ResourceDeclaration, Value } from "../cloudformation/template-types.js";
import { isList, isMap, memberOf } from "../cloudformation/template-types.js";
import type { TemplateDescription } from "./describe-template.js";
import { html } from "./html.js";
import type { Html } from "./html.js";
import { policyStatements } from "./policy-statements.js";

/** Returns the card about the template itself. */
export function templateCard(address: string, { template }: TemplateDescription): Html {
  const resources = [...template.resources.values()];
  return html`<section class="card">
    <h2>Template</h2>
    <dl class="facts">
      <div>
        <dt>Template URL</dt>
        <dd>${address}</dd>
      </div>
      <div>
        <dt>Stack description</dt>
        <dd class="lines">${template.description ?? "–"}</dd>
      </div>
    </dl>
    <h3>Resources that the stack has</h3>
    <table>
      <thead>
        <tr>
          <th scope="col">Logical ID</th>
          <th scope="col">Type</th>
        </tr>
      </thead>
      <tbody>
        ${resources.map(
          ({ logicalId, type, condition }) =>
            html`<tr>
              <td data-label="Logical ID">${logicalId}</td>
              <td data-label="Type">
                ${type}${condition !== undefined && html` <span class="soft">if ${condition}</span>`}
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
    ${resources.map(permissionsOf)}
  </section>`;
}

/** Returns the box to tick, in AWS's words; nothing when nothing is to be acknowledged. `given` was ticked in the form. */
export function acknowledgement(description: TemplateDescription, given: string, refused: boolean): Html {
  const { capability, reason } = description;
  if (capability === undefined) return html``;
  const named = capability === "CAPABILITY_NAMED_IAM";
  return html`<section class="card">
    <h2>Capabilities</h2>
    <div class="caution">
      <p><strong>${reason}</strong></p>
      <p>
        This template contains Identity and Access Management (IAM) resources that might provide entities access to make
        changes to your AWS account. Check that you want to create each of these resources and that they have the
        minimum required
        permissions.${named ? " In addition, they have custom names. Check that the custom names are unique within your AWS account." : ""}
      </p>
      <div class="check">
        <input
          type="checkbox"
          id="acknowledge"
          name="acknowledge"
          value="${capability}"
          ${given === capability ? html` checked` : ""}${refused ? html` aria-invalid="true"` : ""}
        />
        <label for="acknowledge"
          >I acknowledge that AWS CloudFormation might create IAM resources${named ? " with custom names" : ""}.</label
        >
      </div>
    </div>
  </section>`;
}

function permissionsOf({ logicalId, properties }: ResourceDeclaration): Html {
  const policies: (readonly [title: string, policy: Value])[] = [];
  const add = (title: string, policy: Value | undefined) => {
    if (policy !== undefined) policies.push([title, policy]);
  };
  add("whom it trusts", memberOf(properties, "AssumeRolePolicyDocument"));
  const inline = memberOf(properties, "Policies");
  for (const item of inline !== undefined && isList(inline) ? inline : []) {
    if (isMap(item)) add(`what it may do: ${nameIn(item)}`, memberOf(item, "PolicyDocument"));
  }
  add("what it allows", memberOf(properties, "PolicyDocument"));
  return html`${policies.map(
    ([title, policy]) =>
      html`<details>
        <summary>${logicalId}: ${title}</summary>
        ${policyStatements(policy)}
      </details>`,
  )}`;
}

function nameIn(policy: Readonly<Record<string, Value>>): string {
  const name = memberOf(policy, "PolicyName");
  return typeof name === "string" ? name : name === undefined ? "" : JSON.stringify(name);
}
