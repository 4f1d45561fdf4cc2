// One line of a Condition block as a question to the request: set operators, IfExists, Null and absent keys. Sources:
// IAM User Guide, "Condition operators" and "Single-valued vs. multivalued context keys".
import { CONDITION_OPERATORS } from "./condition-operators.js";
import type { ConditionOperator, ValueTest, Verdict } from "./condition-operators.js";
import { isKnownKey } from "./known-keys.js";
import type { Context } from "./match-text.js";
import type { Condition } from "./types.js";

export interface CompiledCondition {
  readonly condition: Condition;
  /** Lower-case. */
  readonly key: string;
  /** Keys of the condition and of its policy variables that the catalogue does not know. */
  readonly unknownKeys: readonly string[];
  /** Whether the condition holds; `undefined` when malformed or unqualified values leave it open. */
  readonly judge: (context: Context) => Verdict;
}

/** Returns the compiled condition. Throws `PolicyError` for a malformed policy variable. */
export function compileCondition(
  condition: Condition,
  syntax: { readonly variables: boolean; readonly path: string },
): CompiledCondition {
  const key = condition.key.toLowerCase();
  const operator = CONDITION_OPERATORS.get(condition.operator);
  const tests = operator === undefined ? [] : condition.values.map((value) => operator.compile(value, syntax));
  const variables = tests.flatMap(({ keys }) => keys);
  return {
    condition,
    key,
    unknownKeys: [condition.key, ...variables].filter((name) => !isKnownKey(name)),
    judge: operator === undefined ? judgeNull(key, condition.values) : judgeWith(condition, key, operator, tests),
  };
}

/** `Null` is `true` when the key is absent. Several values are alternatives. */
function judgeNull(key: string, values: readonly string[]): CompiledCondition["judge"] {
  return (context) => {
    const absent = (context.get(key)?.length ?? 0) === 0;
    // An empty string is a null data set, which "Null: false" is said to keep out beside ForAllValues (IAM User Guide,
    // "Multivalued context key examples"); what else it is to Null, AWS does not say.
    if (!absent && context.get(key)?.every((value) => value === "")) return undefined;
    return any(values, (value) => (value === "true" ? absent : value === "false" ? !absent : undefined));
  };
}

function judgeWith(
  condition: Condition,
  key: string,
  operator: ConditionOperator,
  tests: readonly ValueTest[],
): CompiledCondition["judge"] {
  const { setOperator, ifExists } = condition;
  const variables = tests.flatMap(({ keys }) => keys);
  const holds = (actual: string, context: Context): Verdict => {
    const matched = any(tests, ({ test }) => test(actual, context));
    return operator.negated ? not(matched) : matched;
  };
  return (context) => {
    const actual = context.get(key) ?? [];
    if (actual.length === 0) {
      if (ifExists || setOperator === "ForAllValues") return true;
      return setOperator === undefined && operator.negated;
    }
    // Multivalued keys are no policy variables (IAM User Guide, "IAM policy elements: Variables and tags").
    if (variables.some((name) => (context.get(name)?.length ?? 0) > 1)) return undefined;
    // An empty string is a null data set to the set operators: true for ForAllValues, false for ForAnyValue.
    if (setOperator !== undefined && actual.every((value) => value === "")) return setOperator === "ForAllValues";
    if (setOperator === "ForAllValues") return not(any(actual, (value) => not(holds(value, context))));
    if (setOperator === "ForAnyValue") return any(actual, (value) => holds(value, context));
    // Multivalued keys require a set operator; without one AWS documents no answer.
    return actual.length === 1 ? holds(actual[0] ?? "", context) : undefined;
  };
}

/** True when one is true, else open when one is open, else false. */
function any<T>(items: readonly T[], test: (item: T) => Verdict): Verdict {
  let verdict: Verdict = false;
  for (const item of items) {
    const one = test(item);
    if (one === true) return true;
    if (one === undefined) verdict = undefined;
  }
  return verdict;
}

function not(verdict: Verdict): Verdict {
  return verdict === undefined ? undefined : !verdict;
}
