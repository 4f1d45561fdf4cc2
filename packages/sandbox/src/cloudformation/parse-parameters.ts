// The Parameters section (AWS CloudFormation User Guide, "CloudFormation template Parameters syntax").
import { templateFormatError } from "./refusals.js";
import { MAX_PARAMETERS } from "./template-limits.js";
import { isList, isMap, memberOf } from "./template-types.js";
import type { ParameterDeclaration, ParameterType, Value, ValueMap } from "./template-types.js";

const PROPERTIES: ReadonlySet<string> = new Set([
  "Type",
  "Default",
  "NoEcho",
  "Description",
  "AllowedValues",
  "AllowedPattern",
  "MinLength",
  "MaxLength",
  "MinValue",
  "MaxValue",
  "ConstraintDescription",
]);
/** Types that look something up in EC2, Route 53 or SSM are refused: the sandbox could not check what they promise. */
const TYPES: readonly ParameterType[] = ["String", "Number", "CommaDelimitedList", "List<Number>"];

/** Returns the declarations by name. Throws `ValidationError`. */
export function parseParameters(section: ValueMap): ReadonlyMap<string, ParameterDeclaration> {
  const names = Object.keys(section);
  if (names.length > MAX_PARAMETERS) {
    throw templateFormatError(
      `Number of parameters, ${names.length}, is greater than maximum allowed, ${MAX_PARAMETERS}`,
    );
  }
  return new Map(Object.entries(section).map(([name, declared]) => [name, parseParameter(name, declared)]));
}

function parseParameter(name: string, declared: Value): ParameterDeclaration {
  if (!/^[A-Za-z0-9]{1,255}$/.test(name)) throw templateFormatError(`Parameter name ${name} is non alphanumeric.`);
  if (!isMap(declared)) throw templateFormatError("Every Parameters member must be a map.");
  const unknown = Object.keys(declared).find((property) => !PROPERTIES.has(property));
  if (unknown !== undefined) throw templateFormatError(`Invalid template parameter property '${unknown}'`);
  const written = memberOf(declared, "Type");
  if (written === undefined) throw templateFormatError("Every Parameters object must contain a Type member.");
  const type = TYPES.find((known) => known === written);
  if (type === undefined) throw templateFormatError(`Unrecognized parameter type: ${JSON.stringify(written)}`);
  const declaration = {
    name,
    type,
    defaultValue: textOf(declared, "Default", name),
    noEcho: /^true$/i.test(textOf(declared, "NoEcho", name) ?? "false"),
    description: textOf(declared, "Description", name),
    allowedValues: allowedValuesOf(declared, name),
    allowedPattern: textOf(declared, "AllowedPattern", name),
    minLength: numberOf(declared, "MinLength", name),
    maxLength: numberOf(declared, "MaxLength", name),
    minValue: numberOf(declared, "MinValue", name),
    maxValue: numberOf(declared, "MaxValue", name),
    constraintDescription: textOf(declared, "ConstraintDescription", name),
  };
  requirePattern(declaration);
  return declaration;
}

function requirePattern({ name, allowedPattern }: Pick<ParameterDeclaration, "name" | "allowedPattern">): void {
  if (allowedPattern === undefined) return;
  try {
    patternOf(allowedPattern);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw templateFormatError(`AllowedPattern of parameter ${name} is not a regular expression`);
  }
}

/** Returns the pattern as CloudFormation applies it: to the whole value. Throws `SyntaxError`. */
export function patternOf(allowedPattern: string): RegExp {
  const anchored = `^(?:${allowedPattern})$`;
  try {
    return new RegExp(anchored, "u");
  } catch {
    // AWS's are Java's regular expressions, which escape what needs no escape; JavaScript's stricter mode does not.
    return new RegExp(anchored);
  }
}

function allowedValuesOf(declared: ValueMap, name: string): readonly string[] | undefined {
  const values = memberOf(declared, "AllowedValues");
  if (values === undefined) return undefined;
  if (!isList(values) || values.length === 0 || values.some((value) => typeof value === "object")) {
    throw templateFormatError(`AllowedValues of parameter ${name} must be a list of values`);
  }
  return values.map(String);
}

function numberOf(declared: ValueMap, property: string, name: string): number | undefined {
  const text = textOf(declared, property, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) {
    throw templateFormatError(`${property} of parameter ${name} must be a number`);
  }
  return value;
}

function textOf(declared: ValueMap, property: string, name: string): string | undefined {
  const value = memberOf(declared, property);
  if (value === undefined) return undefined;
  if (typeof value === "object") {
    throw templateFormatError(`Every ${property} member of parameter ${name} must be a string.`);
  }
  return String(value);
}
