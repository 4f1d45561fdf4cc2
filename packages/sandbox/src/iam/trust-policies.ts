// What IAM asks of a role's trust policy beyond the grammar of policies.
import { storePolicy } from "../stored-policy.js";
import type { StoredPolicy } from "../types.js";
import type { World } from "../world-types.js";
import { requireTrustPolicySize } from "./limits.js";
import { malformedPolicyDocument } from "./refusals.js";

/**
 * Checks a trust policy and binds its principals to the users and roles that exist now. Returns what is to be kept.
 * Throws `MalformedPolicyDocument` or `LimitExceeded`.
 */
export function storeTrustPolicy(world: World, text: string): StoredPolicy {
  if (namesEveryoneBare(text)) {
    // https://github.com/aws/aws-cdk/issues/5732: IAM refuses "Principal": "*" in trust policies and takes {"AWS": "*"}.
    throw malformedPolicyDocument('AssumeRolepolicy contained an invalid principal: "STAR":"*".');
  }
  const stored = storePolicy(world, text, "trust");
  for (const { action } of stored.policy.statements) {
    // A NotAction would cover other services' actions as well.
    if (action.negated || !action.patterns.every((pattern) => pattern.toLowerCase().startsWith("sts:"))) {
      throw malformedPolicyDocument("AssumeRole policy may only specify STS AssumeRole actions.");
    }
  }
  requireTrustPolicySize(text);
  return stored;
}

/** Asked before parsing, for IAM's own words: the parser refuses it too. What is no JSON is the parser's to refuse. */
function namesEveryoneBare(text: string): boolean {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return false;
  }
  const statement = isObject(document) && "Statement" in document ? document.Statement : undefined;
  const statements: readonly unknown[] = Array.isArray(statement) ? statement : [statement];
  return statements.some((candidate) => isObject(candidate) && "Principal" in candidate && candidate.Principal === "*");
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
