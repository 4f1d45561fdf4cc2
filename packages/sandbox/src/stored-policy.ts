// Saves and shows policies as IAM does: checked, bound to the principals of that moment, refused in AWS's own words.
import { parsePolicy, pinPrincipals, PolicyError, renderPolicy } from "@daypass/policy";
import type { Policy, PolicyKind, PrincipalPattern } from "@daypass/policy";
import { AwsError } from "./errors.js";
import { findByArn, findByUniqueId } from "./find.js";
import type { StoredPolicy } from "./types.js";
import type { World } from "./world-types.js";

/**
 * Checks a policy and binds its principals to the users and roles that exist now.
 * Returns what is to be kept. Throws `AwsError` 400 `MalformedPolicyDocument`.
 */
export function storePolicy(world: World, text: string, kind: PolicyKind): StoredPolicy {
  const policy = parse(text, kind);
  if (kind !== "resource" && kind !== "trust") return { text, policy };
  refuseUnknownPrincipals(world, policy);
  return { text, policy: pinPrincipals(policy, (arn) => findByArn(world, arn)?.uniqueId) };
}

/**
 * Returns the policy as AWS shows it: principals that are gone appear as the unique ids they were bound to, renamed ones by
 * their present ARNs.
 */
export function readPolicy(world: World, stored: StoredPolicy): string {
  const goneOrRenamed = (pattern: PrincipalPattern) =>
    (pattern.type === "user" || pattern.type === "role") &&
    pattern.uniqueId !== undefined &&
    findByUniqueId(world, pattern.uniqueId)?.arn !== pattern.arn;
  const changed = stored.policy.statements.some(({ principal }) => principal?.principals.some(goneOrRenamed));
  return changed ? renderPolicy(stored.policy, (id) => findByUniqueId(world, id)?.arn) : stored.text;
}

/** Parses without binding. Throws `AwsError` 400 `MalformedPolicyDocument` in AWS's words. */
function parse(text: string, kind: PolicyKind): Policy {
  try {
    return parsePolicy(text, kind);
  } catch (error) {
    if (error instanceof PolicyError) throw malformed(describe(error, text, kind));
    throw error;
  }
}

function refuseUnknownPrincipals(world: World, policy: Policy): void {
  for (const { principal } of policy.statements) {
    for (const pattern of principal?.principals ?? []) {
      const unknown = unknownPrincipal(world, pattern);
      // IAM User Guide, "Troubleshoot IAM roles" and "AWS JSON policy elements: Principal": a principal that does not
      // exist is refused when the policy is saved.
      if (unknown !== undefined) throw malformed(`Invalid principal in policy: ${unknown}`);
    }
  }
}

function unknownPrincipal(world: World, pattern: PrincipalPattern): string | undefined {
  switch (pattern.type) {
    case "account":
      return world.accounts.has(pattern.accountId) ? undefined : `"AWS":"${pattern.written}"`;
    case "user":
    case "role":
      return findByArn(world, pattern.arn) === undefined ? `"AWS":"${pattern.arn}"` : undefined;
    case "unique-id":
      return findByUniqueId(world, pattern.uniqueId) === undefined ? `"AWS":"${pattern.uniqueId}"` : undefined;
    case "role-session":
    case "federated-user":
      return world.accounts.has(pattern.arn.split(":")[4] ?? "") ? undefined : `"AWS":"${pattern.arn}"`;
    case "canonical-user":
      return [...world.accounts.values()].some(({ canonicalId }) => canonicalId === pattern.canonicalId)
        ? undefined
        : `"CanonicalUser":"${pattern.canonicalId}"`;
    case "everyone":
    case "service":
    case "federated":
      return undefined;
  }
}

/** The texts are those that IAM is publicly reported to send; where none is known, IAM's catch-all. */
function describe(error: PolicyError, text: string, kind: PolicyKind): string {
  if (error.code === "invalid_json") return "This policy contains invalid Json";
  const steps = stepsOf(error.path);
  const last = steps.at(-1);
  if (error.code === "invalid_principal") {
    const type = steps.findLast((step) => /^(AWS|Service|Federated|CanonicalUser)$/.test(step));
    return `Invalid principal in policy: "${type ?? "AWS"}":${JSON.stringify(valueAt(text, steps) ?? "")}`;
  }
  const present = valueAt(text, steps) !== undefined;
  const hasPrincipal = kind === "resource" || kind === "trust";
  if (kind === "trust" && present && (last === "Resource" || last === "NotResource")) {
    return `Has prohibited field ${last}`;
  }
  if (!hasPrincipal && present && (last === "Principal" || last === "NotPrincipal")) {
    return "Policy document should not specify a principal.";
  }
  if (!present && last === "Principal") return "Missing required field Principal";
  if (!present && last === "Action") {
    return hasPrincipal ? "Missing required field Action" : "Policy statement must contain actions.";
  }
  if (!present && last === "Resource") {
    return hasPrincipal ? "Missing required field Resource" : "Policy statement must contain resources.";
  }
  return "Syntax errors in policy.";
}

/** `Statement[0].Principal.AWS` as steps. */
function stepsOf(path: string): readonly string[] {
  return path.split(/[.[\]]+/).filter((step) => step !== "");
}

function valueAt(text: string, steps: readonly string[]): unknown {
  let value: unknown = JSON.parse(text);
  for (const step of steps) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) {
      // A single statement may stand without its list.
      if (step === "0" && value !== undefined && !Array.isArray(value)) continue;
      return undefined;
    }
    value = (value as Readonly<Record<string, unknown>>)[step];
  }
  return value;
}

function malformed(message: string): AwsError {
  return new AwsError(400, "MalformedPolicyDocument", message);
}
