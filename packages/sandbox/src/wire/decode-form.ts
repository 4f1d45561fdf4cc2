// Turns the query protocol's flat form (`Tags.member.1.Key=…`) into the values that an operation's shapes describe.
// Constraint texts are those of AWS's services: "1 validation error detected: Value 'x' at 'roleArn' failed to satisfy
// constraint: Member must …". Source of the limits themselves: the service models that `input` is written from.
import { AwsError } from "../errors.js";
import type { IntegerShape, ListShape, Shape, StringShape, StructureShape } from "./shapes.js";

/** A form's parameters, each name once. */
export type Form = ReadonlyMap<string, string>;

const MAX_PARAMETERS = 1000;

/**
 * Reads a form (a body or a query). Throws `AwsError` 400 for a doubled parameter, too many of them, or text that is
 * not well-formed: what is read twice may be checked once.
 */
export function parseForm(text: string): Form {
  const form = new Map<string, string>();
  if (text === "") return form;
  const parts = text.split("&");
  if (parts.length > MAX_PARAMETERS) throw invalidQuery("too many parameters");
  for (const part of parts) {
    const equals = part.indexOf("=");
    const name = decode(equals === -1 ? part : part.slice(0, equals));
    if (name === "") throw invalidQuery("a parameter without a name");
    if (form.has(name)) throw invalidQuery(`the parameter ${quote(name)} is given twice`);
    form.set(name, equals === -1 ? "" : decode(part.slice(equals + 1)));
  }
  return form;
}

/**
 * Decodes the parameters that `input` names. Throws `AwsError` 400: `ValidationError` with every broken constraint,
 * `MalformedInput` for a value of the wrong kind, `InvalidQueryParameter` for a parameter that nothing names.
 */
export function decodeForm(form: Form, input: Readonly<Record<string, Shape>>): Readonly<Record<string, unknown>> {
  const reading: Reading = { form, used: new Set(), problems: [] };
  const decoded = decodeMembers(reading, input, "", "");
  for (const name of form.keys()) {
    if (!reading.used.has(name)) throw invalidQuery(`the parameter ${quote(name)} is not known`);
  }
  const count = reading.problems.length;
  if (count > 0) {
    throw new AwsError(
      400,
      "ValidationError",
      `${count} validation ${count === 1 ? "error" : "errors"} detected: ${reading.problems.join("; ")}`,
    );
  }
  return decoded;
}

interface Reading {
  readonly form: Form;
  readonly used: Set<string>;
  readonly problems: string[];
}

function decodeMembers(
  reading: Reading,
  members: Readonly<Record<string, Shape>>,
  prefix: string,
  shownPrefix: string,
): Readonly<Record<string, unknown>> {
  const decoded: Record<string, unknown> = {};
  for (const [name, shape] of Object.entries(members)) {
    const shown = `${shownPrefix}${name.charAt(0).toLowerCase()}${name.slice(1)}`;
    const value = decodeValue(reading, shape, `${prefix}${name}`, shown);
    if (value === undefined && shape.required) fail(reading, "null", shown, "must not be null");
    decoded[name] = value;
  }
  return decoded;
}

function decodeValue(reading: Reading, shape: Shape, name: string, shown: string): unknown {
  if (shape.type === "list") return decodeList(reading, shape, name, shown);
  if (shape.type === "structure") return decodeStructure(reading, shape, name, shown);
  const text = reading.form.get(name);
  if (text === undefined) return undefined;
  reading.used.add(name);
  switch (shape.type) {
    case "string":
      checkString(reading, shape, text, shown);
      return text;
    case "integer":
      return decodeInteger(reading, shape, text, shown);
    case "boolean":
      if (text !== "true" && text !== "false") throw malformed(`${quote(text)} at '${shown}' is not a boolean`);
      return text === "true";
  }
}

function decodeStructure(reading: Reading, shape: StructureShape, name: string, shown: string): unknown {
  if (!hasAnyUnder(reading.form, `${name}.`)) return undefined;
  return decodeMembers(reading, shape.members, `${name}.`, `${shown}.`);
}

function decodeList(reading: Reading, shape: ListShape, name: string, shown: string): unknown {
  const values: unknown[] = [];
  // An empty list travels as the bare name without a value.
  if (reading.form.get(name) === "") reading.used.add(name);
  else if (!hasAnyUnder(reading.form, `${name}.member.`)) return undefined;
  for (let index = 1; ; index++) {
    const item = `${name}.member.${index}`;
    if (!reading.form.has(item) && !hasAnyUnder(reading.form, `${item}.`)) break;
    values.push(decodeValue(reading, shape.of, item, `${shown}.${index}.member`));
  }
  checkLength(reading, shape, values.length, `'[${values.length} items]'`, shown);
  return values;
}

function decodeInteger(reading: Reading, shape: IntegerShape, text: string, shown: string): number {
  if (!/^[+-]?\d{1,10}$/.test(text)) throw malformed(`${quote(text)} at '${shown}' is not an integer`);
  const value = Number(text);
  if (shape.min !== undefined && value < shape.min) {
    fail(reading, `'${value}'`, shown, `must have value greater than or equal to ${shape.min}`);
  }
  if (shape.max !== undefined && value > shape.max) {
    fail(reading, `'${value}'`, shown, `must have value less than or equal to ${shape.max}`);
  }
  return value;
}

function checkString(reading: Reading, shape: StringShape, text: string, shown: string): void {
  checkLength(reading, shape, [...text].length, quote(text), shown);
  if (shape.pattern !== undefined && !new RegExp(`^(?:${shape.pattern})$`, "u").test(text)) {
    fail(reading, quote(text), shown, `must satisfy regular expression pattern: ${shape.pattern}`);
  }
  if (shape.enum !== undefined && !shape.enum.includes(text)) {
    fail(reading, quote(text), shown, `must satisfy enum value set: [${shape.enum.join(", ")}]`);
  }
}

function checkLength(
  reading: Reading,
  limits: { readonly min?: number; readonly max?: number },
  length: number,
  value: string,
  shown: string,
): void {
  if (limits.min !== undefined && length < limits.min) {
    fail(reading, value, shown, `must have length greater than or equal to ${limits.min}`);
  }
  if (limits.max !== undefined && length > limits.max) {
    fail(reading, value, shown, `must have length less than or equal to ${limits.max}`);
  }
}

function fail(reading: Reading, value: string, shown: string, constraint: string): void {
  reading.problems.push(`Value ${value} at '${shown}' failed to satisfy constraint: Member ${constraint}`);
}

function hasAnyUnder(form: Form, prefix: string): boolean {
  for (const name of form.keys()) if (name.startsWith(prefix)) return true;
  return false;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch (error) {
    if (error instanceof URIError) throw invalidQuery("a parameter is not well-formed");
    throw error;
  }
}

/** Long values are cut: an error must not echo 64 KiB. */
function quote(text: string): string {
  return `'${text.length > 256 ? `${text.slice(0, 256)}...` : text}'`;
}

// AWS documents `InvalidQueryParameter` for queries that do "not adhere to AWS standards" (IAM API Reference, "Common
// Errors"); its text beyond that is ours.
function invalidQuery(detail: string): AwsError {
  return new AwsError(
    400,
    "InvalidQueryParameter",
    `The AWS query string is malformed or does not adhere to AWS standards: ${detail}`,
  );
}

function malformed(message: string): AwsError {
  return new AwsError(400, "MalformedInput", message);
}
