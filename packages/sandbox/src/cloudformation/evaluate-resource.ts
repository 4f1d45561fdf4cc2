// A resource's properties and a stack's outputs, evaluated; and whether two evaluations are the same.
import type { StackOutput } from "./types.js";
import { createScope } from "./create-scope.js";
import type { SeenResource, StackIdentity } from "./create-scope.js";
import { evaluate } from "./evaluate-value.js";
import { NO_VALUE, UNKNOWN } from "./evaluation.js";
import type { Resolved, ResolvedMap, Scope } from "./evaluation.js";
import type { Prepared } from "./prepare-deployment.js";
import { templateFormatError } from "./refusals.js";
import { resourceTypeNamed } from "./resource-types.js";
import type { ResourceDeclaration } from "./template-types.js";

export interface DeploymentScope {
  readonly prepared: Prepared;
  readonly identity: StackIdentity;
  readonly resource: (logicalId: string) => SeenResource | undefined;
  readonly importValue: (name: string) => Resolved;
}

/** Returns the scope of a prepared deployment; `masked` hides NoEcho parameters. */
export function scopeOf({ prepared, ...rest }: DeploymentScope, masked?: true): Scope {
  const { template, source, conditions } = prepared;
  return createScope({
    ...rest,
    template,
    parameters: source.parameters,
    conditions,
    ...(masked === true ? { masked } : {}),
  });
}

/** Returns the properties, the stack's tags included where the type has tags. Throws `ValidationError`. */
export function evaluateProperties(
  declaration: ResourceDeclaration,
  scope: Scope,
  stackTags: ReadonlyMap<string, string>,
): ResolvedMap {
  const evaluated = evaluate(declaration.properties, scope);
  if (!isResolvedMap(evaluated)) {
    throw templateFormatError(`[/Resources/${declaration.logicalId}/Properties] must be a map.`);
  }
  const { tags } = resourceTypeNamed(declaration.type);
  if (tags === undefined || stackTags.size === 0) return evaluated;
  const own = evaluated["Tags"] ?? [];
  // What is no list is the property check's to refuse.
  if (!isResolvedList(own)) return evaluated;
  const fold = (key: string) => (tags === "case-sensitive" ? key : key.toLowerCase());
  const ownKeys = new Set(
    own.map((tag) => {
      const key = isResolvedMap(tag) ? tag["Key"] : undefined;
      return typeof key === "string" || typeof key === "number" ? fold(String(key)) : "";
    }),
  );
  const inherited = [...stackTags].filter(([key]) => !ownKeys.has(fold(key))).map(([Key, Value]) => ({ Key, Value }));
  return { ...evaluated, Tags: [...own, ...inherited] };
}

/** Returns the outputs whose condition holds. Throws `ValidationError`. Unknown ones have no text yet. */
export function evaluateOutputs(
  { template, conditions }: Prepared,
  scope: Scope,
): readonly (Omit<StackOutput, "value"> & { readonly value: string | undefined })[] {
  const outputs = [...template.outputs.values()].filter(
    ({ condition }) => condition === undefined || conditions.get(condition) === true,
  );
  return outputs.map(({ name, value, description, exportName }) => {
    const exported = exportName === undefined ? undefined : textOf(evaluate(exportName, scope));
    return { key: name, value: textOf(evaluate(value, scope)), description, exportName: exported };
  });
}

/** Returns a text that is the same for two values that CloudFormation holds to be the same: 1 is "1", members have no order. */
export function canonical(value: Resolved): string {
  if (value === UNKNOWN) return "?";
  if (typeof value !== "object") return JSON.stringify(String(value));
  if (isResolvedMap(value)) {
    const members = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1));
    return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(",")}}`;
  }
  return `[${value.map(canonical).join(",")}]`;
}

/** Returns whether any part of the value is not known yet. */
export function hasUnknown(value: Resolved): boolean {
  if (value === UNKNOWN) return true;
  if (typeof value !== "object") return false;
  return (isResolvedMap(value) ? Object.values(value) : value).some(hasUnknown);
}

function isResolvedMap(value: Resolved | typeof NO_VALUE): value is ResolvedMap {
  return typeof value === "object" && !Array.isArray(value);
}

function isResolvedList(value: Resolved): value is readonly Resolved[] {
  return Array.isArray(value);
}

function textOf(value: Resolved | typeof NO_VALUE): string | undefined {
  if (value === UNKNOWN) return undefined;
  if (typeof value === "object" || value === NO_VALUE) {
    throw templateFormatError("The Value field of every Outputs member must evaluate to a String.");
  }
  return String(value);
}
