// The document of the account in which people have their users. Every account id is a literal, so that nobody can be led
// elsewhere by a parameter.
import { account, distinct, notEmpty, onlyIn, partitionOf, pathOf, ROLE_NAME, withMfa } from "./check-hub.js";
import { checkList, checkObject, checkShape } from "./check-values.js";
import { checkSize } from "./create-role-template.js";
import { freezeDeep } from "./freeze-deep.js";
import type { HubDescription, HubEnvironment } from "./hub-types.js";
import type { CloudFormationTemplate, Partition, PolicyDocument, TemplateObject } from "./types.js";

/**
 * What everybody may do with their own devices and keys. Without a code: see and enrol devices, because before there is
 * one there is no code. With one: exchange their keys. (IAM User Guide, "AWS: Allows MFA-authenticated IAM users to manage
 * their own credentials on the My security credentials page".)
 */
const ownCredentials = (partition: Partition, hubAccountId: string): PolicyDocument => {
  const iam = `arn:${partition}:iam::${hubAccountId}`;
  const self = [`${iam}:user/\${aws:username}`, `${iam}:user/*/\${aws:username}`];
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "SeeAndEnrolOwnDevices",
        Effect: "Allow",
        Action: ["iam:ListMFADevices", "iam:EnableMFADevice"],
        Resource: self,
      },
      {
        Sid: "MakeDevices",
        Effect: "Allow",
        Action: "iam:CreateVirtualMFADevice",
        Resource: `${iam}:mfa/*`,
      },
      {
        Sid: "ExchangeOwnKeysWithCode",
        Effect: "Allow",
        Action: ["iam:CreateAccessKey", "iam:DeleteAccessKey", "iam:ListAccessKeys", "iam:UpdateAccessKey"],
        Resource: self,
        Condition: withMfa,
      },
    ],
  };
};

const checkEnvironment = (given: unknown, index: number): Required<HubEnvironment> => {
  const path = `environments[${index}]`;
  const { name, accountId, roles, rolePath } = checkObject(given, path, ["name", "accountId", "roles", "rolePath"]);
  const checked = notEmpty(checkList(roles, `${path}.roles`, 20), `${path}.roles`).map((role, at) =>
    checkShape(role, `${path}.roles[${at}]`, ROLE_NAME, "a role's name"),
  );
  distinct(checked, `${path}.roles`);
  return {
    name: checkShape(name, `${path}.name`, /^[A-Za-z][\w-]{0,31}$/, "a letter, then up to 31 letters, digits, - or _"),
    accountId: account(accountId, `${path}.accountId`),
    roles: checked,
    rolePath: pathOf(rolePath, `${path}.rolePath`),
  };
};

/** `dev` and `ADMIN` are `DEV_ACCESS_FOR_ADMIN`. */
const groupName = (environment: string, role: string): string => `${environment.toUpperCase()}_ACCESS_FOR_${role}`;

/**
 * Returns the template of the hub account: one group for each role of each environment, whose members may enter that role
 * and nothing else, and may look after their own devices and keys. Users are not made: their keys would be in the stack.
 * Throws `TemplateError` `invalid_description` or `too_large`.
 */
export function createHubTemplate(given: HubDescription): CloudFormationTemplate {
  const known = checkObject(given, "", ["partition", "hubAccountId", "environments"]);
  const partition = partitionOf(known["partition"]);
  const hubAccountId = account(known["hubAccountId"], "hubAccountId");
  const list = notEmpty(checkList(known["environments"], "environments", 40), "environments");
  const environments = list.map(checkEnvironment);
  const groups = environments.flatMap(({ name, accountId, roles, rolePath }) =>
    roles.map((role) => ({
      name: groupName(name, role),
      arn: `arn:${partition}:iam::${accountId}:role${rolePath}${role}`,
    })),
  );
  distinct(
    groups.map(({ name }) => name.toUpperCase()),
    "environments",
  );
  const template: CloudFormationTemplate = {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: "The hub: groups whose members may enter roles of other accounts.",
    Metadata: { Daypass: { Kind: "hub" } },
    Parameters: {},
    Rules: onlyIn(hubAccountId),
    Resources: {
      OwnCredentials: {
        Type: "AWS::IAM::ManagedPolicy",
        Properties: {
          Description: "Own MFA devices and access keys",
          PolicyDocument: ownCredentials(partition, hubAccountId) as unknown as TemplateObject,
        },
      },
      ...Object.fromEntries(
        groups.map(({ name, arn }, index) => [
          `Group${index + 1}`,
          {
            Type: "AWS::IAM::Group",
            Properties: {
              GroupName: name,
              ManagedPolicyArns: [{ Ref: "OwnCredentials" }],
              Policies: [
                {
                  PolicyName: "EnterRole",
                  PolicyDocument: {
                    Version: "2012-10-17",
                    Statement: [
                      {
                        Sid: "EnterRole",
                        Effect: "Allow",
                        Action: ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"],
                        Resource: arn,
                      },
                    ],
                  },
                },
              ],
            },
          },
        ]),
      ),
    },
    Outputs: {
      Groups: { Description: "Put people into these groups", Value: groups.map(({ name }) => name).join(", ") },
    },
  };
  checkSize(template);
  return freezeDeep(template);
}
