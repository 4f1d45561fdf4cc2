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
  const unknownKey = issue.expected === "never";
  const problem = unknownKey
    ? `does not know ${JSON.stringify(printable(String(field)))}`
    : `needs ${field === null ? "" : `\`${printable(field)}\``}${requirement(issue, field)}`;
  throw new CrossAccountError("invalid_option", `${what} ${problem}`, {
    hint: unknownKey ? "remove it; external IDs in particular are minted here and never passed in" : "correct it",
  });
}

/** Our own schemas word validations themselves; for mere types valibot's `expected` is used, never its message. */
function requirement(issue: v.BaseIssue<unknown>, field: string | null): string {
  // A key that is missing is `expected` by its own name.
  if (issue.expected === JSON.stringify(field?.split(".").at(-1))) return "";
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

function printable(text: string): string {
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
