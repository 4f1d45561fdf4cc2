// The functions on text: Fn::Sub, Fn::Join, Fn::Select and Fn::Split.
import { UNKNOWN } from "./evaluation.js";
import type { Evaluator, NO_VALUE, Resolved } from "./evaluation.js";
import { templateError } from "./refusals.js";
import { isList, isMap, memberOf } from "./template-types.js";
import type { Value } from "./template-types.js";
import { SUBSTITUTION } from "./walk-references.js";

/** `${Name}`, `${Resource.Attribute}`, `${!Literal}`, and names of the map that may come second. */
export function evaluateSub(argument: Value, evaluator: Evaluator): Resolved {
  const [text, variables, ...more] = isList(argument) ? argument : [argument];
  if (
    typeof text !== "string" ||
    more.length > 0 ||
    (isList(argument) && !(variables !== undefined && isMap(variables)))
  ) {
    throw templateError(
      "One or more Fn::Sub intrinsic functions don't specify expected arguments. Specify a string as first argument, and an optional second argument to specify a mapping of values to replace in the string",
    );
  }
  const local = variables !== undefined && isMap(variables) ? variables : {};
  const unknown: string[] = [];
  // A variable is evaluated once however often it is used: nested ones would otherwise double with every level.
  const evaluated = new Map<string, Resolved | typeof NO_VALUE>();
  const valueOf = (name: string) => {
    const own = memberOf(local, name);
    const dot = name.indexOf(".");
    const value =
      evaluated.get(name) ??
      (own !== undefined
        ? evaluator.argument(own, "Fn::Sub")
        : dot === -1
          ? evaluator.scope.ref(name)
          : evaluator.scope.attribute(name.slice(0, dot), name.slice(dot + 1)));
    evaluated.set(name, value);
    return value;
  };
  const substituted = text.replace(SUBSTITUTION, (_whole, literal: string, written: string) => {
    if (literal === "!") return `\${${written}}`;
    const name = written.trim();
    if (!/^[\w:.]+$/.test(name)) {
      throw templateError(
        `variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons: ${written}`,
      );
    }
    const value = valueOf(name);
    if (value === UNKNOWN) {
      unknown.push(name);
      return "";
    }
    if (typeof value === "object" || typeof value === "symbol") {
      throw templateError(`Fn::Sub expression does not resolve to a string: ${name}`);
    }
    const put = String(value);
    evaluator.scope.spend(put.length);
    return put;
  });
  return unknown.length > 0 ? UNKNOWN : substituted;
}

/** `[delimiter, list]`. */
export function evaluateJoin(argument: Value, evaluator: Evaluator): Resolved {
  const [delimiter, list, ...more] = isList(argument) ? argument : [];
  if (typeof delimiter !== "string" || list === undefined || more.length > 0) throw badJoin();
  const items = listOf(list, evaluator, "Fn::Join");
  if (items === UNKNOWN) return UNKNOWN;
  if (items === undefined || items.some((item) => typeof item === "object")) throw badJoin();
  if (items.includes(UNKNOWN)) return UNKNOWN;
  const joined = items.map(String).join(delimiter);
  evaluator.scope.spend(joined.length);
  return joined;
}

/** `[index, list]`. */
export function evaluateSelect(argument: Value, evaluator: Evaluator): Resolved {
  const [at, list, ...more] = isList(argument) ? argument : [];
  if (at === undefined || list === undefined || more.length > 0) throw badSelect();
  const written = evaluator.argument(at, "Fn::Select");
  const index = typeof written === "number" || typeof written === "string" ? String(written) : "";
  if (!/^\d{1,9}$/.test(index)) throw badSelect();
  const items = listOf(list, evaluator, "Fn::Select");
  if (items === UNKNOWN) return UNKNOWN;
  if (items === undefined) throw badSelect();
  const item = items[Number(index)];
  if (item === undefined) throw templateError(`Fn::Select cannot select nonexistent value at index ${index}`);
  return item;
}

/** `[delimiter, text]`. */
export function evaluateSplit(argument: Value, evaluator: Evaluator): Resolved {
  const [delimiter, source, ...more] = isList(argument) ? argument : [];
  if (typeof delimiter !== "string" || delimiter === "" || source === undefined || more.length > 0) throw badSplit();
  const text = evaluator.argument(source, "Fn::Split");
  if (text === UNKNOWN) return UNKNOWN;
  if (typeof text === "object") throw badSplit();
  return String(text).split(delimiter);
}

/** A list written out, or a function that returns one; `undefined` for anything else. */
function listOf(list: Value, evaluator: Evaluator, what: string): readonly Resolved[] | typeof UNKNOWN | undefined {
  if (isList(list)) return evaluator.list(list);
  const evaluated = evaluator.argument(list, what);
  if (evaluated === UNKNOWN) return UNKNOWN;
  return Array.isArray(evaluated) ? (evaluated as readonly Resolved[]) : undefined;
}

function badJoin(): Error {
  return templateError(
    "every Fn::Join object requires two parameters, (1) a string delimiter and (2) a list of strings to be joined or a function that returns a list of strings (such as Fn::GetAZs) to be joined.",
  );
}

function badSelect(): Error {
  return templateError("Fn::Select requires a list argument with two elements: an integer index and a list");
}

function badSplit(): Error {
  return templateError(
    "every Fn::Split object requires two parameters, (1) a string delimiter and (2) a string to be split or a function that returns a string to be split.",
  );
}
