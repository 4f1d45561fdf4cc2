// The answer. Sources: IAM User Guide, "Policy evaluation logic", "How AWS enforcement code logic evaluates requests to
// allow or deny access", "Cross-account policy evaluation logic", "Permissions boundaries for IAM entities".
import { buildContext } from "./build-context.js";
import { checkRequest } from "./check-request.js";
import { PolicyError } from "./errors.js";
import { judgePolicy } from "./judge-policy.js";
import type { Findings, Question } from "./judge-policy.js";
import type { Grant } from "./match-principal.js";
import type { AccessRequest, Decision, Layer, NamedPolicy, PolicySet, RequestPrincipal } from "./types.js";

/** Whether each layer lets the request pass; `resource` with the ways in which it means the caller. */
interface Layers {
  readonly identity: boolean;
  readonly permissionsBoundary: boolean;
  readonly session: boolean;
  readonly serviceControl: boolean;
  readonly resource: ReadonlySet<Grant>;
}

/** In this order a refusal is blamed; AWS too names one policy type only. */
const BLAME: readonly Layer[] = ["service-control", "resource", "identity", "permissions-boundary", "session"];

/**
 * Answers one question from all the policies that apply to it.
 * Returns the decision with its reasons. Throws `PolicyError` `invalid_request` for a malformed question, for a context
 * key that the evaluator derives, and for policies that `parsePolicy` did not make or that stand in the wrong layer.
 */
export function evaluate(request: AccessRequest, policies: PolicySet): Decision {
  checkRequest(request);
  const applying = policiesOf(request.principal, policies);
  const question: Question = {
    principal: request.principal,
    action: request.action.toLowerCase(),
    resource: request.resource,
    context: buildContext(request),
    hasBoundary: applying.permissionsBoundary !== undefined,
  };
  const findings: Findings = { allows: [], denies: [], failedConditions: [], unknownKeys: new Set() };
  const layers = judgeLayers(applying, question, findings);
  const reasons = { failedConditions: findings.failedConditions, unknownKeys: [...findings.unknownKeys] };
  if (findings.denies.length > 0) {
    const deniedBy = BLAME.find((layer) => findings.denies.some((deny) => deny.layer === layer));
    return { allowed: false, outcome: "explicit-deny", deniedBy, decidedBy: findings.denies, ...reasons };
  }
  const deniedBy = missingAllow(request, policies, layers);
  const allowed = deniedBy === undefined;
  return { allowed, outcome: allowed ? "allow" : "implicit-deny", deniedBy, decidedBy: findings.allows, ...reasons };
}

/** Leaves out the layers that AWS does not apply to such a principal. */
function policiesOf({ type }: RequestPrincipal, policies: PolicySet): PolicySet {
  if (type === "user" || type === "role-session" || type === "federated-user") return policies;
  const { serviceControl = [], resource } = policies;
  // The root user can have no identity-based policy and no boundary, but is bound by the organisation (IAM User Guide,
  // "Policies and permissions in IAM", policies and the root user). The others belong to no account.
  return type === "root" ? { serviceControl, resource } : { resource };
}

function judgeLayers(policies: PolicySet, question: Question, findings: Findings): Layers {
  const { identity = [], permissionsBoundary, session = [], serviceControl = [], resource } = policies;
  const allows = (layer: Layer, named: readonly NamedPolicy[]): boolean =>
    // Every policy is judged, also after an Allow: a Deny in a later one must be found.
    named.map((policy) => judge(policy, layer, question, findings).size > 0).includes(true);
  return {
    identity: allows("identity", identity),
    permissionsBoundary: permissionsBoundary === undefined || allows("permissions-boundary", [permissionsBoundary]),
    // A federated user has no more than its session policy gives (IAM User Guide, "Policy evaluation logic").
    session: session.length === 0 ? question.principal.type !== "federated-user" : allows("session", session),
    serviceControl: !serviceControl.map((level) => allows("service-control", level)).includes(false),
    resource: resource === undefined ? new Set() : judge(resource, "resource", question, findings),
  };
}

function judge(named: NamedPolicy, layer: Layer, question: Question, findings: Findings): ReadonlySet<Grant> {
  const { kind } = named.policy;
  // Documents without principals can serve in several layers: AWS attaches the same managed policy as permission, as
  // boundary and as session policy.
  if ((layer === "resource") !== (kind === "resource" || kind === "trust")) {
    throw new PolicyError(
      "invalid_request",
      `policy ${named.name} is of kind ${kind} and cannot stand in layer ${layer}`,
      {
        path: "",
        hint: "parse the document as the kind of the place it is attached to",
      },
    );
  }
  return judgePolicy(named, layer, question, findings);
}

/** Returns the layer in which an Allow is missing; `undefined`: the request is allowed. */
function missingAllow(request: AccessRequest, policies: PolicySet, layers: Layers): Layer | undefined {
  const { principal, resourceAccount } = request;
  if (!layers.serviceControl) return "service-control";
  const isRole = asksForRole(request, policies);
  if (isRole && !isServed(principal, request.action.toLowerCase())) return "resource";
  if (!("accountId" in principal)) return layers.resource.size > 0 ? undefined : "resource";
  if (principal.accountId !== resourceAccount) {
    // Both accounts must allow.
    return layers.resource.size === 0 ? "resource" : missingFromCaller(principal, layers, layers.identity);
  }
  // "IAM role trust policies and KMS key policies are exceptions to this logic, because they must explicitly allow
  // access for principals" (IAM User Guide, "Policy evaluation logic"). Every role and every key has one: a question
  // that comes without it is not answered with yes.
  if ((isRole || KMS_KEY.test(request.resource)) && layers.resource.size === 0) return "resource";
  const direct = layers.resource.has("direct");
  // Granted to the user or session itself, or to everyone: no implicit denial in the caller's own policies counts, but
  // for roles. A user that a trust policy names still needs sts:AssumeRole in its boundary (IAM User Guide, "Update a
  // role trust policy").
  if (direct && !isRole) return undefined;
  // Granted to the account: it decides by its own policies.
  return missingFromCaller(principal, layers, layers.identity || direct || layers.resource.has("role"));
}

function missingFromCaller(principal: RequestPrincipal, layers: Layers, permitted: boolean): Layer | undefined {
  // The root user has every permission in its account.
  if (principal.type === "root") return undefined;
  if (!permitted) return "identity";
  if (!layers.permissionsBoundary) return "permissions-boundary";
  return layers.session ? undefined : "session";
}

const ROLE_ACTIONS: ReadonlySet<string> = new Set([
  "sts:assumerole",
  "sts:assumerolewithsaml",
  "sts:assumerolewithwebidentity",
  "sts:setcontext",
  "sts:setsourceidentity",
  "sts:tagsession",
]);
const KMS_KEY = /^arn:[^:]+:kms:[^:]*:[^:]*:key\//;

/** Whether the trust policy of a role has the word. */
function asksForRole({ action }: AccessRequest, { resource }: PolicySet): boolean {
  return resource?.policy.kind === "trust" || ROLE_ACTIONS.has(action.toLowerCase());
}

/**
 * Whether STS gives such a caller a role in such a way at all, whatever the policies say. Sources: STS API Reference,
 * "AssumeRole", "AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"; IAM User Guide, "Compare AWS STS credentials".
 */
function isServed({ type }: RequestPrincipal, action: string): boolean {
  switch (type) {
    case "user":
    case "role-session":
    case "service":
      return action !== "sts:assumerolewithsaml" && action !== "sts:assumerolewithwebidentity";
    case "federated":
      // Comes with an assertion or a token in place of a signature, and only these two operations take it.
      return action !== "sts:assumerole";
    case "root":
    case "federated-user":
    case "anonymous":
      return false;
  }
}
