// Reads checked properties: `checkProperties` has made sure of their types, so another type is a bug of the sandbox.
import { isList, isMap, memberOf } from "./template-types.js";
import type { Value, ValueMap } from "./template-types.js";

/** Returns the text; `undefined` when the property is absent. */
export function textOf(properties: ValueMap, name: string): string | undefined {
  const value = memberOf(properties, name);
  if (value === undefined || typeof value === "string") return value;
  throw wrong(name);
}

/** Returns the text of a required property. */
export function requiredText(properties: ValueMap, name: string): string {
  const value = textOf(properties, name);
  if (value === undefined) throw wrong(name);
  return value;
}

/** Returns the number; `undefined` when the property is absent. */
export function numberOf(properties: ValueMap, name: string): number | undefined {
  const value = memberOf(properties, name);
  if (value === undefined || typeof value === "number") return value;
  throw wrong(name);
}

/** Returns whether the property is there and true. */
export function flagOf(properties: ValueMap, name: string): boolean {
  return memberOf(properties, name) === true;
}

/** Returns the texts of a list, each once and in order; none when the property is absent. */
export function textsOf(properties: ValueMap, name: string): readonly string[] {
  return [
    ...new Set(
      itemsOf(properties, name).map((item) => {
        if (typeof item !== "string") throw wrong(name);
        return item;
      }),
    ),
  ];
}

/** Returns the maps of a list; none when the property is absent. */
function mapsOf(properties: ValueMap, name: string): readonly ValueMap[] {
  return itemsOf(properties, name).map((item) => {
    if (!isMap(item)) throw wrong(name);
    return item;
  });
}

/** Returns the map; `undefined` when the property is absent. */
export function mapOf(properties: ValueMap, name: string): ValueMap | undefined {
  const value = memberOf(properties, name);
  if (value === undefined || isMap(value)) return value;
  throw wrong(name);
}

/** Returns a policy as the text that is sent to IAM or S3; `undefined` when the property is absent. */
export function documentOf(properties: ValueMap, name: string): string | undefined {
  const value = memberOf(properties, name);
  if (value === undefined || typeof value === "string") return value;
  return JSON.stringify(value);
}

/** Returns the inline policies in `Policies`, by name; the last of a name counts. */
export function policiesOf(properties: ValueMap): ReadonlyMap<string, string> {
  return new Map(
    mapsOf(properties, "Policies").map((policy) => [
      requiredText(policy, "PolicyName"),
      documentOf(policy, "PolicyDocument") ?? "",
    ]),
  );
}

/** Returns `Tags` as a map. Doubled keys stay for the service to refuse: see `tagListOf`. */
export function tagsOf(properties: ValueMap): ReadonlyMap<string, string> {
  return new Map(mapsOf(properties, "Tags").map((tag) => [requiredText(tag, "Key"), requiredText(tag, "Value")]));
}

/** Returns `Tags` as the services take them; `undefined` when there are none. */
export function tagListOf(
  properties: ValueMap,
): readonly { readonly Key: string; readonly Value: string }[] | undefined {
  const tags = mapsOf(properties, "Tags");
  if (tags.length === 0) return undefined;
  return tags.map((tag) => ({ Key: requiredText(tag, "Key"), Value: requiredText(tag, "Value") }));
}

function itemsOf(properties: ValueMap, name: string): readonly Value[] {
  const value = memberOf(properties, name);
  if (value === undefined) return [];
  if (!isList(value)) throw wrong(name);
  return value;
}

function wrong(name: string): Error {
  return new Error(`the property ${name} was not checked`);
}
