// What the evaluator needs of a policy, made once. It hangs on the policy itself under a symbol that nothing else
// knows, so that a policy that did not pass the parser cannot be judged.
import { compileCondition } from "./compile-condition.js";
import type { CompiledCondition } from "./compile-condition.js";
import { PolicyError } from "./errors.js";
import { compileGlob, matchGlob } from "./match-glob.js";
import { resourceMatcherOf } from "./match-arn.js";
import { tokenize } from "./match-text.js";
import type { Context } from "./match-text.js";
import { isKnownKey } from "./known-keys.js";
import type { PatternElement, Policy, Statement } from "./types.js";

export interface CompiledStatement {
  readonly statement: Statement;
  /** Takes the action in lower case. */
  readonly matchesAction: (action: string) => boolean;
  /** `undefined`: it cannot be told, because AWS does not say. */
  readonly matchesResource: (resource: string, context: Context) => boolean | undefined;
  readonly conditions: readonly CompiledCondition[];
  /** Keys of policy variables in Resource that the catalogue does not know. */
  readonly unknownKeys: readonly string[];
}

interface Compiled {
  /** The document's text. */
  readonly source: string;
  readonly statements: readonly CompiledStatement[];
}

const COMPILED = Symbol("compiled policy");

/** Returns the policy, frozen throughout and ready to be judged. */
export function compilePolicy(policy: Policy, source: string): Policy {
  const variables = policy.version === "2012-10-17";
  const result = { ...policy };
  const compiled: Compiled = {
    source,
    statements: result.statements.map((statement) => compileStatement(statement, variables)),
  };
  // Not enumerable: a copy of a policy is not a policy.
  Object.defineProperty(result, COMPILED, { value: freeze(compiled) });
  return freeze(result);
}

/** Returns the compiled statements. Throws `PolicyError` `invalid_request` for what `parsePolicy` did not make. */
export function compiledStatements(policy: Policy): readonly CompiledStatement[] {
  return compiledOf(policy).statements;
}

/** Returns the text of the document from which the policy was parsed. Throws as `compiledStatements`. */
export function sourceOf(policy: Policy): string {
  return compiledOf(policy).source;
}

function compiledOf(policy: Policy & { readonly [COMPILED]?: Compiled }): Compiled {
  const compiled = Object.hasOwn(policy, COMPILED) ? policy[COMPILED] : undefined;
  if (compiled !== undefined) return compiled;
  throw new PolicyError("invalid_request", "this is no parsed policy", {
    path: "",
    hint: "make policies with parsePolicy; a copy of one does not count",
  });
}

function compileStatement(statement: Statement, variables: boolean): CompiledStatement {
  const { matches, keys } = compileResource(statement.resource, variables);
  return {
    statement,
    matchesAction: compileAction(statement.action),
    matchesResource: matches,
    conditions: statement.conditions.map((condition) => compileCondition(condition, { variables, path: "" })),
    unknownKeys: keys.filter((key) => !isKnownKey(key)),
  };
}

/** Service and operation are compared without regard to case (IAM User Guide, "IAM JSON policy elements: Action"). */
function compileAction({ negated, patterns }: PatternElement): CompiledStatement["matchesAction"] {
  const globs = patterns.map((pattern) => {
    const tokens = tokenize(pattern.toLowerCase(), { wildcards: true, variables: false }, "");
    return compileGlob(tokens.filter((token) => token.kind !== "variable"));
  });
  return (action) => globs.some((glob) => matchGlob(glob, action)) !== negated;
}

function compileResource(
  element: PatternElement | undefined,
  variables: boolean,
): { readonly matches: CompiledStatement["matchesResource"]; readonly keys: readonly string[] } {
  // Trust policies: the resource is the role that carries the policy.
  if (element === undefined) return { matches: () => true, keys: [] };
  const all = element.patterns.includes("*");
  const matchers = element.patterns.flatMap((pattern) => {
    const matcher = resourceMatcherOf(tokenize(pattern, { wildcards: true, variables }, ""));
    return matcher === undefined ? [] : [matcher];
  });
  return {
    keys: matchers.flatMap(({ keys }) => keys),
    matches: (resource, context) => {
      if (all) return !element.negated;
      let open = false;
      for (const { match, reaches } of matchers) {
        const matched = match(resource, context);
        if (matched === true) return !element.negated;
        // A pattern whose variable has no value matches no resource (IAM User Guide, "IAM policy elements: Variables
        // and tags"); whether NotResource then covers everything, AWS does not say.
        open ||= matched === undefined ? element.negated : reaches(resource, context);
      }
      return open ? undefined : element.negated;
    },
  };
}

function freeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) freeze(member);
  return Object.freeze(value);
}
