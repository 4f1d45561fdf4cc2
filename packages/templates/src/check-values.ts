// The small checks from which the door is made. Each names the place and says what belongs there.
import { TemplateError } from "./errors.js";
import type { TemplateErrorCode } from "./errors.js";

/** Returns the value as an object. Throws when it is none, or has a property that `known` does not name. */
export function checkObject(
  value: unknown,
  path: string,
  known: readonly string[],
  code: TemplateErrorCode = "invalid_description",
): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TemplateError(code, "not an object", { path, hint: `pass an object with ${known.join(", ")}` });
  }
  const stranger = Object.keys(value).find((key) => !known.includes(key));
  // A misspelt limit would otherwise limit nothing.
  if (stranger !== undefined) {
    const message = `unknown property ${JSON.stringify(stranger)}`;
    throw new TemplateError(code, message, { path, hint: `known are ${known.join(", ")}` });
  }
  return value as Readonly<Record<string, unknown>>;
}

/** Returns the value as a list. Throws when it is none or has more than `most` entries. */
export function checkList(value: unknown, path: string, most: number): readonly unknown[] {
  if (!Array.isArray(value)) throw refused(path, "not a list", "pass an array");
  if (value.length > most) throw refused(path, `has ${value.length} entries`, `pass at most ${most}`);
  return value;
}

/** Returns the value as a text that matches `shape` from beginning to end. `wanted` says in words what does. */
export function checkShape(
  value: unknown,
  path: string,
  shape: RegExp,
  wanted: string,
  code: TemplateErrorCode = "invalid_description",
): string {
  if (typeof value === "string" && shape.test(value)) return value;
  throw new TemplateError(code, "has the wrong form", { path, hint: `write ${wanted}` });
}

/** Returns the value as one of `choices`. */
export function checkChoice<Choice>(value: unknown, path: string, choices: readonly Choice[]): Choice {
  const chosen = choices.find((choice) => choice === value);
  if (chosen !== undefined) return chosen;
  throw refused(
    path,
    "not one of the choices",
    `write ${choices.map((choice) => JSON.stringify(choice)).join(" or ")}`,
  );
}

/**
 * Returns the value as text for people: 1 to `most` characters of any language. Throws for what could not be stored
 * (half a character) and for what CloudFormation would act on wherever it stands (CloudFormation User Guide, "Dynamic
 * references": `{{resolve:…}}` is replaced by a secret's value).
 */
export function checkProse(value: unknown, path: string, most: number): string {
  if (typeof value !== "string" || value.trim() === "")
    throw refused(path, "not a text", "write something that people can read");
  if (value.length > most) throw refused(path, `has ${value.length} characters`, `write at most ${most}`);
  if (/\p{Surrogate}/u.test(value)) throw refused(path, "holds half a character", "write well-formed Unicode");
  return checkInert(value, path);
}

/** Returns the text. Throws when CloudFormation would replace a part of it. */
export function checkInert(value: string, path: string): string {
  if (/\{\{\s*resolve\s*:/i.test(value)) {
    throw refused(path, "holds a dynamic reference", "take out `{{resolve:`, CloudFormation would put a secret there");
  }
  return value;
}

/** Returns the error for a description that is not one. */
export function refused(path: string, message: string, hint: string, cause?: unknown): TemplateError {
  return new TemplateError("invalid_description", message, { path, hint, cause });
}
