// ValidateTemplate, GetTemplate and GetTemplateSummary.
import type { Call } from "../world-types.js";
import { string } from "../wire/shapes.js";
import type { Input } from "../wire/shapes.js";
import type { XmlObject } from "../wire/xml.js";
import { checkTemplate } from "./check-template.js";
import { openChangeSet } from "./change-sets.js";
import { openStack, requestContext, requireGeneralPermission } from "./find-stack.js";
import * as shapes from "./input-shapes.js";
import { parseTemplate } from "./parse-template.js";
import { readTemplateInput } from "./read-deployment-input.js";
import { validationError } from "./refusals.js";
import { neededCapability } from "./require-capabilities.js";
import type { ParameterDeclaration, Template } from "./template-types.js";

export const validateTemplateInput = shapes.template;

/** Checks a template without values for its parameters. Returns what it declares. Throws `AwsError`. */
export function validateTemplate(call: Call, input: Input<typeof validateTemplateInput>): XmlObject {
  requireGeneralPermission(call, "cloudformation:ValidateTemplate", requestContext(input));
  const template = parseTemplate(readTemplateInput(call, input));
  checkTemplate(template);
  return {
    Parameters: [...template.parameters.values()].map((parameter) => ({
      ParameterKey: parameter.name,
      DefaultValue: parameter.defaultValue,
      NoEcho: parameter.noEcho,
      Description: parameter.description,
    })),
    Description: template.description,
    ...renderCapabilities(template),
  };
}

export const getTemplateInput = {
  StackName: shapes.optionalStackNameOrId,
  ChangeSetName: string(false, { min: 1, max: 1600 }),
  TemplateStage: string(false, { enum: ["Original", "Processed"] }),
};

/** Returns the template's text as it was given; without transforms there is no other stage. Throws `AwsError`. */
export function getTemplate(call: Call, input: Input<typeof getTemplateInput>): XmlObject {
  const StagesAvailable = ["Original", "Processed"];
  if (input.ChangeSetName !== undefined) {
    const { ChangeSetName, StackName } = input;
    const { changeSet } = openChangeSet(call, "cloudformation:GetTemplate", { ChangeSetName, StackName });
    return { TemplateBody: changeSet.source.templateText, StagesAvailable };
  }
  if (input.StackName === undefined) throw validationError("Either StackName or ChangeSetName must be specified.");
  const stack = openStack(call, "cloudformation:GetTemplate", input.StackName);
  return { TemplateBody: stack.deployment.source.templateText, StagesAvailable };
}

export const getTemplateSummaryInput = { StackName: shapes.optionalStackNameOrId, ...shapes.template };

/** Returns what a template, or a stack's template, declares. Throws `AwsError`. */
export function getTemplateSummary(call: Call, input: Input<typeof getTemplateSummaryInput>): XmlObject {
  const template = templateToSummarize(call, input);
  return {
    Parameters: [...template.parameters.values()].map(renderDeclaration),
    Description: template.description,
    ...renderCapabilities(template),
    ResourceTypes: [...new Set([...template.resources.values()].map(({ type }) => type))],
    Version: template.version,
    Metadata: template.metadata === undefined ? undefined : JSON.stringify(template.metadata),
  };
}

function templateToSummarize(call: Call, input: Input<typeof getTemplateSummaryInput>): Template {
  if (input.StackName !== undefined) {
    if (input.TemplateBody !== undefined || input.TemplateURL !== undefined) {
      throw validationError("Only one of StackName, TemplateBody and TemplateURL may be specified.");
    }
    const stack = openStack(call, "cloudformation:GetTemplateSummary", input.StackName);
    return parseTemplate(stack.deployment.source.templateText);
  }
  requireGeneralPermission(call, "cloudformation:GetTemplateSummary", requestContext(input));
  const template = parseTemplate(readTemplateInput(call, input));
  checkTemplate(template);
  return template;
}

function renderDeclaration(parameter: ParameterDeclaration): XmlObject {
  const { name, type, defaultValue, noEcho, description, allowedValues } = parameter;
  return {
    ParameterKey: name,
    DefaultValue: defaultValue,
    ParameterType: type,
    NoEcho: noEcho,
    Description: description,
    ParameterConstraints: { AllowedValues: allowedValues },
  };
}

function renderCapabilities(template: Template): XmlObject {
  const { capability, reason } = neededCapability(template);
  return {
    Capabilities: capability === undefined ? [] : [capability],
    CapabilitiesReason: reason,
    DeclaredTransforms: [],
  };
}
