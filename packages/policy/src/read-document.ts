// The first step of parsing: from text or an already parsed object to plain JSON values whose places are known.
import { PolicyError } from "./errors.js";
import { scanJson } from "./scan-json.js";

/** A JSON value and the path under which errors name it. */
export interface Node {
  readonly path: string;
  readonly value: unknown;
}

/** The members of a JSON object by name. */
export type Members = ReadonlyMap<string, Node>;

/** Returns the document's root. Throws `PolicyError` `invalid_json` for text that is no JSON, `invalid_policy` for a doubled key. */
export function readDocument(source: string | object): Node {
  return { path: "", value: typeof source === "string" ? parseText(source) : source };
}

function parseText(source: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(source);
  } catch (cause) {
    throw new PolicyError("invalid_json", "the policy is not valid JSON", {
      path: "",
      hint: "check the brackets, commas and quotes of the policy document",
      cause,
    });
  }
  const { duplicate, tooDeep } = scanJson(source);
  if (tooDeep) {
    throw new PolicyError("invalid_policy", "the policy is nested too deeply", {
      path: "",
      hint: "take out the brackets that no element of a policy needs",
    });
  }
  if (duplicate !== undefined) {
    // IAM User Guide, "Grammar of the IAM JSON policy language": no element may contain two instances of the same key.
    throw new PolicyError("invalid_policy", "this key stands here more than once", {
      path: duplicate.reduce<string>((path, step) => childPath(path, step), ""),
      hint: "keep one of them, or put the values of both into one list",
    });
  }
  return value;
}

/** Returns the path of a member or list item. */
export function childPath(path: string, step: string | number): string {
  if (typeof step === "number") return `${path}[${step}]`;
  return path === "" ? step : `${path}.${step}`;
}

/** Returns the members of an object. Throws `PolicyError` `invalid_policy` for anything but a plain object. */
export function membersOf(node: Node, hint: string): Members {
  const { value } = node;
  if (!isPlainObject(value)) throw illTyped(node, "an object", hint);
  const members = new Map<string, Node>();
  // Object.keys, so that an own "__proto__" is an element like any other, and an inherited one is none.
  for (const name of Object.keys(value)) {
    members.set(name, { path: childPath(node.path, name), value: value[name] });
  }
  return members;
}

/** Returns the items of a list; a single value stands for a list of one. Throws `PolicyError` `invalid_policy` for an empty list. */
export function itemsOf(node: Node, hint: string): readonly Node[] {
  const { value } = node;
  if (!Array.isArray(value)) return [node];
  if (value.length === 0) throw new PolicyError("invalid_policy", "this list is empty", { path: node.path, hint });
  return Array.from(value, (item: unknown, index) => ({ path: childPath(node.path, index), value: item }));
}

/** Returns the string that a node is. Throws `PolicyError` `invalid_policy`. */
export function stringOf(node: Node, hint: string): string {
  if (typeof node.value !== "string") throw illTyped(node, "a string", hint);
  return node.value;
}

/** Throws `PolicyError` `invalid_policy` for a member whose name is not in `allowed`. */
export function refuseUnknown(members: Members, allowed: ReadonlySet<string>, hint: string): void {
  for (const [name, { path }] of members) {
    if (!allowed.has(name)) throw new PolicyError("invalid_policy", `unknown element ${name}`, { path, hint });
  }
}

function illTyped(node: Node, expected: string, hint: string): PolicyError {
  return new PolicyError("invalid_policy", `expected ${expected}, found ${typeName(node.value)}`, {
    path: node.path,
    hint,
  });
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

function typeName(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
