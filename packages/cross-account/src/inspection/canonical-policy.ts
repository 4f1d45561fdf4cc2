// One form for documents that mean the same: lists sorted, single values as lists, an account's root and its id alike.
import { isDeepStrictEqual } from "node:util";

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** Returns the statements of a policy document in canonical form, sorted. Throws `SyntaxError` for what is not JSON. */
export function canonicalStatements(document: string): readonly Json[] {
  const parsed = JSON.parse(document) as Json;
  const statements = isObject(parsed) ? (parsed["Statement"] ?? []) : [];
  return sorted((isList(statements) ? statements : [statements]).map(canonicalStatement));
}

/** Says whether two documents have the same version and the same statements. What is not JSON equals nothing. */
export function samePolicy(one: string, other: string): boolean {
  try {
    // In a policy of the older version, variables are plain text.
    return (
      versionOf(one) === versionOf(other) && isDeepStrictEqual(canonicalStatements(one), canonicalStatements(other))
    );
  } catch {
    return false;
  }
}

function versionOf(document: string): Json {
  const parsed = JSON.parse(document) as Json;
  return isObject(parsed) ? (parsed["Version"] ?? "2008-10-17") : null;
}

/** Returns the statements of `one` that `other` does not have, by their `Sid` or their place. */
export function differingStatements(one: string, other: string): readonly string[] {
  try {
    const theirs = new Set(canonicalStatements(other).map((each) => JSON.stringify(each)));
    return canonicalStatements(one)
      .filter((each) => !theirs.has(JSON.stringify(each)))
      .map((each, index) => (isObject(each) && typeof each["Sid"] === "string" ? each["Sid"] : `#${index + 1}`));
  } catch {
    return ["the whole document"];
  }
}

/** Says whether two documents have a statement in common, by its name or as a whole: then one is the other, changed. */
export function isRelated(one: string, other: string): boolean {
  try {
    const [mine, theirs] = [one, other].map((document) =>
      canonicalStatements(document).flatMap((each) => {
        const sid = isObject(each) && typeof each["Sid"] === "string" ? [`sid ${each["Sid"]}`] : [];
        return [...sid, JSON.stringify(each)];
      }),
    );
    return mine?.some((each) => theirs?.includes(each) === true) === true;
  } catch {
    return false;
  }
}

function canonicalStatement(statement: Json): Json {
  if (!isObject(statement)) return statement;
  const entries = Object.entries(statement).map(([name, value]) => [name, canonicalElement(name, value)] as const);
  return Object.fromEntries(entries.sort(byName));
}

function canonicalElement(name: string, value: Json): Json {
  if (name === "Sid" || name === "Effect") return value;
  if (name === "Condition") return canonicalMap(value, (keys) => canonicalMap(keys, listOf, lowerCase), lowerCase);
  if (name === "Principal" || name === "NotPrincipal") {
    return isObject(value) ? canonicalMap(value, (names) => sorted(listOf(names).map(canonicalPrincipal))) : value;
  }
  // Actions are compared without regard to case (IAM User Guide, "IAM JSON policy elements: Action").
  if (name === "Action" || name === "NotAction") {
    return sorted(listOf(value).map((action) => (typeof action === "string" ? action.toLowerCase() : action)));
  }
  return listOf(value);
}

function canonicalPrincipal(principal: Json): Json {
  const root = typeof principal === "string" ? /^arn:[a-z-]+:iam::([0-9]{12}):root$/.exec(principal) : null;
  return root?.[1] ?? principal;
}

function canonicalMap(value: Json, each: (value: Json) => Json, name = (text: string) => text): Json {
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [name(key), each(inner)] as const);
  return Object.fromEntries(entries.sort(byName));
}

function listOf(value: Json): readonly Json[] {
  return sorted(isList(value) ? value : [value]);
}

function sorted(values: readonly Json[]): readonly Json[] {
  return [...values].sort((one, other) => compare(JSON.stringify(one), JSON.stringify(other)));
}

function byName(one: readonly [string, Json], other: readonly [string, Json]): number {
  return compare(one[0], other[0]);
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function lowerCase(text: string): string {
  return text.toLowerCase();
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isObject(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
