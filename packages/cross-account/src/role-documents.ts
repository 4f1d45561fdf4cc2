// What the customer creates in their account, as data: the role's name, path and trust policy.
import { createTrustPolicy } from "@daypass/templates";
import type { CheckedOptions } from "./cross-account-options.js";
import { CrossAccountError } from "./errors.js";
import type { Integration } from "./types.js";

/** A trust policy of ours, ready for `JSON.stringify` and IAM's CreateRole. */
export interface TrustPolicy {
  readonly Version: "2012-10-17";
  readonly Statement: readonly {
    readonly Sid: string;
    readonly Effect: "Allow";
    readonly Principal: { readonly AWS: string };
    readonly Action: string;
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
  }[];
}

/** Everything about the role that is the vendor's to say. What the role may do is the customer's. */
export interface RoleDocuments {
  readonly integrationId: string;
  readonly roleName: string;
  readonly path: string;
  /** Seconds. */
  readonly maxSessionDuration: number;
  /** Not a secret, but of use to this customer only. */
  readonly externalId: string;
  readonly trustPolicy: TrustPolicy;
  /** Where the role will be, when an account was declared. */
  readonly expectedRoleArn: string | null;
}

/** Characters of the integration id in the role's name: 12 × log2(36) = 62 bits, and at most 45 characters in all. */
const suffixLength = 12;

/** Returns the documents of an integration. Throws `CrossAccountError` `integration_not_active` when it is revoked. */
export function roleDocuments(options: CheckedOptions, integration: Integration): RoleDocuments {
  if (integration.state === "revoked") {
    throw new CrossAccountError("integration_not_active", "this integration is revoked, its external ID is over", {
      hint: "create a new integration",
    });
  }
  const roleName = `${options.serviceName}-${integrationSuffix(integration.integrationId)}`;
  const { partition, rolePath, sessionDurationSeconds } = options;
  const { integrationId, externalId, declaredAccountId } = integration;
  return {
    integrationId,
    roleName,
    path: rolePath,
    // IAM API Reference, CreateRole, MaxSessionDuration: 3,600 at least.
    maxSessionDuration: Math.max(3600, sessionDurationSeconds),
    externalId,
    trustPolicy: trustPolicyOf(options, externalId),
    expectedRoleArn:
      declaredAccountId === null ? null : `arn:${partition}:iam::${declaredAccountId}:role${rolePath}${roleName}`,
  };
}

/** Returns the part of an integration's id that names its role and sessions. */
export function integrationSuffix(integrationId: string): string {
  return integrationId.slice(0, suffixLength);
}

/** The same as in the template: there is one place where it is written. */
function trustPolicyOf(options: CheckedOptions, externalId: string): TrustPolicy {
  const { partition, vendorAccountId, vendorPrincipals, template } = options;
  const trustConditions = template?.description.trustConditions;
  const who = { partition, vendorAccountId, vendorPrincipals };
  const document = createTrustPolicy(trustConditions === undefined ? who : { ...who, trustConditions }, [externalId]);
  // Templates may hold functions where this document has only texts.
  return document as unknown as TrustPolicy;
}
