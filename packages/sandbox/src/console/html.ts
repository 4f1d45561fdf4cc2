// The only way from text to a page: everything that is put into the template is escaped, unless this file made it.

const MARKUP = Symbol("markup");

/** Markup that `html` made. Nothing else can: the symbol stays in this file. */
export interface Html {
  readonly [MARKUP]: string;
}

/** What may be put into a page; `undefined` and `false` are nothing, lists are their items. */
export type Part = Html | string | number | undefined | false | readonly Part[];

/** Returns markup: the literal text as it is, every other part escaped. Attributes must be written in double quotes. */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const written = literals.map((literal, index) => literal + (index < parts.length ? render(parts[index]) : ""));
  return { [MARKUP]: written.join("") };
}

/** Returns the markup as text, for the body of an answer. */
export function markupOf(page: Html): string {
  return page[MARKUP];
}

/** Returns an address on this server, its values encoded; `undefined` ones are left out. */
export function address(path: string, values: Readonly<Record<string, string | undefined>> = {}): string {
  const query = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [`${encodeURIComponent(name)}=${encodeURIComponent(wellFormed(value))}`],
  );
  return query.length === 0 ? path : `${path}?${query.join("&")}`;
}

function render(part: Part): string {
  if (part === undefined || part === false) return "";
  if (typeof part === "number") return String(part);
  if (typeof part === "string") return escape(part);
  return isList(part) ? part.map(render).join("") : part[MARKUP];
}

function isList(part: Html | readonly Part[]): part is readonly Part[] {
  return Array.isArray(part);
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

/** Also for attributes. Control characters that no page can show become U+FFFD. */
function escape(text: string): string {
  return wellFormed(text)
    .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, "\ufffd")
    .replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? "");
}

/** Half a surrogate pair cannot be written as UTF-8. */
function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
}
