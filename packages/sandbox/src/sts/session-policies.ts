// Session policies: what a session may do at most, whatever its role may do.
import type { NamedPolicy } from "@daypass/policy";
import { AwsError } from "../errors.js";
import { defaultDocument, findManagedPolicy } from "../find.js";
import { storePolicy } from "../stored-policy.js";
import type { Role } from "../types.js";
import type { Call } from "../world-types.js";

/**
 * Returns the inline and managed session policies of an AssumeRole call. Throws `MalformedPolicyDocument` 400, also for a
 * managed policy that is not in the role's account: it "must exist in the same account as the role" (STS API
 * Reference, "AssumeRole").
 */
export function readSessionPolicies(
  { world, inForce }: Pick<Call, "world" | "inForce">,
  role: Role,
  inline: string | undefined,
  managedArns: readonly string[],
): readonly NamedPolicy[] {
  const policies: NamedPolicy[] = [];
  if (inline !== undefined) {
    policies.push({ name: "session policy", policy: storePolicy(world, inline, "session").policy });
  }
  for (const arn of managedArns) {
    const managed = findManagedPolicy(inForce, arn);
    if (managed === undefined || (managed.accountId !== "aws" && managed.accountId !== role.accountId)) {
      throw new AwsError(400, "MalformedPolicyDocument", `Policy ${arn} does not exist or is not attachable.`);
    }
    policies.push({ name: arn, policy: defaultDocument(managed).policy });
  }
  return policies;
}
