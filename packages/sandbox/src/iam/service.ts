// IAM as the wire serves it. What is not listed here is refused as `InvalidAction`.
import { propagateChanges } from "../rehearsal/propagate-changes.js";
import type { QueryService } from "../wire/operation.js";
import { accessKeyOperations } from "./access-keys.js";
import { attachedPolicyOperations } from "./attached-policies.js";
import { groupMemberOperations } from "./group-members.js";
import { groupOperations } from "./groups.js";
import { inlinePolicyOperations } from "./inline-policies.js";
import { managedPolicyOperations } from "./managed-policies.js";
import { oidcProviderOperations } from "./oidc-providers.js";
import { mfaDeviceOperations } from "./mfa-devices.js";
import { permissionsBoundaryOperations } from "./permissions-boundaries.js";
import { policyEntityOperations } from "./policy-entities.js";
import { policyVersionOperations } from "./policy-versions.js";
import { roleOperations } from "./roles.js";
import { simulationOperations } from "./simulations.js";
import { tagOperations } from "./tags.js";
import { userOperations } from "./users.js";

/** Users, their keys and MFA devices, groups, roles and policies of the caller's account. */
export const iamService: QueryService = {
  name: "iam",
  version: "2010-05-08",
  xmlNamespace: "https://iam.amazonaws.com/doc/2010-05-08/",
  operations: propagateChanges({
    ...userOperations,
    ...accessKeyOperations,
    ...groupOperations,
    ...groupMemberOperations,
    ...mfaDeviceOperations,
    ...roleOperations,
    ...simulationOperations,
    ...tagOperations,
    ...inlinePolicyOperations,
    ...attachedPolicyOperations,
    ...permissionsBoundaryOperations,
    ...managedPolicyOperations,
    ...policyVersionOperations,
    ...policyEntityOperations,
    ...oidcProviderOperations,
  }),
};
