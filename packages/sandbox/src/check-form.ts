// Says what is wrong with a value of the wrong form: a misspelt option would otherwise do nothing, silently.
import * as v from "valibot";
import { SandboxError } from "./errors.js";

/** Returns the value as `schema` reads it. Throws `SandboxError` `invalid_option`, beginning with `what`. */
export function checkForm<S extends v.GenericSchema>(schema: S, given: unknown, what: string): v.InferOutput<S> {
  const result = v.safeParse(schema, given, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = v.getDotPath(issue);
  if (issue.expected === "never" && field !== null) {
    throw wrong(`${what} does not know ${JSON.stringify(field.slice(0, 64))}`, `it knows ${known(schema)}`);
  }
  if (issue.input === undefined && field !== null) {
    throw wrong(`${what} needs \`${field}\`: it is missing`, "give it as the guide shows");
  }
  const place = field === null ? "" : `\`${field}\` to be `;
  throw wrong(`${what} needs ${place}${wanted(issue)}, not ${shown(issue.input)}`, "correct it");
}

function wanted({ expected, requirement, message }: v.BaseIssue<unknown>): string {
  // The rules that are functions have texts of their own.
  if (typeof requirement === "function") return message;
  if (requirement instanceof RegExp) return `text like ${String(requirement)}`;
  return (expected ?? String(requirement)).replaceAll(" | ", " or ");
}

function known(schema: v.GenericSchema): string {
  return "entries" in schema && typeof schema.entries === "object" && schema.entries !== null
    ? Object.keys(schema.entries).join(", ")
    : "what its guide shows";
}

function shown(input: unknown): string {
  return typeof input === "string" || typeof input === "number" ? JSON.stringify(input) : typeof input;
}

function wrong(message: string, hint: string): SandboxError {
  return new SandboxError("invalid_option", message, { hint });
}
