// From a template's text to plain data: JSON when it starts like JSON, else YAML.
// AWS CloudFormation User Guide, "CloudFormation template format".
import { readJson } from "./read-json.js";
import { readYaml } from "./read-yaml.js";
import { templateFormatError } from "./refusals.js";
import { isMap } from "./template-types.js";
import type { RawValue, Value, ValueMap } from "./template-types.js";

/** Returns the template as data. Throws `ValidationError` with line and column, or for what is no template at all. */
export function readTemplateText(text: string): ValueMap {
  const raw = /^\s*\{/.test(text) ? readJson(text) : readYaml(text);
  const value = withoutNulls(raw, "");
  if (!isMap(value)) throw templateFormatError("unsupported structure.");
  return value;
}

/** "'null' values are not allowed in templates": an empty key of YAML is one. */
function withoutNulls(value: RawValue, path: string): Value {
  if (value === null) throw templateFormatError(`[${path}] 'null' values are not allowed in templates`);
  if (typeof value !== "object") return value;
  if (isRawList(value)) return value.map((item, index) => withoutNulls(item, `${path}/${index}`));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withoutNulls(item, `${path}/${key}`)]));
}

function isRawList(value: RawValue): value is readonly RawValue[] {
  return Array.isArray(value);
}
