// From the vendor's options to the template that customers get: who may enter comes from one place, whatever uses it.
import {
  createRoleTemplate,
  templateVersion,
  type CloudFormationTemplate,
  type RoleDescription,
} from "@daypass/templates";
import { externalIdPattern } from "./mint-identifiers.js";

/** What a vendor says of the role besides who may enter, which the other options say. */
export type TemplateOptions = Pick<
  RoleDescription,
  "branding" | "ongoing" | "setup" | "permissionsBoundary" | "trustConditions" | "accept"
>;

/** The template that the vendor offers now. */
export interface OfferedTemplate {
  readonly description: RoleDescription;
  readonly template: CloudFormationTemplate;
  readonly version: string;
}

/** What the other options say of the role. */
export type OfferingVendor = Pick<
  RoleDescription,
  "serviceName" | "vendorAccountId" | "vendorPrincipals" | "partition" | "rolePath"
> & { readonly sessionDurationSeconds: number };

/** Throws `TemplateError` for a description that no template can be made of, or whose lint has errors. */
export function offerTemplate(
  options: OfferingVendor,
  { branding, ongoing, setup, permissionsBoundary, trustConditions, accept }: TemplateOptions,
): OfferedTemplate {
  const { serviceName, vendorAccountId, vendorPrincipals, partition, rolePath, sessionDurationSeconds } = options;
  const description: RoleDescription = {
    serviceName,
    vendorAccountId,
    vendorPrincipals,
    partition,
    rolePath,
    // IAM API Reference, CreateRole, MaxSessionDuration: 3,600 at least.
    maxSessionDuration: Math.max(3600, sessionDurationSeconds),
    externalIdPattern,
    branding,
    ongoing,
    setup,
    permissionsBoundary,
    ...(trustConditions === undefined ? {} : { trustConditions }),
    ...(accept === undefined ? {} : { accept }),
  };
  return { description, template: createRoleTemplate(description), version: templateVersion(description) };
}
