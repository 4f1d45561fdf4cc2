// A policy in readable form, statement by statement. What it says is not judged here: what is not understood is shown
// as it is written.
import { html } from "./html.js";
import type { Html } from "./html.js";

const NAMES: Readonly<Record<string, string>> = {
  Principal: "Who",
  NotPrincipal: "All but",
  Action: "May do",
  NotAction: "All actions but",
  Resource: "On",
  NotResource: "All resources but",
  Condition: "Only if",
};

/** Returns the statements of a policy, given as data; intrinsic functions of templates appear as JSON. */
export function policyStatements(policy: unknown): Html {
  const statement = isObject(policy) ? policy["Statement"] : undefined;
  const statements: readonly unknown[] = Array.isArray(statement) ? statement : [statement];
  if (!statements.every(isObject)) return raw(policy);
  return html`${statements.map(renderStatement)}${raw(policy)}`;
}

/** Returns the statements of a policy's text; the text alone when it is not JSON. */
export function policyStatementsOf(text: string): Html {
  try {
    return policyStatements(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return html`<pre>${text}</pre>`;
  }
}

function renderStatement(statement: Readonly<Record<string, unknown>>): Html {
  const effect = statement["Effect"];
  const side = effect === "Allow" ? "allow" : "deny";
  const rows = Object.entries(statement).filter(([name]) => name !== "Effect" && name !== "Sid");
  const sid = statement["Sid"];
  return html`<div class="statement ${side}">
    <p>
      <strong>${words(effect).join(" ")}</strong>${typeof sid === "string" && html` <span class="soft">${sid}</span>`}
    </p>
    <dl>
      ${rows.map(
        ([name, value]) =>
          html`<dt>${nameOf(name, effect)}</dt>
            <dd>${lines(name, value).map((line) => html`<div><code>${line}</code></div>`)}</dd>`,
      )}
    </dl>
  </div>`;
}

function nameOf(name: string, effect: unknown): string {
  if (name === "Action" && effect !== "Allow") return "May not do";
  return Object.hasOwn(NAMES, name) ? (NAMES[name] ?? name) : name;
}

function lines(name: string, value: unknown): readonly string[] {
  if (!isObject(value) || isFunction(value)) return words(value);
  if (name !== "Condition")
    return Object.entries(value).flatMap(([type, of]) => words(of).map((one) => `${type}: ${one}`));
  return Object.entries(value).flatMap(([operator, keys]) =>
    isObject(keys) && !isFunction(keys)
      ? Object.entries(keys).map(([key, of]) => `${operator} ${key} = ${words(of).join(" or ")}`)
      : [`${operator} ${JSON.stringify(keys)}`],
  );
}

function words(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value];
  return list.map((item) => (typeof item === "string" ? item : item === undefined ? "" : JSON.stringify(item)));
}

function raw(policy: unknown): Html {
  return html`<details>
    <summary>JSON</summary>
    <pre>${JSON.stringify(policy, undefined, 2)}</pre>
  </details>`;
}

/** `{"Ref": …}`, `{"Fn::Sub": …}`: not a map of principals or operators. */
function isFunction(value: Readonly<Record<string, unknown>>): boolean {
  const [name = ""] = Object.keys(value);
  return Object.keys(value).length === 1 && (name === "Ref" || name.startsWith("Fn::"));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
