// A template after its text was read: sections as data, intrinsic functions still in their long form.
import type { StackResource, TemplateMap as ValueMap, TemplateValue as Value } from "./types.js";

export type { TemplateMap as ValueMap, TemplateValue as Value } from "./types.js";

/** What the readers of JSON and YAML return: as `Value`, and null where the text has one. */
export type RawValue = string | number | boolean | null | readonly RawValue[] | { readonly [key: string]: RawValue };

export type ParameterType = "String" | "Number" | "CommaDelimitedList" | "List<Number>";

export interface ParameterDeclaration {
  readonly name: string;
  readonly type: ParameterType;
  readonly defaultValue: string | undefined;
  readonly noEcho: boolean;
  readonly description: string | undefined;
  readonly allowedValues: readonly string[] | undefined;
  readonly allowedPattern: string | undefined;
  /** Characters. */
  readonly minLength: number | undefined;
  readonly maxLength: number | undefined;
  readonly minValue: number | undefined;
  readonly maxValue: number | undefined;
  readonly constraintDescription: string | undefined;
}

export interface RuleDeclaration {
  readonly condition: Value | undefined;
  readonly assertions: readonly { readonly assert: Value; readonly description: string | undefined }[];
}

export interface ResourceDeclaration {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: ValueMap;
  readonly dependsOn: readonly string[];
  readonly condition: string | undefined;
  readonly metadata: Value | undefined;
  readonly deletionPolicy: StackResource["deletionPolicy"];
  readonly updateReplacePolicy: StackResource["updateReplacePolicy"];
}

export interface OutputDeclaration {
  readonly name: string;
  readonly value: Value;
  readonly description: string | undefined;
  readonly exportName: Value | undefined;
  readonly condition: string | undefined;
}

export interface Template {
  readonly version: string | undefined;
  readonly description: string | undefined;
  readonly metadata: Value | undefined;
  readonly parameters: ReadonlyMap<string, ParameterDeclaration>;
  /** By map, top-level key and second-level key. */
  readonly mappings: ValueMap;
  readonly conditions: ReadonlyMap<string, Value>;
  readonly rules: ReadonlyMap<string, RuleDeclaration>;
  readonly resources: ReadonlyMap<string, ResourceDeclaration>;
  readonly outputs: ReadonlyMap<string, OutputDeclaration>;
}

/** Returns whether the value is a map, as opposed to a scalar or a list. */
export function isMap(value: unknown): value is ValueMap {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns whether the value is a list. */
export function isList(value: unknown): value is readonly Value[] {
  return Array.isArray(value);
}

/** Returns the member if the map itself has it. */
export function memberOf(map: ValueMap, key: string): Value | undefined {
  return Object.hasOwn(map, key) ? map[key] : undefined;
}
