// Reads members out of an operation's answer, which is described only as what XML can hold.
import type { XmlObject, XmlValue } from "../wire/xml.js";

/** Returns a member as text; `undefined` when it is absent. Dates become ISO 8601. */
export function textIn(object: XmlObject, name: string): string | undefined {
  const value = memberOf(object, name);
  if (value instanceof Date) return value.toISOString();
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : undefined;
}

/** Returns a member's members; none when it is absent. */
export function objectIn(object: XmlObject, name: string): XmlObject {
  const value = memberOf(object, name);
  return isObject(value) ? value : {};
}

/** Returns the objects of a list; none when it is absent. */
export function objectsIn(object: XmlObject, name: string): readonly XmlObject[] {
  const value = memberOf(object, name);
  return isList(value) ? value.filter(isObject) : [];
}

/** Returns the texts of a list; none when it is absent. */
export function textsIn(object: XmlObject, name: string): readonly string[] {
  const value = memberOf(object, name);
  return isList(value) ? value.filter((item) => typeof item === "string") : [];
}

function memberOf(object: XmlObject, name: string): XmlValue {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

function isList(value: XmlValue): value is readonly XmlValue[] {
  return Array.isArray(value);
}

function isObject(value: XmlValue): value is XmlObject {
  return typeof value === "object" && !isList(value) && !(value instanceof Date);
}
