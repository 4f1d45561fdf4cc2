// Whether one set of conditions lets through no more than another. In doubt it does, so that a difference is shown.
import { arnCovers, comparePatterns, readArn, tokenize, tokenizeText } from "./compare-patterns.js";
import type { PolicyConditions } from "./types.js";

export interface DiffCondition {
  /** `ForAllValues:`, `ForAnyValue:` or nothing. */
  readonly set: string;
  /** Without set and `IfExists`; `ArnEquals` is `ArnLike`, as to IAM. */
  readonly operator: string;
  readonly ifExists: boolean;
  /** In lower case, as to IAM. */
  readonly key: string;
  readonly values: readonly string[];
}

/** Conditions that must all hold. */
export type Conjunction = readonly DiffCondition[];

const MOST_ALTERNATIVES = 64;

/** Returns the conditions as alternatives, so that it does not matter how statements share them out. */
export function splitConditions(conditions: PolicyConditions): readonly Conjunction[] {
  const parsed = Object.entries(conditions).flatMap(([written, keys]) =>
    Object.entries(keys).map(([key, value]) =>
      parseCondition(written, key, typeof value === "string" ? [value] : value),
    ),
  );
  // Not one of two values is not the one and not the other.
  const all = parsed.flatMap((each) =>
    isNegated(each) && each.set === "" ? each.values.map((value) => ({ ...each, values: [value] })) : [each],
  );
  const count = all.reduce((product, each) => product * (isChoice(each) ? each.values.length : 1), 1);
  if (count > MOST_ALTERNATIVES) return [all];
  let alternatives: readonly Conjunction[] = [[]];
  for (const each of all) {
    const choices = isChoice(each) ? each.values.map((value) => ({ ...each, values: [value] })) : [each];
    alternatives = alternatives.flatMap((before) => choices.map((choice) => [...before, choice]));
  }
  return alternatives;
}

/** Returns whether everything that meets `narrow` meets `wide`. */
export function isImplied(wide: Conjunction, narrow: Conjunction): boolean {
  return wide.every((asked) => narrow.some((given) => follows(given, asked)));
}

function parseCondition(written: string, key: string, values: readonly string[]): DiffCondition {
  const set = /^For(?:All|Any)Values?:/.exec(written)?.[0] ?? "";
  const ifExists = written.endsWith("IfExists");
  const name = written.slice(set.length, ifExists ? -"IfExists".length : undefined);
  const operator = name.replace(/^Arn(Not)?Equals$/, (_, not: string | undefined) => `Arn${not ?? ""}Like`);
  const same = /^(?:Bool|Null)$/.test(operator) ? values.map((value) => value.toLowerCase()) : values;
  return { set, operator, ifExists, key: key.toLowerCase(), values: [...new Set(same)].sort() };
}

function isNegated({ operator }: DiffCondition): boolean {
  return operator.includes("Not");
}

function isChoice(condition: DiffCondition): boolean {
  return !isNegated(condition) && condition.set !== "ForAllValues:";
}

function follows(given: DiffCondition, asked: DiffCondition): boolean {
  if (given.key !== asked.key || given.set !== asked.set || (given.ifExists && !asked.ifExists)) return false;
  if (isNegated(asked)) {
    // The one that rules out more is the narrower.
    return given.operator === asked.operator && asked.values.every((value) => given.values.includes(value));
  }
  return given.values.every((value) =>
    asked.values.some((wide) => covers(asked.operator, wide, given.operator, value)),
  );
}

function covers(wideOperator: string, wide: string, operator: string, value: string): boolean {
  if (wideOperator === operator && wide === value) return true;
  if (wideOperator === "StringLike" && operator === "StringEquals") {
    return comparePatterns.covers(tokenize(wide), tokenizeText(value));
  }
  if (wideOperator === "StringEqualsIgnoreCase" && operator === "StringEquals") {
    return wide.toLowerCase() === value.toLowerCase();
  }
  if (wideOperator !== operator) return false;
  if (operator === "StringLike") return comparePatterns.covers(tokenize(wide), tokenize(value));
  if (operator === "ArnLike") return arnCovers(readArn(wide), readArn(value));
  if (operator === "IpAddress") return rangeCovers(wide, value);
  const [limit, own] = [measure(operator, wide), measure(operator, value)];
  if (/LessThan(?:Equals)?$/.test(operator)) return own <= limit;
  return /GreaterThan(?:Equals)?$/.test(operator) && own >= limit;
}

// NaN is neither more nor less than anything.
function measure(operator: string, value: string): number {
  if (operator.startsWith("Numeric")) return /^-?[0-9]{1,15}$/.test(value) ? Number(value) : NaN;
  return operator.startsWith("Date") && value.includes("T") ? Date.parse(value) : NaN;
}

/** IPv4 only; other ranges are the same or are not. */
function rangeCovers(wide: string, narrow: string): boolean {
  const [left, right] = [readRange(wide), readRange(narrow)];
  if (left === undefined || right === undefined || left.bits > right.bits) return false;
  const size = 2 ** (32 - left.bits);
  return Math.floor(left.address / size) === Math.floor(right.address / size);
}

function readRange(range: string): { readonly address: number; readonly bits: number } | undefined {
  const [, address = "", bits = "32"] = /^((?:[0-9]{1,3}\.){3}[0-9]{1,3})(?:\/([0-9]{1,2}))?$/.exec(range) ?? [];
  const bytes = address.split(".").map(Number);
  if (bytes.length !== 4 || bytes.some((byte) => byte > 255) || Number(bits) > 32) return undefined;
  return { address: bytes.reduce((sum, byte) => sum * 256 + byte, 0), bits: Number(bits) };
}
