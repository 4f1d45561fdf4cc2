// The role of one account, as IAM would show it: what the template makes, without CloudFormation.
import { checkRoleDescription } from "./check-description.js";
import { checkObject, checkShape } from "./check-values.js";
import { describeRole } from "./create-role-template.js";
import { createTrustPolicy } from "./create-trust-policy.js";
import { draftPolicies, type Fill } from "./draft-policies.js";
import { TemplateError } from "./errors.js";
import { freezeDeep } from "./freeze-deep.js";
import { tagsOfRole } from "./tag-role.js";
import { templateVersion } from "./template-version.js";
import type { Partition, RenderedRole, RoleDescription, RoleParameters } from "./types.js";

/**
 * Returns trust policy, policies and frame of the role that a stack with these parameters makes; without the tag of the
 * stack. Throws `TemplateError` `invalid_parameters`, and what `createRoleTemplate` throws for the description except
 * `lint_failed`.
 */
export function renderPolicyDocuments(given: RoleDescription, parameters: RoleParameters): RenderedRole {
  const description = checkRoleDescription(given);
  const { accountId, integrationSuffix, externalId, nextExternalId, setupPhase } = checkParameters(
    description,
    parameters,
  );
  const { serviceName, rolePath, partition, maxSessionDuration } = description;
  const roleName = `${serviceName}-${integrationSuffix}`;
  const fill = fillFor(partition, parameters);
  const wanted = draftPolicies(description).filter(({ phase }) => phase === "ongoing" || setupPhase);
  return freezeDeep({
    roleName,
    path: rolePath,
    roleArn: `arn:${partition}:iam::${accountId}:role${rolePath}${roleName}`,
    description: describeRole(description),
    maxSessionDuration,
    trustPolicy: createTrustPolicy(
      description,
      nextExternalId === undefined ? [externalId] : [externalId, nextExternalId],
    ),
    policies: wanted.map(({ name, phase, document }) => ({ name, phase, document: document(fill) })),
    tags: tagsOfRole(templateVersion(given), integrationSuffix, undefined),
    permissionsBoundaryArn: parameters.permissionsBoundaryArn ?? null,
  });
}

function fillFor(
  partition: Partition,
  { accountId, region, integrationSuffix, setupUntil = "" }: RoleParameters,
): Fill {
  const text = (written: string) =>
    written
      .replaceAll("${AWS::AccountId}", accountId)
      .replaceAll("${AWS::Partition}", partition)
      .replaceAll("${AWS::Region}", region);
  return { text, own: (written) => text(written).replaceAll("${IntegrationSuffix}", integrationSuffix), setupUntil };
}

const PARAMETERS = [
  "accountId",
  "region",
  "integrationSuffix",
  "externalId",
  "nextExternalId",
  "setupPhase",
  "setupUntil",
  "permissionsBoundaryArn",
];

function checkParameters(description: RoleDescription, given: RoleParameters): RoleParameters {
  // A misspelt boundary would be none, and the text "false" is true to JavaScript.
  checkObject(given, "", PARAMETERS, "invalid_parameters");
  if (typeof given.setupPhase !== "boolean") {
    throw new TemplateError("invalid_parameters", "neither true nor false", {
      path: "setupPhase",
      hint: "say whether the setup rights are granted: true or false",
    });
  }
  const check = (name: keyof RoleParameters, shape: RegExp, wanted: string) =>
    void checkShape(given[name], name, shape, wanted, "invalid_parameters");
  check("accountId", /^[0-9]{12}$/, "an AWS account id of twelve digits");
  check("region", /^[a-z]{2}(?:-[a-z]{2,12}){1,3}-[0-9]{1,2}$/, "a region such as eu-west-1");
  check("integrationSuffix", /^[a-z0-9]{12}$/, "twelve lower case letters and digits");
  const externalId = new RegExp(`^(?:${description.externalIdPattern})$`);
  check("externalId", externalId, "an external ID of the description's pattern");
  if (given.nextExternalId !== undefined)
    check("nextExternalId", externalId, "an external ID of the description's pattern");
  if (given.setupPhase && description.setup.length > 0) {
    check("setupUntil", /^20\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\dZ$/, "a time such as 2026-01-31T12:00:00Z");
  }
  checkBoundary(description, given.permissionsBoundaryArn);
  return given;
}

function checkBoundary({ partition, permissionsBoundary }: RoleDescription, arn: string | undefined): void {
  if (arn === undefined) return;
  const path = "permissionsBoundaryArn";
  const wanted = `the ARN of a managed policy, arn:${partition}:iam::…:policy/…`;
  checkShape(
    arn,
    path,
    /^arn:[a-z-]+:iam::(?:aws|[0-9]{12}):policy\/[\w+=,.@/-]{1,576}$/,
    wanted,
    "invalid_parameters",
  );
  if (permissionsBoundary !== null && arn.startsWith(`arn:${partition}:`)) return;
  throw new TemplateError("invalid_parameters", "this template takes no such permissions boundary", {
    path,
    hint: permissionsBoundary === null ? "leave it out, the description offers none" : `write ${wanted}`,
  });
}
