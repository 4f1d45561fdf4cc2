// One field for each parameter of a template, and the way back from fields to what CloudFormation is given.
import type { Argument } from "../cloudformation/invoke-service.js";
import type { LabelledParameter, TemplateDescription } from "./describe-template.js";
import { html } from "./html.js";
import type { Html } from "./html.js";

export interface FieldState {
  /** What stands in the fields, by parameter: typed, or taken from the link. */
  readonly typed: ReadonlyMap<string, string>;
  /** What the stack has, by parameter, when it is updated; NoEcho ones are masked. */
  readonly existing: ReadonlyMap<string, string>;
  /** The id of the field that was refused. */
  readonly refused: string | undefined;
}

/** Returns the fields in the template's groups. */
export function parameterFields({ groups }: TemplateDescription, state: FieldState): Html {
  if (groups.length === 0)
    return html`<section class="card">
      <h2>Parameters</h2>
      <p class="soft">The template has no parameters.</p>
    </section>`;
  return html`${groups.map(
    ({ label, parameters }) =>
      html`<section class="card">
        <h2>${label}</h2>
        ${parameters.map((parameter) => field(parameter, state))}
      </section>`,
  )}`;
}

/** Returns the `Parameters` of CreateStack and UpdateStack for what was typed. */
export function readParameters(
  { template }: TemplateDescription,
  { typed, existing }: Omit<FieldState, "refused">,
): readonly Argument[] {
  return [...template.parameters.values()].flatMap(({ name, noEcho, defaultValue }): readonly Argument[] => {
    const value = typed.get(name);
    const present = existing.get(name);
    const untouched = value === undefined || value === (noEcho ? "" : asShown(present ?? defaultValue ?? ""));
    if (untouched && present !== undefined) return [{ ParameterKey: name, UsePreviousValue: true }];
    // An empty field is no value: what has a default gets it, and CloudFormation names what has none.
    if (untouched) return [];
    return [{ ParameterKey: name, ParameterValue: value }];
  });
}

/** Browsers take line breaks out of one-line fields: a value must not change because it was shown. */
function asShown(value: string): string {
  return value.replace(/[\r\n]/g, "");
}

function field(parameter: LabelledParameter, state: FieldState): Html {
  const { name, label, description, noEcho, allowedValues } = parameter;
  const id = `param_${name}`;
  const hints = [
    label === name ? undefined : name,
    ...constraints(parameter),
    noEcho ? secretHint(parameter, state) : undefined,
  ];
  const shown = hints.filter((hint) => hint !== undefined);
  const value = state.typed.get(name) ?? state.existing.get(name) ?? parameter.defaultValue ?? "";
  const about = html`aria-describedby="${id}_about"${state.refused === id ? html` aria-invalid="true"` : ""}`;
  const input = noEcho
    ? html`<input type="password" id="${id}" name="${id}" autocomplete="off" ${about} />`
    : allowedValues === undefined
      ? html`<input
          type="text"
          id="${id}"
          name="${id}"
          value="${asShown(value)}"
          autocomplete="off"
          spellcheck="false"
          ${about}
        />`
      : html`<select id="${id}" name="${id}" ${about}>
          ${options(allowedValues, value)}
        </select>`;
  return html`<div class="field">
    <label for="${id}">${label}</label>
    <p class="soft" id="${id}_about">
      ${description !== undefined && html`<span class="lines">${description}</span><br />`}${shown.join(" · ")}
    </p>
    ${input}
  </div>`;
}

/** A value that is not allowed stays in sight: CloudFormation refuses it, the console does not hide it. */
function options(allowed: readonly string[], value: string): Html {
  const all = allowed.includes(value) ? allowed : [value, ...allowed];
  return html`${all.map((one) => html`<option value="${one}" ${one === value ? html` selected` : ""}>${one}${!allowed.includes(one) && one !== "" ? " (not allowed)" : ""}</option>`)}`;
}

function secretHint({ name, defaultValue }: LabelledParameter, { existing }: FieldState): string {
  const empty = existing.has(name)
    ? "leave it empty to keep the present value"
    : defaultValue === undefined
      ? "never filled in from a link"
      : "leave it empty for the template's default";
  return `NoEcho: never shown, not even after an error; ${empty}`;
}

function constraints({
  type,
  allowedPattern,
  constraintDescription,
  minLength,
  maxLength,
  minValue,
  maxValue,
}: LabelledParameter): readonly (string | undefined)[] {
  return [
    type === "String" ? undefined : TYPES[type],
    range(minLength, maxLength, "characters"),
    range(minValue, maxValue, ""),
    constraintDescription ?? (allowedPattern === undefined ? undefined : `must match ${allowedPattern}`),
  ];
}

const TYPES = {
  Number: "a number",
  CommaDelimitedList: "values, separated by commas",
  "List<Number>": "numbers, separated by commas",
} as const;

function range(least: number | undefined, most: number | undefined, unit: string): string | undefined {
  if (least === undefined && most === undefined) return undefined;
  if (least === undefined) return `at most ${most ?? ""} ${unit}`.trim();
  return most === undefined ? `at least ${least} ${unit}`.trim() : `${least} to ${most} ${unit}`.trim();
}
