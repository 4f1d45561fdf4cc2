// What AWS's actions are: the generated tables, read one service at a time, as most descriptions name few of hundreds.
import { comparePatterns, readTypeArn, tokenize } from "./compare-patterns.js";
import type { ArnPattern } from "./compare-patterns.js";
import { GLOBAL_KEYS, SERVICES_A_TO_L } from "./iam-actions-a-l.js";
import { SERVICES_M_TO_Z } from "./iam-actions-m-z.js";
import type { AccessLevel } from "./types.js";

export interface Action {
  /** `s3:GetObject`, in AWS's spelling. */
  readonly name: string;
  readonly level: AccessLevel;
  /** The condition keys that its requests carry whatever the resource, in lower case; see `carriesKey`. */
  readonly keys: readonly string[];
  /** What it works on; empty when it has no resources and is granted on `*` alone. */
  readonly types: readonly ResourceType[];
}

export interface ResourceType {
  readonly arns: readonly ArnPattern[];
  /** Further condition keys, of requests about such a resource. */
  readonly keys: readonly string[];
  /** Whether every request of the action needs one. */
  readonly required: boolean;
}

export interface ActionTable {
  /** Every service prefix that AWS knows. */
  readonly services: readonly string[];
  /** Returns the service's actions; none for a service that AWS does not know. */
  readonly actionsOf: (service: string) => ServiceActions;
  /** Returns the actions that `s3:Get*` or `*` stands for; none when AWS knows no such action. */
  readonly expand: (pattern: string) => readonly Action[];
}

export interface ServiceActions {
  /** Without prefix, in lower case. */
  readonly names: readonly string[];
  /** Returns the action of this name in lower case. */
  readonly find: (name: string) => Action | undefined;
}

const LEVELS: Readonly<Record<string, AccessLevel>> = {
  R: "read",
  L: "read",
  W: "write",
  T: "tagging",
  P: "permissions",
};

/** Returns a reader of the tables, which remembers what it has read. */
export function readActions(): ActionTable {
  const actionsOf = remember(readService);
  const services = [SERVICES_A_TO_L, SERVICES_M_TO_Z].flatMap(prefixes);
  const all = (service: string, tokens: ReturnType<typeof tokenize>): readonly Action[] => {
    const { names, find } = actionsOf(service);
    return names.filter((name) => comparePatterns.covers(tokens, [...name])).flatMap((name) => find(name) ?? []);
  };
  return {
    services,
    actionsOf,
    expand: (pattern) => {
      if (pattern === "*") return services.flatMap((service) => all(service, tokenize("*")));
      const colon = pattern.indexOf(":");
      const [service, name] = [pattern.slice(0, colon), pattern.slice(colon + 1).toLowerCase()];
      if (/[*?]/.test(name)) return all(service, tokenize(name));
      return [actionsOf(service).find(name)].filter((action) => action !== undefined);
    },
  };
}

// Most of a service is never asked for.
function remember<Value>(read: (key: string) => Value): (key: string) => Value {
  const known = new Map<string, Value>();
  return (key) => {
    const value = known.get(key) ?? read(key);
    known.set(key, value);
    return value;
  };
}

const GLOBAL = GLOBAL_KEYS.split(" ");

/** Returns whether every request of every action may carry the condition key, whatever its case. */
export function isGlobalKey(key: string): boolean {
  return carriesKey(GLOBAL, key);
}

/** Returns whether the keys hold this one. A key that does not end in a letter or digit goes on with a name. */
export function carriesKey(keys: readonly string[], key: string): boolean {
  const wanted = key.toLowerCase();
  return keys.some((each) =>
    /[a-z0-9]$/.test(each) ? each === wanted : wanted.length > each.length && wanted.startsWith(each),
  );
}

function prefixes(table: string): readonly string[] {
  return table
    .trim()
    .split("\n")
    .map((line) => line.slice(0, line.indexOf(";")));
}

// scripts/generate-iam-actions.mjs says what a line holds.
function readService(service: string): ServiceActions {
  const line = findLine(SERVICES_A_TO_L, service) ?? findLine(SERVICES_M_TO_Z, service) ?? "";
  const [keys = [], sets = [], types = [], actions = []] = line.split(";").map((list) => list.split("|"));
  const at = (list: readonly string[], place: string): string => list[parseInt(place, 36)] ?? "";
  const keySet = remember((place) =>
    at(sets, place)
      .split(" ")
      .map((key) => at(keys, key))
      .filter((key) => key !== ""),
  );
  const typeAt = remember((place) => {
    const [set = "", arns = ""] = at(types, place).split(" ");
    return { keys: keySet(set), arns: arns.split(",").map(readTypeArn) };
  });
  const lines = new Map(
    actions.filter((action) => action !== "").map((action) => [nameOf(action).toLowerCase(), action]),
  );
  const read = remember((name): Action => {
    const action = lines.get(name) ?? "";
    const [, level = "", ...uses] = action.split(" ");
    return {
      name: `${service}:${nameOf(action)}`,
      // What the table cannot say is taken for the gravest.
      level: LEVELS[level.slice(0, 1)] ?? "permissions",
      keys: keySet(level.slice(1)),
      types: uses.map((use) => ({ ...typeAt(use.replace("!", "")), required: use.endsWith("!") })),
    };
  });
  return { names: [...lines.keys()], find: (name) => (lines.has(name) ? read(name) : undefined) };
}

function findLine(table: string, service: string): string | undefined {
  const at = table.indexOf(`\n${service};`);
  if (at === -1) return undefined;
  const start = at + service.length + 2;
  return table.slice(start, table.indexOf("\n", start));
}

function nameOf(action: string): string {
  return action.slice(0, action.indexOf(" "));
}
