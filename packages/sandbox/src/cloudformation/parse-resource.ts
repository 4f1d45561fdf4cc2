// One member of a template's Resources section.
// AWS CloudFormation User Guide, "Resource attribute reference".
import { templateFormatError } from "./refusals.js";
import { isList, isMap, memberOf } from "./template-types.js";
import type { ResourceDeclaration, Value, ValueMap } from "./template-types.js";

const ATTRIBUTES: ReadonlySet<string> = new Set([
  "Type",
  "Properties",
  "DependsOn",
  "Condition",
  "Metadata",
  "DeletionPolicy",
  "UpdateReplacePolicy",
]);

/** Returns the declaration. Throws `ValidationError` for an attribute that the sandbox does not act on. */
export function parseResource(logicalId: string, declaration: Value): ResourceDeclaration {
  if (!isMap(declaration)) throw templateFormatError("Every Resources member must be a map.");
  const unknown = Object.keys(declaration).find((name) => !ATTRIBUTES.has(name));
  if (unknown !== undefined) throw templateFormatError(`Invalid template resource property '${unknown}'`);
  const type = memberOf(declaration, "Type");
  if (typeof type !== "string") {
    throw templateFormatError(`[/Resources/${logicalId}] Every Resources object must contain a Type member.`);
  }
  const properties = memberOf(declaration, "Properties") ?? {};
  if (!isMap(properties)) throw templateFormatError("Any Properties member must be a map.");
  const condition = memberOf(declaration, "Condition");
  if (condition !== undefined && typeof condition !== "string") {
    throw templateFormatError(`Every Condition member must be a string: ${logicalId}`);
  }
  return {
    logicalId,
    type,
    properties,
    dependsOn: dependenciesIn(declaration, logicalId),
    condition,
    metadata: memberOf(declaration, "Metadata"),
    deletionPolicy: policyIn(declaration, "DeletionPolicy", logicalId, ["Delete", "Retain", "RetainExceptOnCreate"]),
    updateReplacePolicy: policyIn(declaration, "UpdateReplacePolicy", logicalId, ["Delete", "Retain"]),
  };
}

function dependenciesIn(declaration: ValueMap, logicalId: string): readonly string[] {
  const dependsOn = memberOf(declaration, "DependsOn");
  if (dependsOn === undefined) return [];
  const list = isList(dependsOn) ? dependsOn : [dependsOn];
  return list.map((name) => {
    if (typeof name !== "string") {
      throw templateFormatError(`DependsOn must be a string or a list of strings: ${logicalId}`);
    }
    return name;
  });
}

/** The first of `allowed` is the default. Snapshots exist for types that the sandbox does not have. */
function policyIn<Policy extends string>(
  declaration: ValueMap,
  attribute: string,
  logicalId: string,
  allowed: readonly [Policy, ...Policy[]],
): Policy {
  const given = memberOf(declaration, attribute);
  if (given === undefined) return allowed[0];
  const found = allowed.find((policy) => policy === given);
  if (found === undefined) {
    throw templateFormatError(`Unrecognized ${attribute} ${JSON.stringify(given)} for resource ${logicalId}`);
  }
  return found;
}
