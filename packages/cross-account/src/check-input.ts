// The door's checks: strict schemas, and messages that name the field but never repeat what was passed.
import * as v from "valibot";
import { CrossAccountError } from "./errors.js";

/**
 * Returns `input` as `schema` describes it, copied. Throws `CrossAccountError` `invalid_option` that names the first
 * wrong field. Schemas are strict objects, so that an unknown key, whatever its spelling, is refused.
 */
export function checkInput<const Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
  what: string,
): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, input, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const field = v.getDotPath(issue);
  if (issue.expected === "never" && field !== null) throw unknownOption(schema, field, what);
  const problem =
    field === null ? wantedWhole(issue, what) : `${what} needs \`${printable(field)}\`${requirement(issue, field)}`;
  throw new CrossAccountError("invalid_option", problem, {
    hint: field === null ? wholeHint(schema, what) : "correct it",
  });
}

/** A call with a text, say, where an object is expected: the hint shows the form. */
function wantedWhole(issue: v.BaseIssue<unknown>, what: string): string {
  return `${what} needs ${requirement(issue, null)}`;
}

function wholeHint(schema: v.GenericSchema, what: string): string {
  const names = entriesOf(schema);
  const [first] = names;
  if (first === undefined || /\s/.test(what)) return "correct it";
  return `call it with an object, ${what}({ ${first}${names.length > 1 ? ", …" : ""} })`;
}

/** A misspelt option would otherwise do nothing. External IDs get words of their own: people try to pass them in. */
function unknownOption(schema: v.GenericSchema, field: string, what: string): CrossAccountError {
  const names = entriesOf(schema);
  const message = `${what} does not know ${JSON.stringify(printable(field))}`;
  if (/external.?id/i.test(field)) {
    return new CrossAccountError("invalid_option", message, {
      hint: "remove it; external IDs are minted here and never passed in",
    });
  }
  const near = names.find((name) => isNear(name, field));
  const meant = near === undefined ? "" : `did you mean \`${near}\`? `;
  return new CrossAccountError("invalid_option", message, {
    hint: names.length === 0 ? "remove it" : `${meant}it knows ${names.join(", ")}`,
  });
}

/** The names of an object's fields, also behind checks and in unions. */
function entriesOf(schema: unknown): readonly string[] {
  if (typeof schema !== "object" || schema === null) return [];
  if ("entries" in schema && typeof schema.entries === "object" && schema.entries !== null)
    return Object.keys(schema.entries);
  return "pipe" in schema && Array.isArray(schema.pipe) ? entriesOf(schema.pipe[0]) : [];
}

/** Same letters in another order or case, or one more or less. */
function isNear(name: string, written: string): boolean {
  const [one, other] = [name, written].map((text) => [...text.toLowerCase()].sort().join(""));
  if (one === undefined || other === undefined || Math.abs(one.length - other.length) > 1) return false;
  const rest = [...one].reduce((left, letter) => left.replace(letter, ""), other);
  return rest.length <= 1;
}

/** Our own schemas word validations themselves; for mere types valibot's `expected` is used, never its message. */
function requirement(issue: v.BaseIssue<unknown>, field: string | null): string {
  if (field !== null && issue.received === "undefined") return ": it is missing";
  const wanted = issue.kind === "validation" ? issue.message : (typeWords[issue.expected ?? ""] ?? issue.expected);
  return `${field === null ? "" : " to be "}${wanted ?? "something else"}`;
}

const typeWords: Readonly<Record<string, string>> = {
  Object: "an object",
  Array: "a list",
  Function: "a function",
  string: "text",
  number: "a number",
};

/** Returns at most 64 characters of a name that others wrote, such that a terminal only shows them. */
export function printable(text: string): string {
  return text.slice(0, 64).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "?");
}

/**
 * A name that others chose: 1 to `length` characters, none of them control, format, unassigned or half of a surrogate
 * pair, so that it prints as one line and comes back from every store as it went in.
 */
export function printableText(length: number): v.GenericSchema<string> {
  const shape = new RegExp(`^[^\\p{C}\\p{Zl}\\p{Zp}]{1,${length}}$`, "u");
  return v.pipe(v.string(), v.regex(shape, `1 to ${length} printable characters`));
}

/** A customer as the vendor names them. Opaque to us. */
export const customerIdSchema = printableText(256);
/** What tells a customer's integrations apart. */
export const labelSchema = printableText(64);
/** An AWS account id (AWS Account Management Reference Guide, "View AWS account identifiers"). */
export const accountIdSchema = v.pipe(v.string(), v.regex(/^[0-9]{12}$/, "an AWS account id of 12 digits"));
/** A region's code. Host names are built from it, hence the narrow shape. */
export const regionSchema = v.pipe(
  v.string(),
  v.regex(/^[a-z]{2}(?:-[a-z]{2,12}){1,3}-[0-9]{1,2}$/, "an AWS region such as eu-west-1"),
);
/** One of our integration ids, or what claims to be one: looked up, never interpreted. ASCII, so that all stores sort alike. */
export const integrationIdSchema = v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,64}$/, "an integration id"));
/** A date that is one; copied, because dates are mutable. */
export const dateSchema = v.pipe(
  v.date(),
  v.transform((date) => new Date(date)),
);
