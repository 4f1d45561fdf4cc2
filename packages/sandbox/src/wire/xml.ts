// Writes AWS's XML. Reading is S3's business and lives there.

export type XmlValue = string | number | boolean | Date | XmlObject | readonly XmlValue[] | undefined;
export interface XmlObject {
  readonly [element: string]: XmlValue;
}

/** Escapes text for an element or attribute; control characters that XML 1.0 cannot carry become U+FFFD. */
export function escapeXml(text: string): string {
  return text
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd")
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/"/g, "&quot;")
    .replace(/\r/g, "&#13;");
}

/**
 * Renders one element. Dates are ISO 8601 without milliseconds, `undefined` is left out, and an array becomes
 * `<name><member>…</member></name>` as the query protocol has it; S3 writes its own lists with `repeated`.
 */
export function element(name: string, value: XmlValue): string {
  if (value === undefined) return "";
  if (Array.isArray(value))
    return `<${name}>${value.map((item: XmlValue) => element("member", item)).join("")}</${name}>`;
  if (value instanceof Date) return `<${name}>${value.toISOString().replace(/\.\d{3}Z$/, "Z")}</${name}>`;
  if (typeof value === "object") return `<${name}>${elements(value as XmlObject)}</${name}>`;
  return `<${name}>${escapeXml(String(value))}</${name}>`;
}

/** Renders the members of an object one after the other, in their order. */
export function elements(object: XmlObject): string {
  return Object.entries(object)
    .map(([name, value]) => element(name, value))
    .join("");
}

/** S3's flattened lists: the element repeated, without a wrapper. */
export function repeated(name: string, values: readonly XmlValue[]): string {
  return values.map((value) => element(name, value)).join("");
}
