// Conditions and rules: functions that answer yes or no before anything is made.
// AWS CloudFormation User Guide, "Condition functions" and "Rule functions".
import { evaluateArgument, functionIn } from "./evaluate-value.js";
import { UNKNOWN } from "./evaluation.js";
import type { Resolved, Scope } from "./evaluation.js";
import { templateError } from "./refusals.js";
import { isList, isMap, memberOf } from "./template-types.js";
import type { RuleDeclaration, Template, Value } from "./template-types.js";

/** Where a function is used: rules have functions that conditions lack, and no conditions. */
type Place = "Conditions" | "Rules";

/** Returns what every condition of the template is. Throws `ValidationError`. */
export function evaluateConditions(template: Template, scope: Scope): ReadonlyMap<string, boolean> {
  const known = new Map<string, boolean>();
  const condition = (name: string): boolean => {
    const already = known.get(name);
    if (already !== undefined) return already;
    const declared = template.conditions.get(name);
    if (declared === undefined) throw templateError(`Unresolved condition dependency ${name} in the Conditions block`);
    const answer = decide(declared, { ...scope, condition }, "Conditions");
    known.set(name, answer);
    return answer;
  };
  for (const name of template.conditions.keys()) condition(name);
  return known;
}

/** Throws `ValidationError` with the description of every assertion that does not hold. */
export function requireRules(rules: ReadonlyMap<string, RuleDeclaration>, scope: Scope): void {
  const failed: string[] = [];
  for (const [name, { condition, assertions }] of rules) {
    if (condition !== undefined && !decide(condition, scope, "Rules")) continue;
    for (const { assert, description } of assertions) {
      if (!decide(assert, scope, "Rules")) failed.push(description ?? `assertion of rule ${name}`);
    }
  }
  // AWS documents that the operation is refused; the words around the template's own description are ours.
  if (failed.length > 0) throw templateError(`Rule assertions failed: ${failed.join("; ")}`);
}

function decide(value: Value, scope: Scope, place: Place): boolean {
  if (!isMap(value)) return asBoolean(value, place);
  const named = place === "Conditions" && Object.keys(value).length === 1 ? memberOf(value, "Condition") : undefined;
  if (typeof named === "string") return scope.condition(named);
  const called = functionIn(value);
  if (called === undefined) throw notBoolean(place);
  const { name, argument } = called;
  const list = isList(argument) ? argument : [];
  switch (name) {
    case "Fn::Equals": {
      const [left, right, ...more] = list;
      if (left === undefined || right === undefined || more.length > 0) {
        throw templateError("Fn::Equals requires a list argument with two elements.");
      }
      return textOf(left, scope) === textOf(right, scope);
    }
    case "Fn::Not": {
      const [only, ...more] = list;
      if (only === undefined || more.length > 0) {
        throw templateError("Fn::Not requires a list argument with one element.");
      }
      return !decide(only, scope, place);
    }
    case "Fn::And":
    case "Fn::Or": {
      // "The minimum number of conditions that you can include is 2, and the maximum is 10."
      if (list.length < 2 || list.length > 10) {
        throw templateError(`${name} requires a list argument with two to ten elements.`);
      }
      // All are evaluated: a broken one is reported even where it could not change the answer.
      const answers = list.map((item) => decide(item, scope, place));
      return name === "Fn::And" ? answers.every(Boolean) : answers.some(Boolean);
    }
    default:
      if (place === "Rules") return decideRuleFunction(name, list, scope);
      throw templateError(`the sandbox does not have ${name} in Conditions`);
  }
}

function decideRuleFunction(name: string, list: readonly Value[], scope: Scope): boolean {
  const [first, second, ...more] = list;
  if (first === undefined || second === undefined || more.length > 0) {
    throw templateError(`${name} requires a list argument with two elements.`);
  }
  switch (name) {
    case "Fn::Contains":
      return textsOf(first, scope).includes(textOf(second, scope));
    case "Fn::EachMemberEquals": {
      const wanted = textOf(second, scope);
      return textsOf(first, scope).every((item) => item === wanted);
    }
    case "Fn::EachMemberIn": {
      const allowed = textsOf(second, scope);
      return textsOf(first, scope).every((item) => allowed.includes(item));
    }
    default:
      // Fn::RefAll, Fn::ValueOf and Fn::ValueOfAll are about parameters of AWS-specific types, which are refused.
      throw templateError(`the sandbox does not have ${name} in Rules`);
  }
}

function asBoolean(value: Value, place: Place): boolean {
  const text = typeof value === "object" ? "" : String(value).toLowerCase();
  if (text !== "true" && text !== "false") throw notBoolean(place);
  return text === "true";
}

/** Conditions compare text: 1 and "1" are the same; a list is the text of its items. */
function textOf(value: Value, scope: Scope): string {
  return plain(evaluateArgument(value, scope, "a condition function"));
}

function textsOf(value: Value, scope: Scope): readonly string[] {
  const evaluated = evaluateArgument(value, scope, "a rule function");
  if (!Array.isArray(evaluated)) throw templateError("rule functions on lists require a list of strings.");
  return (evaluated as readonly Resolved[]).map(plain);
}

function plain(value: Resolved): string {
  if (value === UNKNOWN) throw templateError("conditions and rules cannot refer to resources");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function notBoolean(place: Place): Error {
  return templateError(`every member of ${place} must be a function that returns true or false.`);
}
