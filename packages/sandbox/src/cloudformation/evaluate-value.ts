// Evaluates intrinsic functions in resources and outputs.
// AWS CloudFormation User Guide, "Intrinsic function reference"; texts as publicly reported.
import { NO_VALUE, UNKNOWN } from "./evaluation.js";
import type { Evaluator, Resolved, Scope } from "./evaluation.js";
import { evaluateJoin, evaluateSelect, evaluateSplit, evaluateSub } from "./evaluate-text.js";
import { templateError, templateFormatError } from "./refusals.js";
import { isList, isMap, memberOf } from "./template-types.js";
import type { Value, ValueMap } from "./template-types.js";
import { attributeOf } from "./walk-references.js";

/** Returns the value with all its functions evaluated. Throws `ValidationError`. */
export function evaluate(value: Value, scope: Scope): Resolved | typeof NO_VALUE {
  if (isList(value)) return evaluateList(value, scope);
  if (!isMap(value)) return value;
  const called = functionIn(value);
  if (called !== undefined) return call(called.name, called.argument, scope);
  const members: [string, Resolved][] = [];
  for (const [key, member] of Object.entries(value)) {
    const evaluated = evaluate(member, scope);
    if (evaluated !== NO_VALUE) members.push([key, evaluated]);
  }
  return Object.fromEntries(members);
}

/** Returns the items, without those that are `AWS::NoValue`. */
function evaluateList(list: readonly Value[], scope: Scope): readonly Resolved[] {
  return list.map((item) => evaluate(item, scope)).filter((item) => item !== NO_VALUE);
}

/** Evaluates an argument that must have a value. */
export function evaluateArgument(argument: Value, scope: Scope, what: string): Resolved {
  const evaluated = evaluate(argument, scope);
  if (evaluated === NO_VALUE) throw templateError(`${what} does not accept AWS::NoValue`);
  return evaluated;
}

function evaluatorOf(scope: Scope): Evaluator {
  return {
    scope,
    argument: (value, what) => evaluateArgument(value, scope, what),
    list: (values) => evaluateList(values, scope),
  };
}

/** Returns the function that a map is, if it is one. Throws for a function with something beside it. */
export function functionIn(map: ValueMap): { readonly name: string; readonly argument: Value } | undefined {
  const keys = Object.keys(map);
  const name = keys.find((key) => key === "Ref" || key.startsWith("Fn::"));
  if (name === undefined) return undefined;
  const argument = memberOf(map, name);
  if (argument === undefined || keys.length > 1) {
    // A property may be called Ref; functions are never beside anything.
    if (name === "Ref") return undefined;
    throw templateFormatError(`${name} must be the only member of its object: [${keys.join(", ")}]`);
  }
  return { name, argument };
}

function call(name: string, argument: Value, scope: Scope): Resolved | typeof NO_VALUE {
  switch (name) {
    case "Ref":
      if (typeof argument !== "string") throw templateError("All Ref objects must have a single String value.");
      return scope.ref(argument);
    case "Fn::GetAtt":
      return evaluateGetAtt(argument, scope);
    case "Fn::If":
      return evaluateIf(argument, scope);
    case "Fn::FindInMap":
      return evaluateFindInMap(argument, scope);
    case "Fn::ImportValue": {
      const exported = evaluateArgument(argument, scope, name);
      if (exported === UNKNOWN) return UNKNOWN;
      if (typeof exported !== "string") throw templateError("every Fn::ImportValue object must have a String value.");
      return scope.importValue(exported);
    }
    case "Fn::Base64": {
      const text = evaluateArgument(argument, scope, name);
      if (text === UNKNOWN) return UNKNOWN;
      if (typeof text === "object") throw templateError("every Fn::Base64 object must have a String-typed value.");
      return Buffer.from(String(text)).toString("base64");
    }
    case "Fn::Sub":
      return evaluateSub(argument, evaluatorOf(scope));
    case "Fn::Join":
      return evaluateJoin(argument, evaluatorOf(scope));
    case "Fn::Select":
      return evaluateSelect(argument, evaluatorOf(scope));
    case "Fn::Split":
      return evaluateSplit(argument, evaluatorOf(scope));
    default:
      throw templateError(`the sandbox does not have ${name} here`);
  }
}

function evaluateGetAtt(argument: Value, scope: Scope): Resolved {
  const found = attributeOf(argument);
  if (found === undefined) {
    throw templateError(
      "every Fn::GetAtt object requires two non-empty parameters, the resource name and the resource attribute",
    );
  }
  const attribute = evaluateArgument(found.attribute, scope, "Fn::GetAtt");
  if (typeof attribute !== "string") throw templateError("the attribute of Fn::GetAtt must be a String");
  return scope.attribute(found.name, attribute);
}

function evaluateIf(argument: Value, scope: Scope): Resolved | typeof NO_VALUE {
  const [condition, whenTrue, whenFalse, ...more] = isList(argument) ? argument : [];
  if (typeof condition !== "string" || whenTrue === undefined || whenFalse === undefined || more.length > 0) {
    throw templateError("Fn::If requires a list argument with the first element being a condition");
  }
  return evaluate(scope.condition(condition) ? whenTrue : whenFalse, scope);
}

/** Returns the value of a mapping. Its keys may be Ref and other Fn::FindInMap only, so it is never unknown. */
export function evaluateFindInMap(argument: Value, scope: Scope): Value {
  if (!isList(argument) || argument.length !== 3) {
    throw templateError(
      "every Fn::FindInMap object requires three parameters, the map name, map key and the attribute",
    );
  }
  const keys = argument.map((part) => evaluateArgument(part, scope, "Fn::FindInMap"));
  const [map, top, second] = keys.map((key) => {
    if (typeof key === "object" || typeof key === "symbol") {
      throw templateError("every Fn::FindInMap parameter must be a String");
    }
    return String(key);
  });
  const mapping = memberOf(scope.mappings(), map ?? "");
  if (mapping === undefined) {
    throw templateError(`Mapping named '${map}' is not present in the 'Mappings' section of template.`);
  }
  const row = isMap(mapping) ? memberOf(mapping, top ?? "") : undefined;
  const value = row !== undefined && isMap(row) ? memberOf(row, second ?? "") : undefined;
  if (value === undefined) throw templateError(`Unable to get mapping for ${map}::${top}::${second}`);
  return value;
}
