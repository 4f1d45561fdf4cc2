// Finds what a value of a template refers to, without evaluating it.
import { isList, isMap } from "./template-types.js";
import type { Value } from "./template-types.js";

export type Reference =
  | { readonly kind: "ref"; readonly name: string }
  | { readonly kind: "attribute"; readonly name: string; readonly attribute: string | undefined }
  | { readonly kind: "condition"; readonly name: string };

/** Which branch of an `Fn::If` counts: one of them, both, or, as long as nobody can know, neither. */
export type ChooseBranch = (condition: string) => boolean | "both" | "neither";

/** Yields every reference in the value, those of the branches that `choose` leaves out excepted. */
export function* walkReferences(value: Value, choose: ChooseBranch): Generator<Reference> {
  if (isList(value)) {
    for (const item of value) yield* walkReferences(item, choose);
    return;
  }
  if (!isMap(value)) return;
  for (const [key, argument] of Object.entries(value)) {
    if (key === "Ref" && typeof argument === "string") yield { kind: "ref", name: argument };
    else if (key === "Condition" && typeof argument === "string") yield { kind: "condition", name: argument };
    else if (key === "Fn::GetAtt") yield* attributeReferences(argument, choose);
    else if (key === "Fn::Sub") yield* substitutions(argument, choose);
    else if (key === "Fn::If" && isList(argument)) yield* branches(argument, choose);
    else yield* walkReferences(argument, choose);
  }
}

/** Returns the logical id and attribute that an `Fn::GetAtt` names; `undefined` when it is malformed. */
export function attributeOf(argument: Value): { name: string; attribute: Value } | undefined {
  if (typeof argument === "string") {
    const dot = argument.indexOf(".");
    return dot < 1 ? undefined : { name: argument.slice(0, dot), attribute: argument.slice(dot + 1) };
  }
  if (!isList(argument) || argument.length !== 2) return undefined;
  const [name, attribute] = argument;
  return typeof name === "string" && attribute !== undefined ? { name, attribute } : undefined;
}

/** What stands between `${` and `}`; `${!` is a literal `${`. */
export const SUBSTITUTION = /\$\{(!?)([^}]*)\}/g;

function* attributeReferences(argument: Value, choose: ChooseBranch): Generator<Reference> {
  const found = attributeOf(argument);
  if (found === undefined) return;
  const { name, attribute } = found;
  yield { kind: "attribute", name, attribute: typeof attribute === "string" ? attribute : undefined };
  yield* walkReferences(attribute, choose);
}

function* substitutions(argument: Value, choose: ChooseBranch): Generator<Reference> {
  const [text, variables] = isList(argument) ? argument : [argument, undefined];
  const local = isMap(variables) ? variables : {};
  if (typeof text === "string") {
    for (const [, literal, written = ""] of text.matchAll(SUBSTITUTION)) {
      const name = written.trim();
      if (literal === "!" || Object.hasOwn(local, name)) continue;
      const dot = name.indexOf(".");
      yield dot === -1
        ? { kind: "ref", name }
        : { kind: "attribute", name: name.slice(0, dot), attribute: name.slice(dot + 1) };
    }
  }
  yield* walkReferences(local, choose);
}

function* branches(argument: readonly Value[], choose: ChooseBranch): Generator<Reference> {
  const [condition, whenTrue, whenFalse] = argument;
  if (typeof condition !== "string") return;
  yield { kind: "condition", name: condition };
  const branch = choose(condition);
  if ((branch === true || branch === "both") && whenTrue !== undefined) yield* walkReferences(whenTrue, choose);
  if ((branch === false || branch === "both") && whenFalse !== undefined) yield* walkReferences(whenFalse, choose);
}
