// The door's checks: malformed options are refused in words that name the option and never repeat what was passed.
// By hand, because nothing else that a warm answer needs would load a validation library.
import { CredentialsError } from "./errors.js";

/** How one option is taken. */
export interface OptionRule {
  /** Completes "needs `option` to be …". */
  readonly wanted: string;
  /** Returns the value, copied where it could change, or `undefined` where it is not what is wanted. */
  readonly take: (value: unknown) => unknown;
  /** The next step where it is missing. Absent: the option may be left out. */
  readonly missing?: string;
  /** True where `undefined` is an answer, but a forgotten option is not. */
  readonly mayBeUndefined?: true;
}

/** Node's timers fire after 1 ms instead where they are given more: Node.js docs, "setTimeout". */
const LONGEST_MS = 2_147_483_647;

const ruleOf = (wanted: string, isGood: (value: unknown) => boolean): OptionRule => ({
  wanted,
  take: (value) => (isGood(value) ? value : undefined),
});

export const FUNCTION = ruleOf("a function", (value) => typeof value === "function");
export const TEXT = ruleOf("text", (value) => typeof value === "string");
export const BOOLEAN = ruleOf("true or false", (value) => typeof value === "boolean");
export const NUMBER = ruleOf("a number", (value) => typeof value === "number");

/** A wait that is no number, or longer than a timer can be, would end at once and look like an outage. */
export const millisecondsFrom = (least: number): OptionRule =>
  ruleOf(
    `a number of milliseconds from ${least} to ${LONGEST_MS}`,
    (value) => typeof value === "number" && value >= least && value <= LONGEST_MS,
  );

/** A rate of calls: so many a second. */
export const callsFrom = (least: number): OptionRule =>
  ruleOf(
    `a number of calls a second from ${least} to 1000000`,
    (value) => typeof value === "number" && value >= least && value <= 1_000_000,
  );

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** An object with methods of these names. It is not copied: it may be an instance of a class. */
export const objectWith = (...methods: readonly string[]): OptionRule =>
  ruleOf(
    `an object with ${methods.join(", ")}`,
    (value) => isObject(value) && methods.every((name) => typeof Reflect.get(value, name) === "function"),
  );

export const SIGNAL: OptionRule = {
  ...objectWith("addEventListener", "removeEventListener"),
  wanted: "an AbortSignal",
};

/** Makes an option required; `hint` is the next step where it is missing. */
export const required = (rule: OptionRule, hint: string): OptionRule => ({ ...rule, missing: hint });

const printable = (name: string): string => JSON.stringify(name.slice(0, 64).replace(/[\p{C}\p{Zl}\p{Zp}]/gu, "?"));

/** Returns the package's error for a malformed option. */
export const refuseOption = (message: string, hint: string): CredentialsError =>
  new CredentialsError("invalid_request", message, { hint });

/** True where all that counts of an object are its own fields: a Map or an instance of a class has more. */
export const isPlainObject = (value: unknown): value is Readonly<Record<string, unknown>> => {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/**
 * Returns the options of `where`, each read once, and only from the object itself: an accessor that answers anew each
 * time, or a polluted prototype, cannot make what is checked another thing than what is used. What is `undefined` is left out.
 * Throws `invalid_request` that names the first option that is unknown, missing or not what is wanted.
 */
export const takeOptions = <Options extends object>(
  where: string,
  given: unknown,
  rules: Readonly<Record<keyof Options & string, OptionRule>>,
): Options => {
  if (given !== undefined && (!isObject(given) || Array.isArray(given))) {
    throw refuseOption(`${where} is not given as an object`, `give it ${Object.keys(rules).join(", ")} by name`);
  }
  const source = given ?? {};
  const unknown = Object.keys(source).find((name) => !Object.hasOwn(rules, name));
  if (unknown !== undefined) {
    throw refuseOption(
      `${where} does not know ${printable(unknown)}`,
      `remove it; known are ${Object.keys(rules).join(", ")}`,
    );
  }
  const taken: Record<string, unknown> = { __proto__: null };
  for (const [name, rule] of Object.entries<OptionRule>(rules)) {
    const isThere = Object.hasOwn(source, name);
    const value: unknown = isThere ? Reflect.get(source, name) : undefined;
    if (value === undefined) {
      if (rule.missing === undefined || (isThere && rule.mayBeUndefined)) continue;
      throw refuseOption(`${where} needs \`${name}\`: it is missing`, rule.missing);
    }
    const good = rule.take(value);
    if (good === undefined) throw refuseOption(`${where} needs \`${name}\` to be ${rule.wanted}`, "correct it");
    taken[name] = good;
  }
  return taken as Options;
};
