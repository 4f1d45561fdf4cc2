// From a template's text to its sections, each checked for form: what is not understood is refused, never skipped.
// AWS CloudFormation User Guide, "Template sections"; texts as publicly reported.
import { insufficientCapabilities, templateFormatError, validationError } from "./refusals.js";
import { parseParameters } from "./parse-parameters.js";
import { parseResource } from "./parse-resource.js";
import { parseRules } from "./parse-rules.js";
import { readTemplateText } from "./read-template-text.js";
import { MAX_CONDITIONS, MAX_DESCRIPTION, MAX_MAPPINGS, MAX_OUTPUTS, MAX_RESOURCES } from "./template-limits.js";
import { isList, isMap, memberOf } from "./template-types.js";
import type { OutputDeclaration, ResourceDeclaration, Template, Value, ValueMap } from "./template-types.js";

const SECTIONS: ReadonlySet<string> = new Set([
  "AWSTemplateFormatVersion",
  "Description",
  "Metadata",
  "Parameters",
  "Rules",
  "Mappings",
  "Conditions",
  "Transform",
  "Resources",
  "Outputs",
]);

/** Returns the template. Throws `ValidationError`, and `InsufficientCapabilitiesException` for one with transforms. */
export function parseTemplate(text: string): Template {
  const root = readTemplateText(text);
  const unknown = Object.keys(root).filter((name) => !SECTIONS.has(name));
  if (unknown.length > 0) throw validationError(`Invalid template property or properties [${unknown.join(", ")}]`);
  refuseTransforms(root);
  const version = textIn(root, "AWSTemplateFormatVersion");
  if (version !== undefined && version !== "2010-09-09") {
    throw templateFormatError("unsupported value for AWSTemplateFormatVersion.");
  }
  const description = textIn(root, "Description");
  if (description !== undefined && Buffer.byteLength(description) > MAX_DESCRIPTION) {
    throw templateFormatError(`'Description' length is greater than ${MAX_DESCRIPTION}.`);
  }
  const resources = sectionOf(root, "Resources");
  if (Object.keys(resources).length === 0) throw templateFormatError("At least one Resources member must be defined.");
  requireAtMost("resources", resources, MAX_RESOURCES);
  return {
    version,
    description,
    metadata: memberOf(root, "Metadata"),
    parameters: parseParameters(sectionOf(root, "Parameters")),
    mappings: parseMappings(sectionOf(root, "Mappings")),
    conditions: parseConditions(sectionOf(root, "Conditions")),
    rules: parseRules(sectionOf(root, "Rules")),
    resources: parseResources(resources),
    outputs: parseOutputs(sectionOf(root, "Outputs")),
  };
}

/** There are no macros here, and a template whose transform did not run would mean something else. */
function refuseTransforms(root: ValueMap): void {
  const transform = memberOf(root, "Transform");
  const names = transform === undefined ? [] : isList(transform) ? transform : [transform];
  if (names.length === 0) return;
  const texts = names.flatMap((name) => (typeof name === "string" && name.startsWith("AWS::") ? [name] : []));
  if (texts.length === names.length) {
    throw validationError(`The sandbox does not have the transforms [${texts.join(", ")}]`);
  }
  throw insufficientCapabilities(["CAPABILITY_AUTO_EXPAND"]);
}

function parseMappings(section: ValueMap): ValueMap {
  requireAtMost("mappings", section, MAX_MAPPINGS);
  for (const [name, mapping] of Object.entries(section)) {
    requireAlphanumeric("Mappings", name);
    if (!isMap(mapping)) throw templateFormatError("Every Mappings member must be a map.");
    for (const [key, row] of Object.entries(mapping)) {
      if (!isMap(row)) throw templateFormatError(`Every Mappings attribute must be a map: ${name}.${key}`);
      for (const [attribute, value] of Object.entries(row)) {
        const plain = isList(value) ? value.every((item) => typeof item !== "object") : !isMap(value);
        if (!plain) {
          throw templateFormatError(`Every Mappings attribute must be a String or a List: ${name}.${key}.${attribute}`);
        }
      }
    }
  }
  return section;
}

function parseConditions(section: ValueMap): ReadonlyMap<string, Value> {
  requireAtMost("conditions", section, MAX_CONDITIONS);
  return new Map(Object.entries(section));
}

function parseResources(section: ValueMap): ReadonlyMap<string, ResourceDeclaration> {
  const resources = new Map<string, ResourceDeclaration>();
  for (const [logicalId, declaration] of Object.entries(section)) {
    requireAlphanumeric("Resource", logicalId);
    resources.set(logicalId, parseResource(logicalId, declaration));
  }
  return resources;
}

function parseOutputs(section: ValueMap): ReadonlyMap<string, OutputDeclaration> {
  requireAtMost("outputs", section, MAX_OUTPUTS);
  const outputs = new Map<string, OutputDeclaration>();
  for (const [name, declaration] of Object.entries(section)) {
    requireAlphanumeric("Output", name);
    if (!isMap(declaration)) throw templateFormatError("Every Outputs member must be a map.");
    const unknown = Object.keys(declaration).find((key) => !/^(?:Value|Description|Export|Condition)$/.test(key));
    if (unknown !== undefined) throw templateFormatError(`Invalid outputs property : [${unknown}]`);
    const value = memberOf(declaration, "Value");
    if (value === undefined) throw templateFormatError("Every Outputs member must contain a Value object");
    outputs.set(name, {
      name,
      value,
      description: textIn(declaration, "Description"),
      exportName: exportNameOf(memberOf(declaration, "Export"), name),
      condition: textIn(declaration, "Condition"),
    });
  }
  return outputs;
}

function exportNameOf(declared: Value | undefined, output: string): Value | undefined {
  if (declared === undefined) return undefined;
  const name = isMap(declared) ? memberOf(declared, "Name") : undefined;
  if (name === undefined || !isMap(declared) || Object.keys(declared).length > 1) {
    throw templateFormatError(`Output ${output} is malformed. The Export field must have a Name and nothing else.`);
  }
  return name;
}

/** Returns the section; an absent one is empty. Throws unless it is a map. */
function sectionOf(root: ValueMap, name: string): ValueMap {
  const section = memberOf(root, name);
  if (section === undefined) return {};
  if (!isMap(section)) throw templateFormatError(`${name} section must be a map.`);
  return section;
}

function requireAtMost(what: string, section: ValueMap, limit: number): void {
  const count = Object.keys(section).length;
  if (count > limit) {
    throw templateFormatError(`Number of ${what}, ${count}, is greater than maximum allowed, ${limit}`);
  }
}

/** "The logical ID must be alphanumeric (A-Za-z0-9) and unique within the template." */
function requireAlphanumeric(what: string, name: string): void {
  if (!/^[A-Za-z0-9]{1,255}$/.test(name)) throw templateFormatError(`${what} name ${name} is non alphanumeric.`);
}

function textIn(map: ValueMap, name: string): string | undefined {
  const value = memberOf(map, name);
  if (value === undefined) return undefined;
  if (typeof value === "object") throw templateFormatError(`Every ${name} member must be a string.`);
  return String(value);
}
