// The document of a role in an account that is reached from the hub: who may enter it, and how.
import { account, distinct, notEmpty, onlyIn, partitionOf, pathOf, ROLE_NAME, withMfa } from "./check-hub.js";
import { checkList, checkObject, checkShape, refused } from "./check-values.js";
import { checkSize } from "./create-role-template.js";
import { checkTrustSize } from "./create-trust-policy.js";
import { freezeDeep } from "./freeze-deep.js";
import type { SpokeDescription } from "./hub-types.js";
import type { CloudFormationTemplate, Partition, PolicyDocument, TemplateObject } from "./types.js";

const USER = /^arn:[a-z-]+:iam::([0-9]{12}):user\/[\w+=,.@/-]{1,576}$/;
const MANAGED = /^arn:[a-z-]+:iam::(?:aws|[0-9]{12}):policy\/[\w+=,.@/-]{1,576}$/;

/** A number of seconds, written as CloudFormation takes it. */
const seconds = (value: unknown, path: string, least: number, most: number): string => {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return String(value);
  throw refused(path, "out of bounds", `write whole seconds from ${least} to ${most}`);
};

const checkUsers = (value: unknown, partition: Partition, hubAccountId: string): readonly string[] | null => {
  if (value === null) return null;
  if (value === undefined) {
    throw refused(
      "users",
      "missing",
      "name the users that may enter, or write null for all that the hub's groups allow",
    );
  }
  const prefix = `arn:${partition}:iam::${hubAccountId}:`;
  const users = notEmpty(checkList(value, "users", 20), "users").map((each, index) => {
    const arn = checkShape(each, `users[${index}]`, USER, "the ARN of an IAM user, without wildcards");
    if (arn.startsWith(prefix)) return arn;
    throw refused(
      `users[${index}]`,
      "not in the hub's account and partition",
      `write an ARN that begins with ${prefix}`,
    );
  });
  distinct(users, "users");
  return users;
};

/**
 * Who may enter: users of the hub, by name where they are named, who showed a code, and not too long ago. A session of a
 * user with MFA may last 36 hours (STS API Reference, GetSessionToken), and `aws:MultiFactorAuthPresent` holds for all of
 * them (IAM User Guide, "Secure API access with MFA"). Both conditions fail where their key is absent.
 */
const trustOf = (
  users: readonly string[] | null,
  partition: Partition,
  hubAccountId: string,
  mfaMaxAge: string,
): PolicyDocument => ({
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "EnterWithMfa",
      Effect: "Allow",
      Principal: { AWS: `arn:${partition}:iam::${hubAccountId}:root` },
      Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
      Condition: {
        ...(users === null ? {} : { ArnEquals: { "aws:PrincipalArn": users } }),
        ...withMfa,
        NumericLessThan: { "aws:MultiFactorAuthAge": mfaMaxAge },
      },
    },
  ],
});

/**
 * Returns the template of one role in one account that is reached from the hub. Throws `TemplateError`
 * `invalid_description` or `too_large`.
 */
export function createSpokeTemplate(given: SpokeDescription): CloudFormationTemplate {
  const known = checkObject(given, "", [
    "partition",
    "hubAccountId",
    "accountId",
    "roleName",
    "rolePath",
    "users",
    "mfaMaxAgeSeconds",
    "maxSessionDuration",
    "managedPolicyArns",
  ]);
  const partition = partitionOf(known["partition"]);
  const hubAccountId = account(known["hubAccountId"], "hubAccountId");
  const accountId = account(known["accountId"], "accountId");
  const users = checkUsers(known["users"], partition, hubAccountId);
  const mfaMaxAge = seconds(known["mfaMaxAgeSeconds"], "mfaMaxAgeSeconds", 900, 129_600);
  const policies = notEmpty(checkList(known["managedPolicyArns"], "managedPolicyArns", 10), "managedPolicyArns").map(
    (each, index) => {
      const path = `managedPolicyArns[${index}]`;
      const arn = checkShape(each, path, MANAGED, "the ARN of a managed policy");
      if (arn.startsWith(`arn:${partition}:iam::aws:`) || arn.startsWith(`arn:${partition}:iam::${accountId}:`))
        return arn;
      throw refused(path, "of another account or partition", "name one of AWS's or of the account itself");
    },
  );
  const trust = trustOf(users, partition, hubAccountId, mfaMaxAge);
  checkTrustSize(trust);
  const template: CloudFormationTemplate = {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: `A role that people of the hub account ${hubAccountId} enter with MFA.`,
    Metadata: { Daypass: { Kind: "spoke" } },
    Parameters: {},
    Rules: onlyIn(accountId),
    Resources: {
      Role: {
        Type: "AWS::IAM::Role",
        Properties: {
          RoleName: checkShape(known["roleName"], "roleName", ROLE_NAME, "a role's name"),
          Path: pathOf(known["rolePath"], "rolePath"),
          Description: `Entered from account ${hubAccountId} with MFA`,
          MaxSessionDuration: seconds(known["maxSessionDuration"], "maxSessionDuration", 3600, 43_200),
          AssumeRolePolicyDocument: trust as unknown as TemplateObject,
          ManagedPolicyArns: policies,
        },
      },
    },
    Outputs: { RoleArn: { Description: "The role", Value: { "Fn::GetAtt": ["Role", "Arn"] } } },
  };
  checkSize(template);
  return freezeDeep(template);
}
