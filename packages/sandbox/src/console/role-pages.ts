// IAM's roles, to read: what a stack has made, whom each role trusts and what it may do.
import { iamService } from "../iam/service.js";
import { AwsError } from "../errors.js";
import type { HttpAnswer } from "../types.js";
import type { XmlObject } from "../wire/xml.js";
import { moment } from "./form-parts.js";
import { address, html } from "./html.js";
import type { Html } from "./html.js";
import { invokeOperation } from "./invoke-operation.js";
import { invokePages } from "./invoke-pages.js";
import { policyStatementsOf } from "./policy-statements.js";
import { objectIn, objectsIn, textIn, textsIn } from "./read-answer.js";
import { renderPage } from "./render-page.js";
import { errorSummary, shownOf } from "./show-refusal.js";
import { valueIn } from "./visit.js";
import type { Visit } from "./visit.js";

/** Returns the list of roles. Throws `AwsError` as ListRoles does. */
export function showRoles(visit: Visit): HttpAnswer {
  const { items, more } = invokePages(visit, iamService, "ListRoles", {}, "Roles");
  const rows = items.map((role) => {
    const name = textIn(role, "RoleName") ?? "";
    return html`<tr>
      <td data-label="Role"><a href="${address("/_console/iam/role", { region: visit.region, name })}">${name}</a></td>
      <td data-label="ARN">${textIn(role, "Arn")}</td>
      <td data-label="Created">${moment(textIn(role, "CreateDate"))}</td>
    </tr>`;
  });
  return renderPage(visit, {
    title: "IAM roles",
    body: html`<h1>IAM roles</h1>
      <section class="card">
        ${
          rows.length === 0
            ? html`<p class="soft">The account has no roles.</p>`
            : html`<table>
                <thead>
                  <tr>
                    <th scope="col">Role</th>
                    <th scope="col">ARN</th>
                    <th scope="col">Created</th>
                  </tr>
                </thead>
                <tbody>
                  ${rows}
                </tbody>
              </table>`
        }${more && html`<p class="soft">There are more.</p>`}
      </section>`,
  });
}

/** Returns one role. Throws `AwsError` as GetRole does; a policy that may not be read is told in its place. */
export function showRole(visit: Visit): HttpAnswer {
  const RoleName = valueIn(visit, "name");
  const role = objectIn(invokeOperation(visit, iamService, "GetRole", { RoleName }), "Role");
  const boundary = textIn(objectIn(role, "PermissionsBoundary"), "PermissionsBoundaryArn");
  const tags = objectsIn(role, "Tags").map((tag) => `${textIn(tag, "Key") ?? ""} = ${textIn(tag, "Value") ?? ""}`);
  const facts: readonly (readonly [string, Html | string | undefined])[] = [
    ["Created", moment(textIn(role, "CreateDate"))],
    ["Last used", moment(textIn(objectIn(role, "RoleLastUsed"), "LastUsedDate"))],
    ["Longest session, in seconds", textIn(role, "MaxSessionDuration")],
    ["Unique ID", textIn(role, "RoleId")],
  ];
  const texts: readonly (readonly [string, string | undefined])[] = [
    ["ARN", textIn(role, "Arn")],
    ["Description", textIn(role, "Description")],
    ["Tags", tags.length === 0 ? undefined : tags.join(", ")],
  ];
  return renderPage(visit, {
    title: RoleName,
    body: html`<h1>Role ${RoleName}</h1>
      <section class="card">
        <h2>Summary</h2>
        <dl class="facts">
          ${facts.map(
            ([name, value]) =>
              html`<div>
                <dt>${name}</dt>
                <dd>${value}</dd>
              </div>`,
          )}
          ${texts.map(
            ([name, value]) =>
              value !== undefined &&
              html`<div class="wide">
                <dt>${name}</dt>
                <dd>${value}</dd>
              </div>`,
          )}
        </dl>
      </section>
      <section class="card">
        <h2>Trust policy: who may assume it</h2>
        ${documentOf(role, "AssumeRolePolicyDocument")}
      </section>
      <section class="card">
        <h2>Permissions policies: what it may do</h2>
        ${permissions(visit, RoleName)}
      </section>
      ${
        boundary !== undefined &&
        html`<section class="card">
          <h2>Permissions boundary</h2>
          ${managed(visit, boundary)}
        </section>`
      }`,
  });
}

function permissions(visit: Visit, RoleName: string): Html {
  return told(() => {
    const names = textsIn(invokeOperation(visit, iamService, "ListRolePolicies", { RoleName }), "PolicyNames");
    const attached = invokePages(visit, iamService, "ListAttachedRolePolicies", { RoleName }, "AttachedPolicies").items;
    if (names.length + attached.length === 0) return html`<p class="soft">None: the role may do nothing.</p>`;
    const inline = names.map(
      (PolicyName) =>
        html`<h3>${PolicyName} <span class="soft">inline</span></h3>
          ${told(() => {
            const answer = invokeOperation(visit, iamService, "GetRolePolicy", { RoleName, PolicyName });
            return documentOf(answer, "PolicyDocument");
          })}`,
    );
    const others = attached.map((policy) => {
      const arn = textIn(policy, "PolicyArn") ?? "";
      return html`<h3>${textIn(policy, "PolicyName")} <span class="soft">${arn}</span></h3>
        ${managed(visit, arn)}`;
    });
    return html`${inline}${others}`;
  });
}

function managed(visit: Visit, PolicyArn: string): Html {
  return told(() => {
    const policy = objectIn(invokeOperation(visit, iamService, "GetPolicy", { PolicyArn }), "Policy");
    const VersionId = textIn(policy, "DefaultVersionId") ?? "";
    const answer = invokeOperation(visit, iamService, "GetPolicyVersion", { PolicyArn, VersionId });
    return html`<p class="soft">${PolicyArn}, ${VersionId}</p>
      ${documentOf(objectIn(answer, "PolicyVersion"), "Document")}`;
  });
}

/** IAM sends policies percent-encoded. */
function documentOf(answer: XmlObject, name: string): Html {
  return policyStatementsOf(decodeURIComponent(textIn(answer, name) ?? ""));
}

function told(part: () => Html): Html {
  try {
    return part();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return errorSummary({ ...shownOf(error), field: undefined });
  }
}
