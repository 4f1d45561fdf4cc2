// Every condition operator that AWS documents, and how one request value is compared with one policy value. Source:
// IAM User Guide, "IAM JSON policy elements: Condition operators".
import { arnMatcherOf, splitArn } from "./match-arn.js";
import { compareDates, compareNumbers } from "./compare-values.js";
import { matchIpAddress } from "./match-ip-address.js";
import { matcherOf, textOf, tokenize } from "./match-text.js";
import type { Context } from "./match-text.js";

/** `undefined`: cannot be told, because the request's value or the policy's is malformed. */
export type Verdict = boolean | undefined;

export interface ValueTest {
  /** Lower-case keys of the policy variables in the value. */
  readonly keys: readonly string[];
  readonly test: (value: string, context: Context) => Verdict;
}

export interface ConditionOperator {
  /** Negated operators hold when no policy value matches, and when the key is absent. */
  readonly negated: boolean;
  /** Returns the test for one policy value. Throws `PolicyError` for a malformed policy variable. */
  readonly compile: (value: string, syntax: { readonly variables: boolean; readonly path: string }) => ValueTest;
}

type Compile = ConditionOperator["compile"];

const string =
  (wildcards: boolean): Compile =>
  (value, { variables, path }) => {
    const { keys, match } = matcherOf(tokenize(value, { wildcards, variables }, path));
    // A variable without a value is effectively null: nothing equals it, and the negated operators match.
    return { keys, test: (actual, context) => match(actual, context) ?? false };
  };

const stringIgnoringCase: Compile = (value, { variables, path }) => {
  const tokens = tokenize(value, { wildcards: false, variables }, path);
  const keys = tokens.flatMap((token) => (token.kind === "variable" ? [token.key] : []));
  return {
    keys,
    test: (actual, context) => {
      const expected = textOf(tokens, context);
      return expected !== undefined && expected.toLowerCase() === actual.toLowerCase();
    },
  };
};

// ArnEquals and ArnLike behave identically.
const arn: Compile = (value, { variables, path }) => {
  const matcher = arnMatcherOf(tokenize(value, { wildcards: true, variables }, path));
  if (matcher === undefined) return { keys: [], test: () => undefined };
  return {
    keys: matcher.keys,
    test: (actual, context) => (splitArn(actual) === undefined ? undefined : (matcher.match(actual, context) ?? false)),
  };
};

/** Operators without wildcards and policy variables. */
const plain =
  (test: (actual: string, expected: string) => Verdict): Compile =>
  (value) => ({ keys: [], test: (actual) => test(actual, value) });

const ordered =
  (compare: (left: string, right: string) => number | undefined, holds: (difference: number) => boolean): Compile =>
  (value) => ({
    keys: [],
    test: (actual) => {
      const difference = compare(actual, value);
      return difference === undefined ? undefined : holds(difference);
    },
  });

function family(
  name: string,
  compare: (left: string, right: string) => number | undefined,
): readonly (readonly [string, ConditionOperator])[] {
  return [
    [`${name}Equals`, positive(ordered(compare, (difference) => difference === 0))],
    [`${name}NotEquals`, negated(ordered(compare, (difference) => difference === 0))],
    [`${name}LessThan`, positive(ordered(compare, (difference) => difference < 0))],
    [`${name}LessThanEquals`, positive(ordered(compare, (difference) => difference <= 0))],
    [`${name}GreaterThan`, positive(ordered(compare, (difference) => difference > 0))],
    [`${name}GreaterThanEquals`, positive(ordered(compare, (difference) => difference >= 0))],
  ];
}

const bool: Compile = (value, { variables, path }) => {
  const tokens = tokenize(value, { wildcards: false, variables }, path);
  const keys = tokens.flatMap((token) => (token.kind === "variable" ? [token.key] : []));
  return {
    keys,
    test: (actual, context) => {
      const expected = textOf(tokens, context);
      if (expected === undefined) return false;
      return isBoolean(expected) && isBoolean(actual) ? expected === actual : undefined;
    },
  };
};

function isBoolean(text: string): boolean {
  return text === "true" || text === "false";
}

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Both sides in base64: the policy's value by definition, the request's because context values are text. */
function equalBytes(actual: string, expected: string): Verdict {
  if (!BASE64.test(actual) || !BASE64.test(expected)) return undefined;
  return atob(actual) === atob(expected);
}

function positive(compile: Compile): ConditionOperator {
  return { negated: false, compile };
}

function negated(compile: Compile): ConditionOperator {
  return { negated: true, compile };
}

/** By AWS's spelling. `Null` is not among them: it asks for the key, not for a value. */
export const CONDITION_OPERATORS: ReadonlyMap<string, ConditionOperator> = new Map([
  ["StringEquals", positive(string(false))],
  ["StringNotEquals", negated(string(false))],
  ["StringEqualsIgnoreCase", positive(stringIgnoringCase)],
  ["StringNotEqualsIgnoreCase", negated(stringIgnoringCase)],
  ["StringLike", positive(string(true))],
  ["StringNotLike", negated(string(true))],
  ...family("Numeric", compareNumbers),
  ...family("Date", compareDates),
  ["Bool", positive(bool)],
  ["BinaryEquals", positive(plain(equalBytes))],
  ["IpAddress", positive(plain(matchIpAddress))],
  ["NotIpAddress", negated(plain(matchIpAddress))],
  ["ArnEquals", positive(arn)],
  ["ArnLike", positive(arn)],
  ["ArnNotEquals", negated(arn)],
  ["ArnNotLike", negated(arn)],
]);
