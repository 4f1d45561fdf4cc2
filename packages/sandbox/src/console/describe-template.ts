// What a template says about itself, for the forms: asked of CloudFormation first, then read from the same text.
import { cloudFormationService } from "../cloudformation/service.js";
import { fetchTemplate } from "../cloudformation/fetch-template.js";
import { parseTemplate } from "../cloudformation/parse-template.js";
import { isList, isMap, memberOf } from "../cloudformation/template-types.js";
import type { ParameterDeclaration, Template, Value } from "../cloudformation/template-types.js";
import { callOf, invokeOperation } from "./invoke-operation.js";
import { textIn, textsIn } from "./read-answer.js";
import type { Visit } from "./visit.js";

/** A template by its address, or the one that a stack has. */
export type TemplateSource = { readonly TemplateURL: string } | { readonly StackName: string };

export interface LabelledParameter extends ParameterDeclaration {
  /** From `AWS::CloudFormation::Interface`; the parameter's name without it. */
  readonly label: string;
}

export interface TemplateDescription {
  readonly template: Template;
  /** The parameters in the groups and order that the template asks for. */
  readonly groups: readonly { readonly label: string; readonly parameters: readonly LabelledParameter[] }[];
  /** What the person must acknowledge. */
  readonly capability: string | undefined;
  readonly reason: string | undefined;
}

/** Returns what the template declares. Throws `AwsError` as GetTemplateSummary, and for a stack as GetTemplate. */
export function describeTemplate(visit: Visit, source: TemplateSource): TemplateDescription {
  const summary = invokeOperation(visit, cloudFormationService, "GetTemplateSummary", source);
  const template = parseTemplate(readText(visit, source));
  return {
    template,
    groups: groupParameters(template),
    capability: textsIn(summary, "Capabilities")[0],
    reason: textIn(summary, "CapabilitiesReason"),
  };
}

function readText(visit: Visit, source: TemplateSource): string {
  if ("TemplateURL" in source) return fetchTemplate(callOf(visit), source.TemplateURL);
  return textIn(invokeOperation(visit, cloudFormationService, "GetTemplate", source), "TemplateBody") ?? "";
}

/** AWS CloudFormation Template Reference, "AWS::CloudFormation::Interface". What is malformed there is left out. */
function groupParameters({ parameters, metadata }: Template): TemplateDescription["groups"] {
  const wishes = within(metadata, "AWS::CloudFormation::Interface");
  const labelled = (declaration: ParameterDeclaration): LabelledParameter => ({
    ...declaration,
    label: wordIn(within(within(wishes, "ParameterLabels"), declaration.name)) ?? declaration.name,
  });
  const rest = new Map(parameters);
  const groups = listOf(within(wishes, "ParameterGroups")).map((group) => ({
    label: wordIn(within(group, "Label")) ?? "Parameters",
    parameters: listOf(within(group, "Parameters")).flatMap((name) => {
      const declaration = typeof name === "string" ? rest.get(name) : undefined;
      if (declaration === undefined) return [];
      rest.delete(declaration.name);
      return [labelled(declaration)];
    }),
  }));
  const others = {
    label: groups.length === 0 ? "Parameters" : "Other parameters",
    parameters: [...rest.values()].map(labelled),
  };
  return [...groups, others].filter((group) => group.parameters.length > 0);
}

function within(value: Value | undefined, name: string): Value | undefined {
  return value !== undefined && isMap(value) ? memberOf(value, name) : undefined;
}

function wordIn(value: Value | undefined): string | undefined {
  const word = within(value, "default");
  return typeof word === "string" && word !== "" ? word : undefined;
}

function listOf(value: Value | undefined): readonly Value[] {
  return value !== undefined && isList(value) ? value : [];
}
