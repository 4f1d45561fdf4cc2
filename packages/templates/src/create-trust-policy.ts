// The customer's trust policy. Everything that keeps others out of the role stands here.
import { ROLE_PROPERTIES } from "./check-description.js";
import { checkTrust } from "./check-trust.js";
import { checkList, checkObject, checkShape, refused } from "./check-values.js";
import { TemplateError } from "./errors.js";
import { freezeDeep } from "./freeze-deep.js";
import { limits } from "./limits.js";
import type { PolicyDocument, TemplateObject, TemplateValue, TrustDescription } from "./types.js";

/** AWS STS API Reference, AssumeRole, ExternalId. */
const EXTERNAL_ID = /^[\w+=,.@:/-]{2,1224}$/;

/**
 * Returns the trust policy for a description and the external IDs that may enter: one, or two while one replaces the
 * other. Throws `TemplateError` `invalid_description`, `invalid_parameters` for external IDs that STS would not take, and
 * `too_large` above IAM's 2,048 characters.
 */
export function createTrustPolicy(description: TrustDescription, externalIds: readonly string[]): PolicyDocument {
  // A whole description may be given; what is neither of it nor of the trust is a misspelt limit.
  const checked = checkTrust(checkObject(description, "", ROLE_PROPERTIES));
  const ids = checkExternalIds(externalIds);
  const document = trustPolicy(checked, ids.length === 1 ? (ids[0] ?? "") : ids);
  checkTrustSize(document);
  return freezeDeep(document);
}

/**
 * The account's root, narrowed by `aws:PrincipalArn`, and not the roles themselves: IAM would keep a named role's unique
 * id, and every customer would break when the vendor re-creates it (IAM User Guide, "AWS JSON policy elements: Principal").
 */
export function trustPolicy(description: TrustDescription, externalId: TemplateValue): PolicyDocument {
  const { partition, vendorAccountId, vendorPrincipals } = description;
  const Principal = { AWS: `arn:${partition}:iam::${vendorAccountId}:root` };
  const narrowed: TemplateObject = {
    ...(vendorPrincipals === null ? {} : { ArnEquals: { "aws:PrincipalArn": vendorPrincipals } }),
    ...furtherConditions(description),
  };
  const organization = description.trustConditions?.organizationId;
  const ofOrganization = organization === undefined ? {} : { "aws:PrincipalOrgID": organization };
  const carrying: TemplateObject =
    organization === undefined ? narrowed : { ...narrowed, StringEquals: ofOrganization };
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "EnterWithExternalId",
        Effect: "Allow",
        Principal,
        Action: "sts:AssumeRole",
        Condition: { ...narrowed, StringEquals: { "sts:ExternalId": externalId, ...ofOrganization } },
      },
      // Sessions of vendors on EKS carry tags, and then AssumeRole needs this too. Alone it opens nothing.
      // (IAM User Guide, "Pass session tags in AWS STS"; Amazon EKS User Guide, "Grant Pods access based on tags".)
      {
        Sid: "CarrySessionTags",
        Effect: "Allow",
        Principal,
        Action: "sts:TagSession",
        ...(Object.keys(carrying).length === 0 ? {} : { Condition: carrying }),
      },
    ],
  };
}

/** Throws `TemplateError` `too_large` when IAM would refuse the trust policy for its length. */
export function checkTrustSize(document: PolicyDocument): void {
  const length = JSON.stringify(document).length;
  if (length <= limits.trustPolicyCharacters) return;
  throw new TemplateError(
    "too_large",
    `the trust policy has ${length} characters, IAM takes ${limits.trustPolicyCharacters}`,
    {
      hint: "name fewer vendorPrincipals or sourceIps",
    },
  );
}

// `Bool … true` fails where the key is absent, as it must; `Bool … false` would fail there too, and is never written
// (IAM User Guide, "AWS global condition context keys", aws:MultiFactorAuthPresent).
function furtherConditions({ trustConditions }: TrustDescription): TemplateObject {
  return {
    ...(trustConditions?.sourceIps === undefined ? {} : { IpAddress: { "aws:SourceIp": trustConditions.sourceIps } }),
    ...(trustConditions?.requireMfa === true ? { Bool: { "aws:MultiFactorAuthPresent": "true" } } : {}),
  };
}

function checkExternalIds(value: unknown): readonly string[] {
  const list = checkList(value, "externalIds", 2);
  // An empty list would be a condition that never holds, or none at all: neither is meant.
  if (list.length === 0) throw refused("externalIds", "empty", "pass the integration's external ID");
  return list.map((each, index) =>
    checkShape(each, `externalIds[${index}]`, EXTERNAL_ID, "an external ID as STS takes it", "invalid_parameters"),
  );
}
