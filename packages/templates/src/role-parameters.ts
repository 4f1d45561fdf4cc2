// The parameters of the role's template: only what differs from customer to customer, each with the narrowest pattern.
import type { RoleDescription, TemplateObject } from "./types.js";

/** CloudFormation parameters have at most 4,096 characters; ours are held shorter by their patterns. */
const externalIdLength = { MinLength: "2", MaxLength: "1224" } as const;

/** Returns the Parameters section. No value is hidden (`NoEcho`): a quick-create link could then not fill it in. */
export function roleParameters({
  externalIdPattern,
  setup,
  permissionsBoundary,
  partition,
}: RoleDescription): TemplateObject {
  return {
    ExternalId: {
      Type: "String",
      Description: "Proves to AWS that the vendor acts for you and nobody else. Filled in by the link.",
      AllowedPattern: `^(?:${externalIdPattern})$`,
      ...externalIdLength,
      ConstraintDescription: "must be the external ID from the link",
    },
    IntegrationSuffix: {
      Type: "String",
      Description: "Ends the role's name, so that several integrations fit into one account. Filled in by the link.",
      AllowedPattern: "^[a-z0-9]{12}$",
      ConstraintDescription: "must be the twelve letters and digits from the link",
    },
    ExpectedAccount: {
      Type: "String",
      Default: "",
      Description: "The AWS account that you named to the vendor. In any other one nothing is created.",
      AllowedPattern: "^(?:[0-9]{12})?$",
      ConstraintDescription: "must be an AWS account id of twelve digits, or empty",
    },
    ...(setup.length === 0 ? {} : setupParameters()),
    NextExternalId: {
      Type: "String",
      Default: "",
      Description: "Empty, except while the external ID is being replaced: then both are accepted.",
      AllowedPattern: `^(?:${externalIdPattern})?$`,
      MaxLength: externalIdLength.MaxLength,
      ConstraintDescription: "must be an external ID from the vendor, or empty",
    },
    ...(permissionsBoundary === null ? {} : boundaryParameter(partition)),
  };
}

function setupParameters(): TemplateObject {
  return {
    SetupPhase: {
      Type: "String",
      Default: "true",
      AllowedValues: ["true", "false"],
      Description: "true while the vendor sets things up. Set it to false afterwards: the setup rights are removed.",
    },
    SetupUntil: {
      Type: "String",
      Description: "The setup rights end at this time (UTC) by themselves, for example 2026-01-31T12:00:00Z.",
      AllowedPattern: "^20[0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z$",
      ConstraintDescription: "must be a time such as 2026-01-31T12:00:00Z",
    },
  };
}

function boundaryParameter(partition: RoleDescription["partition"]): TemplateObject {
  return {
    PermissionsBoundaryArn: {
      Type: "String",
      Default: "",
      Description: "The ARN of a managed policy that limits what the role may do at most. Empty for none.",
      AllowedPattern: `^(?:arn:${partition}:iam::(?:aws|[0-9]{12}):policy/[\\w+=,.@/-]{1,576})?$`,
      ConstraintDescription: "must be the ARN of a managed policy, or empty",
    },
  };
}
