// What the functions of one template see: parameters, pseudo parameters, conditions, mappings and resources.
import type { Resolved, Scope } from "./evaluation.js";
import { NO_VALUE } from "./evaluation.js";
import { templateError, templateFormatError } from "./refusals.js";
import { listItems } from "./resolve-parameters.js";
import { resourceTypes } from "./resource-types.js";
import { MAX_EVALUATED } from "./template-limits.js";
import type { Template } from "./template-types.js";

/** Where a template is deployed. */
export interface StackIdentity {
  readonly accountId: string;
  readonly region: string;
  readonly stackName: string;
  readonly stackId: string;
}

/** A resource as functions see it. */
export interface SeenResource {
  readonly physicalId: Resolved;
  attribute(name: string): Resolved;
}

export interface ScopeOptions {
  readonly template: Template;
  readonly identity: StackIdentity;
  readonly parameters: ReadonlyMap<string, string>;
  readonly conditions: ReadonlyMap<string, boolean>;
  /** Returns `undefined` for a resource whose condition is false. */
  readonly resource: (logicalId: string) => SeenResource | undefined;
  readonly importValue: (name: string) => Resolved;
  /** Shows NoEcho parameters as CloudFormation shows them to people. */
  readonly masked?: true;
}

export const MASK = "****";

/** Returns the scope. Its functions throw `ValidationError` for names that are not there. */
export function createScope(options: ScopeOptions): Scope {
  const { template, parameters, conditions, identity } = options;
  const resource = (logicalId: string): SeenResource => {
    const found = options.resource(logicalId);
    if (found === undefined) {
      throw templateFormatError(
        `Unresolved resource dependencies [${logicalId}] in the Resources block of the template`,
      );
    }
    return found;
  };
  let spent = 0;
  const spend = (characters: number): void => {
    spent += characters;
    if (spent > MAX_EVALUATED)
      throw templateError(`the template's functions produce more than ${MAX_EVALUATED} characters`);
  };
  return {
    ref(name) {
      if (name.startsWith("AWS::")) return pseudoParameter(name, identity);
      const declaration = template.parameters.get(name);
      const value = parameters.get(name);
      if (declaration === undefined || value === undefined) return resource(name).physicalId;
      if (options.masked === true && declaration.noEcho) return MASK;
      spend(value.length);
      const isListType = declaration.type === "CommaDelimitedList" || declaration.type === "List<Number>";
      return isListType ? listItems(value) : value;
    },
    attribute(logicalId, attribute) {
      const found = resource(logicalId);
      // Names that are written out were checked with the template; this one may have come from a parameter.
      const { type = "" } = template.resources.get(logicalId) ?? {};
      if (resourceTypes.get(type)?.attributes.includes(attribute) !== true) {
        throw templateError(`resource ${logicalId} does not support attribute type ${attribute} in Fn::GetAtt`);
      }
      return found.attribute(attribute);
    },
    condition(name) {
      const answer = conditions.get(name);
      if (answer === undefined) throw templateError(`Unresolved condition dependency ${name}`);
      return answer;
    },
    mappings: () => template.mappings,
    importValue: options.importValue,
    spend,
  };
}

/** AWS CloudFormation User Guide, "Get AWS values using pseudo parameters". */
function pseudoParameter(name: string, identity: StackIdentity): Resolved | typeof NO_VALUE {
  switch (name) {
    case "AWS::AccountId":
      return identity.accountId;
    case "AWS::NotificationARNs":
      return [];
    case "AWS::NoValue":
      return NO_VALUE;
    case "AWS::Partition":
      return "aws";
    case "AWS::Region":
      return identity.region;
    case "AWS::StackId":
      return identity.stackId;
    case "AWS::StackName":
      return identity.stackName;
    case "AWS::URLSuffix":
      return "amazonaws.com";
    default:
      throw templateFormatError(`Unresolved resource dependencies [${name}] in the Resources block of the template`);
  }
}
