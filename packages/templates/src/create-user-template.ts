// An IAM user for tools that can neither enter roles nor use IAM Identity Center. The last resort, and it says so.
import { checkUserDescription } from "./check-description.js";
import { checkSize, refuseFindings } from "./create-role-template.js";
import { draftUserPolicies, type Fill } from "./draft-policies.js";
import { freezeDeep } from "./freeze-deep.js";
import { limits } from "./limits.js";
import { lintUserPermissions } from "./lint-permissions.js";
import { substitutePlaceholders } from "./substitute-placeholders.js";
import { writeAscii } from "./write-ascii.js";
import type { CloudFormationTemplate, TemplateObject, UserDescription } from "./types.js";

const ref = (name: string): TemplateObject => ({ Ref: name });
const fill: Fill = { text: substitutePlaceholders, own: substitutePlaceholders, setupUntil: "" };

/**
 * Returns the template of an IAM user with these permissions. It makes no access key: a key in a stack's outputs can be read
 * for ever by everybody who may describe the stack. Throws like `createRoleTemplate`.
 */
export function createIamUserTemplate(given: UserDescription): CloudFormationTemplate {
  const description = checkUserDescription(given);
  refuseFindings(lintUserPermissions(given));
  const { branding, serviceName, userPath, partition, permissions, permissionsBoundary } = description;
  const policies = draftUserPolicies(description);
  const vendor = writeAscii(branding.displayName, 200);
  const hasBoundary = permissionsBoundary !== null;
  const template: CloudFormationTemplate = {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: writeAscii(
      `An IAM user for ${branding.displayName}, with long-term credentials.`,
      limits.descriptionBytes,
    ),
    Metadata: {
      Daypass: {
        Vendor: branding.displayName,
        ...(branding.supportUrl === undefined ? {} : { SupportUrl: branding.supportUrl }),
        Why: Object.fromEntries(permissions.map(({ sid, why }) => [sid, why])),
      },
    },
    Parameters: {
      UserName: {
        Type: "String",
        Default: serviceName,
        Description: "The name of the user. It must not exist yet.",
        AllowedPattern: "^[\\w+=,.@-]{1,64}$",
        ConstraintDescription: "must be 1 to 64 letters, digits or _+=,.@-",
      },
      ...(hasBoundary
        ? {
            PermissionsBoundaryArn: {
              Type: "String",
              Default: "",
              Description: "The ARN of a managed policy that limits what the user may do at most. Empty for none.",
              AllowedPattern: `^(?:arn:${partition}:iam::(?:aws|[0-9]{12}):policy/[\\w+=,.@/-]{1,576})?$`,
              ConstraintDescription: "must be the ARN of a managed policy, or empty",
            },
          }
        : {}),
    },
    ...(hasBoundary
      ? {
          Conditions: {
            HasPermissionsBoundary: { "Fn::Not": [{ "Fn::Equals": [ref("PermissionsBoundaryArn"), ""] }] },
          },
        }
      : {}),
    Resources: {
      User: {
        Type: "AWS::IAM::User",
        Properties: {
          UserName: ref("UserName"),
          Path: userPath,
          ManagedPolicyArns: policies.map(({ name }) => ref(name)),
          ...(hasBoundary
            ? {
                PermissionsBoundary: {
                  "Fn::If": ["HasPermissionsBoundary", ref("PermissionsBoundaryArn"), ref("AWS::NoValue")],
                },
              }
            : {}),
        },
      },
      ...Object.fromEntries(
        policies.map(({ name, document }) => [
          name,
          {
            Type: "AWS::IAM::ManagedPolicy",
            Properties: {
              Description: `What ${serviceName} may do`,
              Path: userPath,
              PolicyDocument: document(fill) as unknown as TemplateObject,
            },
          },
        ]),
      ),
    },
    Outputs: {
      UserArn: { Description: "The user", Value: { "Fn::GetAtt": ["User", "Arn"] } },
      NextSteps: {
        Description: "What to do next",
        Value: {
          "Fn::Sub": `Create an access key where it is to be used: aws iam create-access-key --user-name \${UserName}. Give it to ${vendor.replaceAll("${", "${!")} only; replace it every 90 days, and prefer a role or IAM Identity Center as soon as you can.`,
        },
      },
    },
  };
  checkSize(template);
  return freezeDeep(template);
}
