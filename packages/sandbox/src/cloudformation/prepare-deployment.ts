// Everything that is decided before anything is made: parameters, rules, conditions, capabilities, order.
import type { DeploymentSource } from "./types.js";
import { checkTemplate } from "./check-template.js";
import { createScope } from "./create-scope.js";
import type { StackIdentity } from "./create-scope.js";
import { evaluateConditions, requireRules } from "./evaluate-condition.js";
import { evaluateFindInMap } from "./evaluate-value.js";
import type { Scope } from "./evaluation.js";
import { dependenciesOf, sortByDependencies } from "./order-resources.js";
import { parseTemplate } from "./parse-template.js";
import { templateError } from "./refusals.js";
import { requireCapabilities } from "./require-capabilities.js";
import { resolveParameters } from "./resolve-parameters.js";
import type { GivenParameter } from "./resolve-parameters.js";
import { isList, isMap } from "./template-types.js";
import type { ResourceDeclaration, Template, Value } from "./template-types.js";

/** A deployment as it is asked for. */
export interface DeploymentRequest {
  readonly templateText: string;
  readonly given: readonly GivenParameter[];
  /** The stack's parameters, for UsePreviousValue; `undefined` when it is created. */
  readonly previous: ReadonlyMap<string, string> | undefined;
  readonly capabilities: readonly string[];
  readonly tags: ReadonlyMap<string, string>;
}

/** A deployment that could begin. */
export interface Prepared {
  readonly source: DeploymentSource;
  readonly template: Template;
  readonly conditions: ReadonlyMap<string, boolean>;
  /** The resources whose condition holds, each behind those that it needs. */
  readonly resources: readonly ResourceDeclaration[];
  /** By logical id. */
  readonly needs: ReadonlyMap<string, readonly string[]>;
}

/** Returns the deployment. Throws `ValidationError` or `InsufficientCapabilitiesException`; nothing was made then. */
export function prepareDeployment(identity: StackIdentity, request: DeploymentRequest): Prepared {
  const template = parseTemplate(request.templateText);
  checkTemplate(template);
  const parameters = resolveParameters(template, request.given, request.previous);
  const scope = createScope({
    template,
    identity,
    parameters,
    conditions: new Map(),
    resource: (logicalId) => {
      throw templateError(`conditions and rules cannot refer to resources: ${logicalId}`);
    },
    importValue: () => {
      throw templateError("conditions and rules cannot import values");
    },
  });
  requireRules(template.rules, scope);
  const conditions = evaluateConditions(template, scope);
  const active = [...template.resources.values()].filter(
    ({ condition }) => condition === undefined || conditions.get(condition) === true,
  );
  for (const { properties } of active) requireMappings(properties, scope);
  requireCapabilities(template, request.capabilities);
  const among = new Set(active.map(({ logicalId }) => logicalId));
  const needs = new Map(
    active.map((resource) => [
      resource.logicalId,
      [...dependenciesOf(resource, among, (condition) => conditions.get(condition) === true)],
    ]),
  );
  const order = sortByDependencies([...among], (logicalId) => needs.get(logicalId) ?? []);
  return {
    source: {
      templateText: request.templateText,
      description: template.description,
      parameters,
      noEcho: new Set([...template.parameters.values()].filter(({ noEcho }) => noEcho).map(({ name }) => name)),
      tags: request.tags,
      capabilities: request.capabilities,
    },
    template,
    conditions,
    needs,
    resources: order.flatMap((logicalId) => template.resources.get(logicalId) ?? []),
  };
}

/** CloudFormation looks mappings up in both branches of an Fn::If: every row needs every key. */
function requireMappings(value: Value, scope: Scope): void {
  if (isList(value)) {
    for (const item of value) requireMappings(item, scope);
  } else if (isMap(value)) {
    for (const [key, member] of Object.entries(value)) {
      if (key === "Fn::FindInMap") evaluateFindInMap(member, scope);
      else requireMappings(member, scope);
    }
  }
}
