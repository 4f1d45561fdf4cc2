// Reads the XML of S3's request bodies: elements and text only. No document types, entities beyond the five, processing
// instructions or nested surprises, so that a hostile body can neither name a file nor grow.
import { malformedXml } from "./s3-errors.js";

export interface XmlElement {
  readonly name: string;
  /** The text between the tags; empty when there are child elements. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

const MAX_BYTES = 2 * 1024 * 1024;
const MAX_DEPTH = 8;
const MAX_ELEMENTS = 10_000;

const PROLOG =
  /^\ufeff?<\?xml\s+version="1\.[01]"(?:\s+encoding="[Uu][Tt][Ff]-8")?(?:\s+standalone="(?:yes|no)")?\s*\?>/;
/** Attributes are namespaces and `xsi:type`, which the SDKs write; they carry no meaning for S3. */
const TAG =
  /<(\/?)([A-Za-z_][\w.-]*)((?:\s+(?:xmlns(?::[A-Za-z_]\w*)?|xsi:type)\s*=\s*(?:"[^"<&]*"|'[^'<&]*'))*)\s*(\/?)>/y;
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

interface OpenElement {
  readonly name: string;
  text: string;
  readonly children: XmlElement[];
}

/** Returns the root element, which must be called `root`. Throws `MalformedXML` for everything that is not plain XML. */
export function readXml(body: Buffer, root: string): XmlElement {
  if (body.length > MAX_BYTES) throw malformedXml();
  // "End-of-Line Handling" (XML 1.0, 2.11): a carriage return that is meant is written &#13;.
  const text = decodeUtf8(body).replace(/\r\n?/g, "\n");
  // No characters of XML (2.2): another reader would refuse the body, or see the key end there.
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text)) throw malformedXml();
  const parsed = parse(text.replace(PROLOG, "").trim());
  if (parsed.name !== root) throw malformedXml();
  return parsed;
}

function decodeUtf8(body: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    throw malformedXml();
  }
}

function parse(text: string): XmlElement {
  const open: OpenElement[] = [];
  let count = 0;
  let position = 0;
  while (position < text.length) {
    const angle = text.indexOf("<", position);
    const parent = open.at(-1);
    if (angle !== position) {
      if (parent === undefined || angle < 0) throw malformedXml();
      parent.text += unescape(text.slice(position, angle));
    }
    TAG.lastIndex = angle;
    const match = TAG.exec(text);
    if (match === null) throw malformedXml();
    position = TAG.lastIndex;
    const [, closing, name = "", attributes, empty] = match;
    if (closing === "/") {
      if (parent?.name !== name || attributes !== "" || empty === "/") throw malformedXml();
      open.pop();
      const done = close(parent);
      const above = open.at(-1);
      if (above === undefined) return only(done, text, position);
      above.children.push(done);
      continue;
    }
    count += 1;
    if (count > MAX_ELEMENTS || open.length >= MAX_DEPTH) throw malformedXml();
    const element: OpenElement = { name, text: "", children: [] };
    if (empty !== "/") open.push(element);
    else if (parent === undefined) return only(close(element), text, position);
    else parent.children.push(close(element));
  }
  throw malformedXml();
}

/** Text beside child elements is layout, and must be nothing else. */
function close({ name, text, children }: OpenElement): XmlElement {
  if (children.length > 0 && text.trim() !== "") throw malformedXml();
  return { name, text: children.length > 0 ? "" : text, children };
}

function only(root: XmlElement, text: string, position: number): XmlElement {
  if (position !== text.length) throw malformedXml();
  return root;
}

function unescape(text: string): string {
  if (text.includes("]]>")) throw malformedXml();
  return text.replace(
    /&(?:#(\d{1,7})|#x([0-9A-Fa-f]{1,6})|(\w+));|&/g,
    (_all, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) {
        const character = Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : undefined;
        if (character === undefined) throw malformedXml();
        return character;
      }
      const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
      // A bare `&` has no number; U+0000, surrogates and numbers past Unicode are no characters.
      if (!(code > 0 && code <= 0x10ffff) || (code >= 0xd800 && code <= 0xdfff)) throw malformedXml();
      return String.fromCodePoint(code);
    },
  );
}

/** Returns the children by name. Throws `MalformedXML` for one that is not in `names` or stands twice. */
export function childrenOf(element: XmlElement, names: readonly string[]): ReadonlyMap<string, XmlElement> {
  const found = new Map<string, XmlElement>();
  if (element.children.length === 0 && element.text.trim() !== "") throw malformedXml();
  for (const child of element.children) {
    if (!names.includes(child.name) || found.has(child.name)) throw malformedXml();
    found.set(child.name, child);
  }
  return found;
}

/** Returns the text of a leaf; `undefined` when the element is missing. Throws `MalformedXML` when it has children. */
export function textOf(element: XmlElement | undefined): string | undefined {
  if (element !== undefined && element.children.length > 0) throw malformedXml();
  return element?.text;
}
