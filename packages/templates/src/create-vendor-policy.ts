// What the vendor's own principal needs: to enter the roles of its customers, and nothing else.
import { checkRoleDescription } from "./check-description.js";
import { freezeDeep } from "./freeze-deep.js";
import type { PolicyDocument, RoleDescription } from "./types.js";

/** Returns the policy for the vendor's service: AssumeRole and TagSession on the roles' path and name, in any account. */
export function createVendorPolicy(given: RoleDescription): PolicyDocument {
  const { partition, rolePath, serviceName } = checkRoleDescription(given);
  return freezeDeep({
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "EnterCustomersRoles",
        Effect: "Allow",
        Action: ["sts:AssumeRole", "sts:TagSession"],
        Resource: [`arn:${partition}:iam::*:role${rolePath}${serviceName}-*`],
      },
    ],
  });
}
