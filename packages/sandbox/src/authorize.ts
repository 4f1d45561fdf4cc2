// The joint between the services and the evaluator: gathers every policy and condition key that applies to a call.
import { evaluate, parsePolicy } from "@daypass/policy";
import type { ContextValue, Decision, Layer, NamedPolicy, PolicySet } from "@daypass/policy";
import { AwsError } from "./errors.js";
import { defaultDocument, findManagedPolicy, findRole, findUser, groupsOf } from "./find.js";
import { mfaContext } from "./mfa/mfa-context.js";
import type { Caller, Directory, Group, Role, User } from "./types.js";
import type { AuthorizeQuestion, Call } from "./world-types.js";

/** A boundary that cannot be found must not lift the limit that it was. */
const NOTHING = parsePolicy(
  `{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}`,
  "permissions-boundary",
);

/** Judges the question for the caller of `call`; returns the evaluator's decision with its reasons. */
export function authorize(call: Call, question: AuthorizeQuestion): Decision {
  const { caller } = call;
  return evaluate(
    {
      principal: caller.principal,
      action: question.action,
      resource: question.resource,
      resourceAccount: question.resourceAccount,
      context: { ...commonContext(call, question.resourceAccount), ...question.context },
    },
    { ...policiesOf(call), resource: question.resourcePolicy },
  );
}

/** Throws the query protocol's refusal, `AccessDenied` 403, unless the caller may do this. */
export function requireAllowed(call: Call, question: AuthorizeQuestion): void {
  const decision = authorize(call, question);
  if (decision.allowed) return;
  const who = callerArn(call.caller) ?? "anonymous";
  throw new AwsError(
    403,
    "AccessDenied",
    `User: ${who} is not authorized to perform: ${question.action} on resource: ${question.shown ?? question.resource} ${denialReason(decision, question.action)}`,
  );
}

/** Returns the caller's ARN as AWS prints it: the user's, the role session's, or the federated user's. `undefined` for unsigned calls. */
export function callerArn(caller: Caller): string | undefined {
  if (caller.kind === "user") return caller.user.arn;
  return caller.kind === "session" ? caller.session.sessionArn : undefined;
}

/** Returns the caller's account; `undefined` for unsigned calls. */
export function accountIdOf(caller: Caller): string | undefined {
  if (caller.kind === "user") return caller.user.accountId;
  return caller.kind === "session" ? caller.session.accountId : undefined;
}

/** Returns the end of a refusal: IAM User Guide, "Troubleshoot access denied error messages"; S3's guide words it alike. */
export function denialReason(decision: Pick<Decision, "outcome" | "deniedBy">, action: string): string {
  const { article, name } = PHRASES[decision.deniedBy ?? "identity"];
  return decision.outcome === "explicit-deny"
    ? `with an explicit deny in ${article} ${name}`
    : `because no ${name} allows the ${action} action`;
}

const PHRASES: Readonly<Record<Layer, { readonly article: string; readonly name: string }>> = {
  identity: { article: "an", name: "identity-based policy" },
  "permissions-boundary": { article: "a", name: "permissions boundary" },
  session: { article: "a", name: "session policy" },
  "service-control": { article: "a", name: "service control policy" },
  resource: { article: "a", name: "resource-based policy" },
};

function policiesOf({ world, inForce, caller }: Call): PolicySet {
  if (caller.kind === "anonymous") return {};
  const entity = entityInForce(inForce, entityOf(caller));
  return {
    identity: identityPolicies(inForce, entity),
    permissionsBoundary: boundaryOf(inForce, entity),
    session: sessionPoliciesOf(caller),
    serviceControl: world.serviceControl.get(entity.accountId) ?? [],
  };
}

/** Whose policies are judged. */
function entityOf(caller: Exclude<Caller, { readonly kind: "anonymous" }>): User | Role {
  return caller.kind === "user" ? caller.user : caller.entity;
}

/** A user's own session has all that the user has. */
function sessionPoliciesOf(caller: Caller): readonly NamedPolicy[] {
  if (caller.kind !== "session" || caller.session.kind === "user") return [];
  return caller.session.sessionPolicies;
}

/** Looks the caller up again: a call that CloudFormation made for them before may have changed them. */
function entityInForce(inForce: Directory, known: User | Role): User | Role {
  const find = known.kind === "user" ? findUser : findRole;
  const found = find(inForce, known.accountId, known.name);
  return found?.uniqueId === known.uniqueId ? found : known;
}

/** The entity's own, and those of the groups that a user is in. */
function identityPolicies(inForce: Directory, entity: User | Role): readonly NamedPolicy[] {
  const groups = entity.kind === "user" ? groupsOf(inForce, entity) : [];
  return [entity, ...groups].flatMap((holder) => policiesHeldBy(inForce, holder));
}

function policiesHeldBy(inForce: Directory, entity: User | Group | Role): readonly NamedPolicy[] {
  const policies: NamedPolicy[] = [];
  for (const [name, { policy }] of entity.inlinePolicies) policies.push({ name, policy });
  for (const arn of entity.attachedPolicyArns) {
    const managed = findManagedPolicy(inForce, arn);
    // IAM refuses to delete an attached policy, so a missing one is a broken world: never judge without its Deny.
    if (managed === undefined) throw new Error(`attached policy ${arn} does not exist`);
    policies.push({ name: arn, policy: defaultDocument(managed).policy });
  }
  return policies;
}

function boundaryOf(inForce: Directory, entity: User | Role): NamedPolicy | undefined {
  const arn = entity.permissionsBoundaryArn;
  if (arn === undefined) return undefined;
  const managed = findManagedPolicy(inForce, arn);
  return { name: arn, policy: managed === undefined ? NOTHING : defaultDocument(managed).policy };
}

/**
 * The condition keys that AWS sets on every call (IAM User Guide, "AWS global condition context keys").
 * Those that follow from the principal alone are the evaluator's.
 */
function commonContext(call: Call, resourceAccount: string): Record<string, ContextValue> {
  const { caller, world, request, now } = call;
  const context: Record<string, ContextValue> = {
    "aws:CurrentTime": awsTime(now),
    "aws:EpochTime": String(Math.floor(now.getTime() / 1000)),
    // The loopback connection stands in for AWS's TLS endpoint, which is what clients use outside the sandbox.
    "aws:SecureTransport": "true",
    "aws:RequestedRegion": call.region,
    ...originContext(call),
  };
  const userAgent = request.headers.get("user-agent");
  if (userAgent !== undefined) context["aws:UserAgent"] = userAgent;
  const referer = request.headers.get("referer");
  if (referer !== undefined) context["aws:Referer"] = referer;
  const organizationId = world.organizationId;
  if (organizationId !== undefined && world.serviceControl.has(resourceAccount)) {
    context["aws:ResourceOrgID"] = organizationId;
  }
  if (caller.kind === "anonymous") return context;
  const entity = entityOf(caller);
  if (organizationId !== undefined && world.serviceControl.has(entity.accountId)) {
    context["aws:PrincipalOrgID"] = organizationId;
  }
  if (caller.kind === "session") {
    const { session } = caller;
    context["aws:TokenIssueTime"] = awsTime(session.issued);
    Object.assign(context, mfaContext(session, now));
    const sourceIdentity = session.kind === "role" ? session.sourceIdentity : undefined;
    const federatedProvider = session.kind === "role" ? session.federatedProvider : undefined;
    if (federatedProvider !== undefined) context["aws:FederatedProvider"] = federatedProvider;
    if (sourceIdentity !== undefined) context["aws:SourceIdentity"] = sourceIdentity;
  }
  return context;
}

/** A call that a service makes for the caller comes from the service: it has no address of the caller's. */
function originContext({ calledVia = [], sourceIp }: Call): Record<string, ContextValue> {
  const [first] = calledVia;
  const last = calledVia.at(-1);
  if (first === undefined || last === undefined) {
    return { "aws:SourceIp": sourceIp, "aws:ViaAWSService": "false" };
  }
  return {
    "aws:ViaAWSService": "true",
    "aws:CalledVia": calledVia,
    "aws:CalledViaFirst": first,
    "aws:CalledViaLast": last,
  };
}

function awsTime(date: Date): string {
  return date.toISOString().replace(/\.\d{3}Z$/, "Z");
}
