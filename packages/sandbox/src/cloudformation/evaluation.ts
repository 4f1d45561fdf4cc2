// The words of evaluation: what functions return, and what they may look up.
import type { Value, ValueMap } from "./template-types.js";

/** `AWS::NoValue`: the property or list item goes away. */
export const NO_VALUE = Symbol("AWS::NoValue");
/** Something that will be known only once a resource is made. */
export const UNKNOWN = Symbol("known after the resource is made");

/** A value without functions; parts of it may be unknown as long as nothing was made. */
export type Resolved = string | number | boolean | typeof UNKNOWN | readonly Resolved[] | ResolvedMap;
export interface ResolvedMap {
  readonly [key: string]: Resolved;
}

/** What functions look up. */
export interface Scope {
  /** A parameter, pseudo parameter or resource. Throws `ValidationError` for one that is not there. */
  ref(name: string): Resolved | typeof NO_VALUE;
  attribute(logicalId: string, attribute: string): Resolved;
  condition(name: string): boolean;
  mappings(): ValueMap;
  importValue(name: string): Resolved;
  /** Counts what a function produces. Throws `ValidationError` when it becomes too much. */
  spend(characters: number): void;
}

/** Evaluation as the functions see it, which evaluate their own arguments. */
export interface Evaluator {
  readonly scope: Scope;
  /** Evaluates an argument of `what`. Throws `ValidationError` when it is `AWS::NoValue`. */
  argument(value: Value, what: string): Resolved;
  /** Evaluates the items of a list; those that are `AWS::NoValue` go away. */
  list(values: readonly Value[]): readonly Resolved[];
}
