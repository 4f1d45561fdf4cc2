// What AWS's actions are: the generated tables, read one service at a time, as most descriptions name few of hundreds.
import { comparePatterns, tokenize } from "./compare-patterns.js";
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
  /** Patterns: `*` stands for any characters, `#` for any without a slash. */
  readonly arns: readonly string[];
  /** Further condition keys, of requests about such a resource. */
  readonly keys: readonly string[];
  /** Whether every request of the action needs one. */
  readonly required: boolean;
}

export interface ActionTable {
  /** Every service prefix that AWS knows. */
  readonly services: readonly string[];
  /** Returns the service's actions by their names in lower case; empty for a service that AWS does not know. */
  readonly actionsOf: (service: string) => ReadonlyMap<string, Action>;
  /** Returns the actions that `s3:Get*` or `*` stands for; none when AWS knows no such action. */
  readonly expand: (pattern: string) => readonly Action[];
}

const LEVELS: Readonly<Record<string, AccessLevel>> = {
  R: "read",
  L: "read",
  W: "write",
  T: "tagging",
  P: "permissions",
};

/** Returns a reader of the tables, which remembers the services that it has read. */
export function readActions(): ActionTable {
  const read = new Map<string, ReadonlyMap<string, Action>>();
  let services: readonly string[] | undefined;
  const table: ActionTable = {
    get services() {
      services ??= [SERVICES_A_TO_L, SERVICES_M_TO_Z].flatMap(prefixes);
      return services;
    },
    actionsOf: (service) => {
      const known = read.get(service);
      if (known !== undefined) return known;
      const actions = readService(service);
      read.set(service, actions);
      return actions;
    },
    expand: (pattern) => {
      if (pattern === "*") return table.services.flatMap((service) => [...table.actionsOf(service).values()]);
      const colon = pattern.indexOf(":");
      const actions = table.actionsOf(pattern.slice(0, colon));
      const name = pattern.slice(colon + 1).toLowerCase();
      if (!/[*?]/.test(name)) return [actions.get(name)].filter((action) => action !== undefined);
      const tokens = tokenize(name);
      return [...actions].filter(([each]) => comparePatterns.covers(tokens, [...each])).map(([, action]) => action);
    },
  };
  return table;
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
function readService(service: string): ReadonlyMap<string, Action> {
  const line = findLine(SERVICES_A_TO_L, service) ?? findLine(SERVICES_M_TO_Z, service);
  if (line === undefined) return new Map();
  const [keys = [], sets = [], types = [], actions = []] = line.split(";").map((list) => list.split("|"));
  const keySets = sets.map((set) => set.split(" ").flatMap((place) => keys[parseInt(place, 36)] ?? []));
  const setAt = (place: string): readonly string[] => keySets[parseInt(place, 36)] ?? [];
  const typeList = types.map((type) => {
    const [set = "", arns = ""] = type.split(" ");
    return { keys: setAt(set), arns: arns.split(",") };
  });
  const found = new Map<string, Action>();
  for (const action of actions) {
    const [name = "", level = "", ...uses] = action.split(" ");
    found.set(name.toLowerCase(), {
      name: `${service}:${name}`,
      // What the table cannot say is taken for the gravest.
      level: LEVELS[level.slice(0, 1)] ?? "permissions",
      keys: setAt(level.slice(1)),
      types: uses.flatMap((use) => {
        const type = typeList[parseInt(use, 36)];
        return type === undefined ? [] : [{ ...type, required: use.endsWith("!") }];
      }),
    });
  }
  return found;
}

function findLine(table: string, service: string): string | undefined {
  const at = table.indexOf(`\n${service};`);
  if (at === -1) return undefined;
  const start = at + service.length + 2;
  return table.slice(start, table.indexOf("\n", start));
}
