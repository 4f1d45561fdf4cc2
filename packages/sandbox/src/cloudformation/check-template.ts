// What ValidateTemplate and every operation with a template ask before anything else: known types, and names that exist.
import { templateError, templateFormatError } from "./refusals.js";
import { requireAcyclic, requireAcyclicConditions } from "./order-resources.js";
import { resourceTypes } from "./resource-types.js";
import type { Template, Value } from "./template-types.js";
import { walkReferences } from "./walk-references.js";
import type { Reference } from "./walk-references.js";

/** AWS CloudFormation User Guide, "Get AWS values using pseudo parameters". */
const PSEUDO_PARAMETERS: ReadonlySet<string> = new Set([
  "AWS::AccountId",
  "AWS::NotificationARNs",
  "AWS::NoValue",
  "AWS::Partition",
  "AWS::Region",
  "AWS::StackId",
  "AWS::StackName",
  "AWS::URLSuffix",
]);

/** Throws `ValidationError` for types, references, attributes and conditions that do not exist, and for circles. */
export function checkTemplate(template: Template): void {
  requireKnownTypes(template);
  for (const name of template.resources.keys()) {
    // A Ref could mean either.
    if (template.parameters.has(name))
      throw templateFormatError(`Resource name ${name} is already used by a parameter.`);
  }
  for (const condition of template.conditions.values()) checkConditionValue(template, condition);
  requireAcyclicConditions(template);
  const inResources: Reference[] = [];
  for (const { properties, dependsOn, condition } of template.resources.values()) {
    inResources.push(...walkReferences(properties, () => "both"));
    inResources.push(...dependsOn.map((name) => ({ kind: "attribute", name, attribute: undefined }) as const));
    if (condition !== undefined) inResources.push({ kind: "condition", name: condition });
  }
  requireResolved(template, inResources, "Resources");
  const inOutputs: Reference[] = [];
  for (const { value, exportName, condition } of template.outputs.values()) {
    inOutputs.push(...walkReferences(value, () => "both"));
    if (exportName !== undefined) inOutputs.push(...walkReferences(exportName, () => "both"));
    if (condition !== undefined) inOutputs.push({ kind: "condition", name: condition });
  }
  requireResolved(template, inOutputs, "Outputs");
  requireAcyclic(template);
}

function requireKnownTypes(template: Template): void {
  const types = [...template.resources.values()].map(({ type }) => type);
  const unknown = [...new Set(types.filter((type) => !resourceTypes.has(type)))];
  if (unknown.length > 0) throw templateFormatError(`Unrecognized resource types: [${unknown.join(", ")}]`);
}

function checkConditionValue(template: Template, condition: Value): void {
  const unresolved: string[] = [];
  for (const reference of walkReferences(condition, () => "both")) {
    if (reference.kind === "condition") {
      if (!template.conditions.has(reference.name)) {
        throw templateFormatError(`Unresolved condition dependency ${reference.name} in the Conditions block`);
      }
      continue;
    }
    const known = reference.kind === "ref" && isParameter(template, reference.name);
    if (!known) unresolved.push(reference.name);
  }
  if (unresolved.length > 0) {
    throw templateFormatError(
      `Unresolved dependencies [${[...new Set(unresolved)].join(", ")}]. Cannot reference resources in the Conditions block of the template`,
    );
  }
}

function requireResolved(template: Template, references: readonly Reference[], block: "Resources" | "Outputs"): void {
  const unresolved = new Set<string>();
  for (const reference of references) {
    if (reference.kind === "condition") {
      if (!template.conditions.has(reference.name)) {
        throw templateFormatError(
          `Unresolved condition dependency ${reference.name} in the ${block} block of the template`,
        );
      }
    } else if (reference.kind === "ref") {
      if (!isParameter(template, reference.name) && !template.resources.has(reference.name)) {
        unresolved.add(reference.name);
      }
    } else {
      const resource = template.resources.get(reference.name);
      if (resource === undefined) unresolved.add(reference.name);
      else if (reference.attribute !== undefined) requireAttribute(reference.name, resource.type, reference.attribute);
    }
  }
  if (unresolved.size > 0) {
    throw templateFormatError(
      `Unresolved resource dependencies [${[...unresolved].join(", ")}] in the ${block} block of the template`,
    );
  }
}

function requireAttribute(logicalId: string, type: string, attribute: string): void {
  if (resourceTypes.get(type)?.attributes.includes(attribute) === true) return;
  throw templateError(`resource ${logicalId} does not support attribute type ${attribute} in Fn::GetAtt`);
}

function isParameter(template: Template, name: string): boolean {
  return template.parameters.has(name) || PSEUDO_PARAMETERS.has(name);
}
