// One text for one content: what is signed and what is checked must not depend on how a document was written down.

/** Plain data without numbers that are not whole. */
export type Signable = string | boolean | number | null | readonly Signable[] | { readonly [name: string]: Signable };

/** Returns the JSON of RFC 8785 (JCS) for data whose numbers are whole. */
export function canonicalJson(value: Signable): string {
  if (isList(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([name, inner]) => `${JSON.stringify(name)}:${canonicalJson(inner)}`).join(",")}}`;
}

function isList(value: Signable): value is readonly Signable[] {
  return Array.isArray(value);
}
