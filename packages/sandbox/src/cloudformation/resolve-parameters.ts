// From what the caller gave to the values of a template's parameters.
// AWS CloudFormation User Guide, "CloudFormation template Parameters syntax"; texts as publicly reported.
import { patternOf } from "./parse-parameters.js";
import { validationError } from "./refusals.js";
import { MAX_PARAMETER_VALUE } from "./template-limits.js";
import type { ParameterDeclaration, Template } from "./template-types.js";

/** A parameter as the caller gave it. */
export interface GivenParameter {
  readonly ParameterKey: string | undefined;
  readonly ParameterValue: string | undefined;
  readonly UsePreviousValue: boolean | undefined;
}

/**
 * Returns every parameter's value as text, in the order of the template. `previous` are those that the stack has.
 * Throws `ValidationError`.
 */
export function resolveParameters(
  { parameters }: Template,
  given: readonly GivenParameter[],
  previous: ReadonlyMap<string, string> | undefined,
): ReadonlyMap<string, string> {
  const byName = indexGiven(given);
  const unknown = [...byName.keys()].filter((name) => !parameters.has(name));
  if (unknown.length > 0) {
    throw validationError(
      parameters.size === 0
        ? "Parameter values specified for a template which does not require them."
        : `Parameters: [${unknown.join(", ")}] do not exist in the template`,
    );
  }
  const values = new Map<string, string>();
  const missing: string[] = [];
  for (const [name, declaration] of parameters) {
    const one = byName.get(name);
    const value =
      one?.UsePreviousValue === true
        ? previousValue(name, previous)
        : (one?.ParameterValue ?? declaration.defaultValue);
    if (value === undefined) missing.push(name);
    else values.set(name, value);
  }
  if (missing.length > 0) throw validationError(`Parameters: [${missing.join(", ")}] must have values`);
  for (const [name, value] of values) {
    const declaration = parameters.get(name);
    if (declaration !== undefined) requireConstraints(declaration, value);
  }
  return values;
}

/** Returns the items of a CommaDelimitedList or a List<Number>: "space trimmed". */
export function listItems(value: string): readonly string[] {
  return value === "" ? [] : value.split(",").map((item) => item.trim());
}

function indexGiven(given: readonly GivenParameter[]): ReadonlyMap<string, GivenParameter> {
  const byName = new Map<string, GivenParameter>();
  for (const parameter of given) {
    const { ParameterKey: name, ParameterValue, UsePreviousValue } = parameter;
    if (name === undefined || name === "") throw validationError("Parameters must have a ParameterKey");
    if (byName.has(name)) throw validationError(`Duplicate parameter key: ${name}`);
    if (UsePreviousValue === true && ParameterValue !== undefined) {
      throw validationError(
        `Invalid input for parameter key ${name}. Cannot specify usePreviousValue as true and non empty value for a parameter`,
      );
    }
    if (UsePreviousValue !== true && ParameterValue === undefined) {
      throw validationError(`Invalid input for parameter key ${name}. Either specify usePreviousValue or a value`);
    }
    byName.set(name, parameter);
  }
  return byName;
}

function previousValue(name: string, previous: ReadonlyMap<string, string> | undefined): string {
  const value = previous?.get(name);
  if (value !== undefined) return value;
  throw validationError(
    previous === undefined
      ? "Invalid input: UsePreviousValue cannot be used when a stack is created"
      : `Invalid input for parameter key ${name}. Cannot specify usePreviousValue as true for a parameter key not in the previous template`,
  );
}

function requireConstraints(declaration: ParameterDeclaration, value: string): void {
  if (Buffer.byteLength(value) > MAX_PARAMETER_VALUE) {
    throw validationError(`Parameter '${declaration.name}' must contain at most ${MAX_PARAMETER_VALUE} characters`);
  }
  const broken = brokenConstraint(declaration, value);
  if (broken === undefined) return;
  // The constraint's own words never contain the value: it may be a secret.
  throw validationError(
    declaration.constraintDescription === undefined
      ? `Parameter '${declaration.name}' ${broken}`
      : `Parameter ${declaration.name} failed to satisfy constraint: ${declaration.constraintDescription}`,
  );
}

function brokenConstraint(declaration: ParameterDeclaration, value: string): string | undefined {
  const { type, allowedValues, allowedPattern, minLength, maxLength, minValue, maxValue } = declaration;
  const isListType = type === "CommaDelimitedList" || type === "List<Number>";
  const items = isListType ? listItems(value) : [value];
  if (type === "Number" || type === "List<Number>") {
    if (!items.every((item) => /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(item))) return "must be a number.";
    if (minValue !== undefined && items.some((item) => Number(item) < minValue)) {
      return `must be a number not less than ${minValue}`;
    }
    if (maxValue !== undefined && items.some((item) => Number(item) > maxValue)) {
      return `must be a number not greater than ${maxValue}`;
    }
  }
  if (allowedValues !== undefined && !items.every((item) => allowedValues.includes(item))) {
    return "must be one of AllowedValues";
  }
  if (type !== "String") return undefined;
  if (minLength !== undefined && [...value].length < minLength) return `must contain at least ${minLength} characters`;
  if (maxLength !== undefined && [...value].length > maxLength) return `must contain at most ${maxLength} characters`;
  if (allowedPattern !== undefined && !patternOf(allowedPattern).test(value)) {
    return `must match pattern ${allowedPattern}`;
  }
  return undefined;
}
