// Holds a resource's evaluated properties against its type, and brings them into the form that the type works with.
// CloudFormation converts between text, numbers and booleans; the texts are those of its schema validation, as reported.
import { handlerFailure } from "./refusals.js";
import { isList, isMap, memberOf } from "./template-types.js";
import type { Value, ValueMap } from "./template-types.js";

interface Base {
  readonly required?: true;
  /** "Update requires: Replacement" in the type's reference page. */
  readonly replaces?: true;
}
export type PropertyRule = Base &
  (
    | { readonly type: "string"; readonly oneOf?: readonly string[] }
    | { readonly type: "integer" }
    | { readonly type: "boolean" }
    /** A document: a map, or text that holds one. */
    | { readonly type: "document" }
    | { readonly type: "list"; readonly of: PropertyRule }
    | { readonly type: "map"; readonly members: PropertyRules }
  );
export type PropertyRules = Readonly<Record<string, PropertyRule>>;

/** `Tags` of IAM and S3. */
export const TAGS: PropertyRule = {
  type: "list",
  of: {
    type: "map",
    members: { Key: { type: "string", required: true }, Value: { type: "string", required: true } },
  },
};

/** Returns the properties, converted. Throws the reason for a failed event, naming every property that is wrong. */
export function checkProperties(logicalId: string, rules: PropertyRules, properties: ValueMap): ValueMap {
  const problems: string[] = [];
  const checked = checkMap(rules, properties, "#", problems);
  if (problems.length === 0) return checked;
  throw handlerFailure(`Properties validation failed for resource ${logicalId} with message:\n${problems.join("\n")}`);
}

function checkMap(rules: PropertyRules, map: ValueMap, path: string, problems: string[]): ValueMap {
  const checked: [string, Value][] = [];
  for (const [name, value] of Object.entries(map)) {
    const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
    if (rule === undefined) problems.push(`${path}: extraneous key [${name}] is not permitted`);
    else checked.push([name, checkValue(rule, value, `${path}/${name}`, problems)]);
  }
  for (const [name, { required }] of Object.entries(rules)) {
    if (required === true && memberOf(map, name) === undefined) {
      problems.push(`${path}: required key [${name}] not found`);
    }
  }
  return Object.fromEntries(checked);
}

function checkValue(rule: PropertyRule, value: Value, path: string, problems: string[]): Value {
  const wrong = (expected: string): Value => {
    problems.push(`${path}: expected type: ${expected}, found: ${typeName(value)}`);
    return value;
  };
  switch (rule.type) {
    case "string": {
      if (typeof value === "object") return wrong("String");
      const text = String(value);
      // Nobody here could look the secret or parameter up; made as it stands, it would be a literal.
      if (text.includes("{{resolve:")) problems.push(`${path}: the sandbox does not have dynamic references`);
      if (rule.oneOf?.includes(text) === false) problems.push(`${path}: ${text} is not a valid enum value`);
      return text;
    }
    case "integer":
      if (typeof value === "object" || !/^[+-]?\d{1,15}$/.test(String(value))) return wrong("Integer");
      return Number(value);
    case "boolean":
      if (typeof value === "object" || !/^(?:true|false)$/i.test(String(value))) return wrong("Boolean");
      return /^true$/i.test(String(value));
    case "document":
      if (!isMap(value) && typeof value !== "string") return wrong("JSONObject");
      if (JSON.stringify(value).includes("{{resolve:")) {
        problems.push(`${path}: the sandbox does not have dynamic references`);
      }
      return value;
    case "list":
      // A single value stands for a list of one only where AWS takes it so, and it does not here.
      if (!isList(value)) return wrong("JSONArray");
      return value.map((item, index) => checkValue(rule.of, item, `${path}/${index}`, problems));
    case "map":
      return isMap(value) ? checkMap(rule.members, value, path, problems) : wrong("JSONObject");
  }
}

function typeName(value: Value): string {
  if (isList(value)) return "JSONArray";
  if (isMap(value)) return "JSONObject";
  return typeof value === "string" ? "String" : typeof value === "number" ? "Integer" : "Boolean";
}
