// Session policies: what a session may do at most, whatever its role may do.
import type { NamedPolicy } from "@daypass/policy";
import { AwsError } from "../errors.js";
import { defaultDocument, findManagedPolicy } from "../find.js";
import { storePolicy } from "../stored-policy.js";
import type { Role, User } from "../types.js";
import type { Call } from "../world-types.js";

/**
 * Returns the inline and managed session policies of a call for a session. Throws `MalformedPolicyDocument` 400, also for a
 * managed policy that is not in the owner's account: it "must exist in the same account as the role", or as the
 * user (STS API Reference, "AssumeRole" and "GetFederationToken").
 */
export function readSessionPolicies(
  { world, inForce }: Pick<Call, "world" | "inForce">,
  owner: Pick<Role | User, "accountId">,
  inline: string | undefined,
  managedArns: readonly string[],
): readonly NamedPolicy[] {
  const policies: NamedPolicy[] = [];
  if (inline !== undefined) {
    policies.push({ name: "session policy", policy: storePolicy(world, inline, "session").policy });
  }
  for (const arn of managedArns) {
    const managed = findManagedPolicy(inForce, arn);
    if (managed === undefined || (managed.accountId !== "aws" && managed.accountId !== owner.accountId)) {
      throw new AwsError(400, "MalformedPolicyDocument", `Policy ${arn} does not exist or is not attachable.`);
    }
    policies.push({ name: arn, policy: defaultDocument(managed).policy });
  }
  return policies;
}
