// From a template's text to plain data: JSON when it starts like JSON, else YAML.
// AWS CloudFormation User Guide, "CloudFormation template format".
import { readJson } from "./read-json.js";
import { readYaml } from "./read-yaml.js";
import { templateFormatError } from "./refusals.js";
import { MAX_DEPTH } from "./template-limits.js";
import { isMap } from "./template-types.js";
import type { RawValue, Value, ValueMap } from "./template-types.js";

/** Returns the template as data. Throws `ValidationError` with line and column, or for what is no template at all. */
export function readTemplateText(text: string): ValueMap {
  const raw = /^\s*\{/.test(text) ? readJson(text) : readYaml(text);
  const value = withoutNulls(raw, "", 0);
  if (!isMap(value)) throw templateFormatError("unsupported structure.");
  return value;
}

/** "'null' values are not allowed in templates": an empty key of YAML is one. */
function withoutNulls(value: RawValue, path: string, depth: number): Value {
  // The reader of YAML knows its parser's levels only, and short forms of functions add levels of their own.
  if (depth > MAX_DEPTH) throw templateFormatError(`the template is nested deeper than ${MAX_DEPTH} levels`);
  if (value === null) throw templateFormatError(`[${path}] 'null' values are not allowed in templates`);
  if (typeof value !== "object") return value;
  if (isRawList(value)) return value.map((item, index) => withoutNulls(item, `${path}/${index}`, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, withoutNulls(item, `${path}/${key}`, depth + 1)]),
  );
}

function isRawList(value: RawValue): value is readonly RawValue[] {
  return Array.isArray(value);
}
