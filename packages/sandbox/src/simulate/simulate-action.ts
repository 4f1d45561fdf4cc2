// One action on one resource, judged as the calls themselves are, but without what AWS's simulator leaves out: policies of
// resources are consulted only when the request passes one, trust policies of roles never (IAM User Guide, "IAM policy
// testing with the IAM policy simulator"; IAM API Reference, "SimulatePrincipalPolicy").
import { evaluate } from "@daypass/policy";
import type { Decision, NamedPolicy, PolicySet, StatementReference } from "@daypass/policy";
import { accountDecides } from "../account-decides.js";
import { administratorAccess } from "../aws-managed-policies.js";
import { defaultDocument } from "../find.js";
import type { XmlObject } from "../wire/xml.js";
import { locateStatements } from "./locate-statements.js";
import { neededKeys } from "./needed-keys.js";
import type { Simulation, SourcePolicy } from "./types.js";

const DECISIONS = { allow: "allowed", "explicit-deny": "explicitDeny", "implicit-deny": "implicitDeny" } as const;

/** Returns an `EvaluationResult`. Throws `PolicyError` `invalid_request` for what is no action, resource or context. */
export function simulateAction(simulation: Simulation, action: string, resource: string | undefined): XmlObject {
  const { identity, boundary, serviceControl } = simulation;
  const ask = (policies: PolicySet) => judge(simulation, action, resource ?? "*", policies);
  const boundaryPolicy = boundary === undefined ? undefined : named([boundary], "boundary")[0];
  const decision = ask({
    identity: named(identity, "identity"),
    permissionsBoundary: boundaryPolicy,
    serviceControl: serviceControl ?? [],
    resource: simulation.resourcePolicy === undefined ? undefined : named([simulation.resourcePolicy], "resource")[0],
  });
  const everything = [{ name: "everything", policy: defaultDocument(administratorAccess).policy }];
  const outcome = {
    MatchedStatements: matchedStatements(simulation, decision),
    MissingContextValues: missingKeys(simulation),
    PermissionsBoundaryDecisionDetail:
      boundaryPolicy === undefined
        ? undefined
        : { AllowedByPermissionsBoundary: ask({ identity: [boundaryPolicy] }).allowed },
  };
  const { MissingContextValues, ...others } = outcome;
  return {
    EvalActionName: action,
    EvalResourceName: resource ?? "*",
    EvalDecision: DECISIONS[decision.outcome],
    ...others,
    OrganizationsDecisionDetail:
      serviceControl === undefined
        ? undefined
        : { AllowedByOrganizations: ask({ identity: everything, serviceControl }).allowed },
    // IAM API Reference, "EvaluationResult": with a list of resources, missing keys are told for each of them instead.
    MissingContextValues: resource === undefined || resource === "*" ? MissingContextValues : [],
    ResourceSpecificResults:
      resource === undefined || resource === "*"
        ? undefined
        : [{ EvalResourceName: resource, EvalResourceDecision: DECISIONS[decision.outcome], ...outcome }],
  };
}

function judge(simulation: Simulation, action: string, resource: string, policies: PolicySet): Decision {
  const { caller, callerAccountId, context, resourceOwner } = simulation;
  const named = /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/.exec(resource)?.[1];
  return evaluate(
    { principal: caller, action, resource, resourceAccount: named ?? resourceOwner, context },
    { ...policies, resource: policies.resource ?? accountDecides(callerAccountId) },
  );
}

/** Named by place and position, so that two policies of one name are told apart. */
function named(sources: readonly SourcePolicy[], place: string): readonly NamedPolicy[] {
  return sources.map(({ policy }, index) => ({ name: `${place}.${index}`, policy }));
}

/** The statements that decide: those that deny, else those that allow; none when nothing applies. */
function matchedStatements(simulation: Simulation, decision: Decision): readonly XmlObject[] {
  if (decision.outcome === "implicit-deny") return [];
  return decision.decidedBy.flatMap((reference) => {
    const source = sourceOf(simulation, reference);
    if (source === undefined) return [];
    const location = locateStatements(source.text)[reference.index];
    return [
      {
        SourcePolicyId: source.sourceId,
        SourcePolicyType: source.sourceType,
        StartPosition: location && { ...location.start },
        EndPosition: location && { ...location.end },
      },
    ];
  });
}

/** Returns the policy that a statement stands in; `undefined` for those that are not the asker's to see. */
function sourceOf(simulation: Simulation, { layer, policy, effect }: StatementReference): SourcePolicy | undefined {
  if (layer === "identity") return simulation.identity[Number(policy.split(".")[1])];
  if (layer === "permissions-boundary") return effect === "Deny" ? simulation.boundary : undefined;
  return layer === "resource" ? simulation.resourcePolicy : undefined;
}

function missingKeys({ identity, boundary, resourcePolicy, context, callerKeys }: Simulation): readonly string[] {
  const given = new Set(Object.keys(context).map((key) => key.toLowerCase()));
  const sources = [...identity, boundary, resourcePolicy].filter((source) => source !== undefined);
  return neededKeys(sources.map(({ policy }) => policy)).filter((key) => {
    const folded = key.toLowerCase();
    return !given.has(folded) && !callerKeys.has(folded);
  });
}
