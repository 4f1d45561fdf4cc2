// The role that stands for a permission set in an account. Source: IAM Identity Center User Guide, "Referencing permission
// sets in resource policies, Amazon EKS Cluster config maps, and AWS KMS key policies".
import { parsePolicy } from "@daypass/policy";
import { findManagedPolicy } from "../find.js";
import { storeTrustPolicy } from "../iam/trust-policies.js";
import { newUniqueId } from "../identifiers.js";
import { storePolicy } from "../stored-policy.js";
import type { Account, Role, StoredPolicy } from "../types.js";
import type { World } from "../world-types.js";
import { atPlace, within, worldError } from "../world-error.js";
import type { Place } from "../world-error.js";
import type { IdentityCenterEntry } from "./world-form.js";

export interface RoleOrder {
  readonly set: IdentityCenterEntry["permissionSets"][number];
  /** Identity Center's own. */
  readonly region: string;
  /** Where the permission set stands in the world file. */
  readonly place: Place;
}

/** Adds the role and returns it. Throws `SandboxError` `invalid_world` for policies that IAM would not take. */
export function provisionRole(world: World, account: Account, { set, region, place }: RoleOrder): Role {
  const hex = (bytes: number) => Buffer.from(world.randomBytes(bytes)).toString("hex");
  const name = `AWSReservedSSO_${set.name}_${hex(8)}`;
  // Of an instance in another region than us-east-1 the path says where it is.
  const path = `/aws-reserved/sso.amazonaws.com/${region === "us-east-1" ? "" : `${region}/`}`;
  const inlinePolicies = new Map<string, StoredPolicy>();
  if (set.inlinePolicy !== undefined) {
    const text = JSON.stringify(set.inlinePolicy);
    const stored = atPlace(within(place, "inlinePolicy"), () => {
      parsePolicy(text, "identity");
      return storePolicy(world, text, "identity");
    });
    inlinePolicies.set("AwsSSOInlinePolicy", stored);
  }
  for (const [index, arn] of set.managedPolicyArns.entries()) {
    if (findManagedPolicy(world, arn) !== undefined) continue;
    throw worldError(
      within(within(place, "managedPolicyArns"), index),
      `the policy ${arn} does not exist`,
      "of AWS's own policies the sandbox has AdministratorAccess; write others as inlinePolicy",
    );
  }
  const role: Role = {
    kind: "role",
    accountId: account.id,
    name,
    path,
    arn: `arn:aws:iam::${account.id}:role${path}${name}`,
    uniqueId: newUniqueId(world, "AROA"),
    created: new Date(world.clock()),
    description: "",
    maxSessionDuration: set.sessionDuration,
    trustPolicy: storeTrustPolicy(world, trustPolicyText(account.id, hex(8))),
    tags: new Map(),
    permissionsBoundaryArn: undefined,
    inlinePolicies,
    attachedPolicyArns: new Set(set.managedPolicyArns),
    lastUsed: undefined,
  };
  account.roles.set(role.name.toLowerCase(), role);
  return role;
}

/** Trusts Identity Center's own SAML provider, which nobody but AWS can speak for. */
function trustPolicyText(accountId: string, providerId: string): string {
  return JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: `arn:aws:iam::${accountId}:saml-provider/AWSSSO_${providerId}_DO_NOT_DELETE` },
        Action: ["sts:AssumeRoleWithSAML", "sts:TagSession"],
        Condition: { StringEquals: { "SAML:aud": "https://signin.aws.amazon.com/saml" } },
      },
    ],
  });
}
