// A template's version is a hash of all that it says: the same words, the same version, on every machine.
import { createHash } from "node:crypto";
import { checkRoleDescription } from "./check-description.js";
import type { RoleDescription } from "./types.js";

/** Goes up when the same description gives another template than before. */
const format = 1;

/** Returns the version of a description: 16 hexadecimal characters. Throws `TemplateError` for one that is none. */
export function templateVersion(description: RoleDescription): string {
  const text = canonicalJson({ format, description: checkRoleDescription(description) });
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/** JSON with every object's keys in order, so that how a description was written down does not matter. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(",")}}`;
}
