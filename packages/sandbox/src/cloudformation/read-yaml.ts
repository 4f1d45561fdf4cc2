// YAML as CloudFormation takes it: 1.1 without aliases, merges and timestamps, with the short forms of the functions.
// The nodes are read one by one: a general loader would make numbers of account ids and dates of policy versions.
import { createRequire } from "node:module";
import type * as Yaml from "yaml";
import type { Lexer, Node, Parser, Scalar } from "yaml";
import { templateError, templateFormatError } from "./refusals.js";
import { MAX_DEPTH, MAX_TOKENS } from "./template-limits.js";
import type { RawValue } from "./template-types.js";

// Loaded with the first YAML template: whoever has none need not wait for it.
const require = createRequire(import.meta.url);
let loaded: typeof Yaml | undefined;
const yaml = (): typeof Yaml => (loaded ??= require("yaml") as typeof Yaml);

/** The functions that have a short form (AWS CloudFormation User Guide, "Intrinsic function reference"). */
const SHORT_FORMS: ReadonlySet<string> = new Set(
  `And Base64 Cidr Condition Contains EachMemberEquals EachMemberIn Equals FindInMap GetAZs GetAtt If ImportValue Join Not Or
  Ref RefAll Select Split Sub Transform ValueOf ValueOfAll`.split(/\s+/),
);
const CORE_TAG = /^tag:yaml\.org,2002:(str|int|float|bool|null|map|seq)$/;

/** Returns the value. Throws `ValidationError` "YAML not well-formed" with line and column. */
export function readYaml(text: string): RawValue {
  requireShallow(text);
  const lines = new (yaml().LineCounter)();
  // Doubled keys are looked for below: the library's own search takes the square of their number.
  const options = { schema: "failsafe", version: "1.1", merge: false, uniqueKeys: false, logLevel: "error" } as const;
  const document = yaml().parseDocument(text, { ...options, lineCounter: lines });
  const place = (offset: number | undefined) => lines.linePos(offset ?? 0);
  const [error] = document.errors;
  if (error !== undefined) throw notWellFormed(place(error.pos[0]));
  if (document.contents === null) throw templateFormatError("unsupported structure.");
  return readNode(document.contents, { place: (node) => place(node.range?.[0]) });
}

interface Reading {
  readonly place: (node: Node) => Place;
}
interface Place {
  readonly line: number;
  readonly col: number;
}

function readNode(node: Node, reading: Reading): RawValue {
  const { isAlias, isScalar, isSeq } = yaml();
  // The words are AWS's, as publicly reported.
  if (isAlias(node)) throw templateError("YAML aliases are not allowed in CloudFormation templates");
  const { tag } = node;
  if (tag === undefined || CORE_TAG.test(tag)) return readUntagged(node, reading);
  const name = tag.slice(1);
  if (!tag.startsWith("!") || !SHORT_FORMS.has(name)) throw notWellFormed(reading.place(node));
  const argument = isScalar(node)
    ? String(node.value)
    : isSeq(node)
      ? readSequence(node.items, reading, node)
      : readUntagged(node, reading);
  return longForm(name, argument);
}

function readUntagged(node: Node, reading: Reading): RawValue {
  const { isMap, isScalar, isSeq } = yaml();
  if (isScalar(node)) return readScalar(node, reading);
  if (isSeq(node)) return readSequence(node.items, reading, node);
  if (!isMap(node)) throw notWellFormed(reading.place(node));
  const members = new Map<string, RawValue>();
  for (const { key, value } of node.items) {
    if (!isScalar(key)) throw notWellFormed(reading.place(yaml().isNode(key) ? key : node));
    const name = String(key.value);
    // "Hash merges" are not supported, and one of two members would be lost.
    if (members.has(name) || (name === "<<" && key.type === "PLAIN")) throw notWellFormed(reading.place(key));
    members.set(name, yaml().isNode(value) ? readNode(value, reading) : null);
  }
  return Object.fromEntries(members);
}

function readSequence(items: readonly unknown[], reading: Reading, parent: Node): readonly RawValue[] {
  return items.map((item) => {
    if (!yaml().isNode(item)) throw notWellFormed(reading.place(parent));
    return readNode(item, reading);
  });
}

/**
 * Only numbers whose text survives become numbers: 012345678901 is an account id and 2012-10-17 a policy's version.
 * CloudFormation reads YAML 1.1, so yes and no are booleans.
 */
function readScalar(node: Scalar, reading: Reading): RawValue {
  const text = String(node.value);
  const core = CORE_TAG.exec(node.tag ?? "")?.[1];
  if (core === "map" || core === "seq") throw notWellFormed(reading.place(node));
  if (core === "str" || (core === undefined && node.type !== "PLAIN")) return text;
  if (/^(?:~|null|Null|NULL|)$/.test(text)) return null;
  if (/^(?:true|True|TRUE|yes|Yes|YES|on|On|ON)$/.test(text)) return true;
  if (/^(?:false|False|FALSE|no|No|NO|off|Off|OFF)$/.test(text)) return false;
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text) && String(Number(text)) === text ? Number(text) : text;
}

/** `!GetAtt A.B` is `{"Fn::GetAtt": ["A", "B"]}`; everything behind the first dot is the attribute. */
function longForm(name: string, argument: RawValue): RawValue {
  if (name === "Ref" || name === "Condition") return { [name]: argument };
  if (name === "GetAtt" && typeof argument === "string") {
    const dot = argument.indexOf(".");
    return { "Fn::GetAtt": dot === -1 ? [argument] : [argument.slice(0, dot), argument.slice(dot + 1)] };
  }
  return { [`Fn::${name}`]: argument };
}

/** The library recurses with the document's depth and dies with a deep one: the depth is measured without recursion. */
function requireShallow(text: string): void {
  const lexer: Lexer = new (yaml().Lexer)();
  const parser: Parser = new (yaml().Parser)();
  let tokens = 0;
  let line = 1;
  for (const lexeme of lexer.lex(text)) {
    tokens += 1;
    line += lexeme.split("\n").length - 1;
    for (const token of parser.next(lexeme)) if (token.type === "error") break;
    // One level of the document takes up to two of the parser's.
    if (parser.stack.length > 2 * MAX_DEPTH || tokens > MAX_TOKENS) throw notWellFormed({ line, col: 1 });
  }
}

function notWellFormed({ line, col }: Place): Error {
  return templateFormatError(`YAML not well-formed. (line ${line}, column ${col})`);
}
