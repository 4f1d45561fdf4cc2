// Text as policies write it: wildcards and policy variables. Source: IAM User Guide, "IAM policy elements: Variables
// and tags".
import { PolicyError } from "./errors.js";
import { compileGlob, matchGlob } from "./match-glob.js";
import type { GlobToken } from "./match-glob.js";

/** The request's values by lower-case condition key. An absent key has no entry. */
export type Context = ReadonlyMap<string, readonly string[]>;

export type TextToken =
  | GlobToken
  | {
      readonly kind: "variable";
      /** Lower-case. */
      readonly key: string;
      readonly fallback: string | undefined;
    };

export interface TextMatcher {
  /** Lower-case keys of the policy variables in the text. */
  readonly keys: readonly string[];
  /** `undefined`: a variable has no value in this request, so that the text stands for nothing. */
  readonly match: (value: string, context: Context) => boolean | undefined;
}

export interface TextSyntax {
  /** Whether `*` and `?` are wildcards. */
  readonly wildcards: boolean;
  /** Whether `${…}` is a policy variable: only in documents of version 2012-10-17. */
  readonly variables: boolean;
}

/** Returns the text's tokens. Throws `PolicyError` `invalid_policy` for a malformed policy variable. */
export function tokenize(text: string, syntax: TextSyntax, path: string): readonly TextToken[] {
  const tokens: TextToken[] = [];
  let literal = "";
  const flush = () => {
    if (literal !== "") tokens.push({ kind: "text", text: literal });
    literal = "";
  };
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (syntax.wildcards && (character === "*" || character === "?")) {
      flush();
      tokens.push({ kind: character === "*" ? "any" : "one" });
    } else if (syntax.variables && character === "$" && text[at + 1] === "{") {
      const variable = readVariable(text, at, path);
      if (variable.token.kind === "text") {
        literal += variable.token.text;
      } else {
        flush();
        tokens.push(variable.token);
      }
      at = variable.end - 1;
    } else {
      literal += character;
    }
  }
  flush();
  return tokens;
}

type VariableToken = Extract<TextToken, { readonly kind: "text" | "variable" }>;

const VARIABLE = /^\$\{(?:([*?$])|([A-Za-z0-9.-]+(?:\/[^\s:{}$*?,']*)?:[^\s{}$*?,']+)(?:, '([^']*)')?)\}/;

function readVariable(text: string, at: number, path: string): { readonly token: VariableToken; readonly end: number } {
  const [whole, escaped, key, fallback] = VARIABLE.exec(text.slice(at)) ?? [];
  if (whole === undefined) {
    // IAM Access Analyzer policy checks: missing brace, missing quote, unsupported space, empty variable.
    throw new PolicyError("invalid_policy", "malformed policy variable", {
      path,
      hint: "write ${service:key}, ${service:key, 'default'}, or ${*}, ${?} and ${$} for the characters themselves",
    });
  }
  const end = at + whole.length;
  if (key === undefined) return { token: { kind: "text", text: escaped ?? "" }, end };
  return { token: { kind: "variable", key: key.toLowerCase(), fallback }, end };
}

/** Returns a matcher for the whole of a value. */
export function matcherOf(tokens: readonly TextToken[]): TextMatcher {
  const keys = tokens.flatMap((token) => (token.kind === "variable" ? [token.key] : []));
  const fixed = tokens.filter((token) => token.kind !== "variable");
  if (keys.length === 0) {
    if (fixed.every((token) => token.kind === "text")) {
      const text = fixed.map((token) => token.text).join("");
      return { keys, match: (value) => value === text };
    }
    const glob = compileGlob(fixed);
    return { keys, match: (value) => matchGlob(glob, value) };
  }
  return {
    keys,
    match: (value, context) => {
      const resolved = resolve(tokens, context);
      return resolved === undefined ? undefined : matchGlob(compileGlob(resolved), value);
    },
  };
}

/** Puts the request's values in place. They are literal text: a `*` that the caller sent is a star, not a wildcard. */
function resolve(tokens: readonly TextToken[], context: Context): readonly GlobToken[] | undefined {
  const resolved: GlobToken[] = [];
  for (const token of tokens) {
    if (token.kind !== "variable") {
      resolved.push(token);
      continue;
    }
    const values = context.get(token.key);
    // Only single-valued keys can stand for a text.
    const text =
      values === undefined || values.length === 0 ? token.fallback : values.length === 1 ? values[0] : undefined;
    if (text === undefined) return undefined;
    resolved.push({ kind: "text", text });
  }
  return resolved;
}

/** Returns text without wildcards with the request's values in place; `undefined` when a variable has no value. */
export function textOf(tokens: readonly TextToken[], context: Context): string | undefined {
  return resolve(tokens, context)
    ?.map((token) => (token.kind === "text" ? token.text : ""))
    .join("");
}
