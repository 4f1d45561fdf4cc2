// What a caller must acknowledge before CloudFormation makes IAM resources
// (AWS CloudFormation API Reference, CreateStack, "Capabilities").
import { insufficientCapabilities } from "./refusals.js";
import { resourceTypes } from "./resource-types.js";
import { memberOf } from "./template-types.js";
import type { Template } from "./template-types.js";

export interface Needed {
  readonly capability: "CAPABILITY_IAM" | "CAPABILITY_NAMED_IAM" | undefined;
  /** "The following resource(s) require capabilities: […]". */
  readonly reason: string | undefined;
}

/** Returns what the template needs, its conditions disregarded: custom names need CAPABILITY_NAMED_IAM. */
export function neededCapability(template: Template): Needed {
  const types = new Set<string>();
  let named = false;
  for (const { type, properties } of template.resources.values()) {
    const known = resourceTypes.get(type);
    if (known?.needsCapability !== true) continue;
    types.add(type);
    if (known.nameProperty !== undefined && memberOf(properties, known.nameProperty) !== undefined) named = true;
  }
  if (types.size === 0) return { capability: undefined, reason: undefined };
  return {
    capability: named ? "CAPABILITY_NAMED_IAM" : "CAPABILITY_IAM",
    reason: `The following resource(s) require capabilities: [${[...types].join(", ")}]`,
  };
}

/** Throws `InsufficientCapabilitiesException` unless the caller has acknowledged enough. */
export function requireCapabilities(template: Template, given: readonly string[]): void {
  const { capability } = neededCapability(template);
  if (capability === undefined || given.includes("CAPABILITY_NAMED_IAM")) return;
  if (capability === "CAPABILITY_IAM" && given.includes("CAPABILITY_IAM")) return;
  throw insufficientCapabilities([capability]);
}
