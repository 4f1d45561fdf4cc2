// The door. Create an integration, prove its role, use it, end it; and what a store needs to keep it.
export { createCrossAccount } from "./create-cross-account.js";
export type { CrossAccount, ListIntegrationsInput, VerifiedIntegration, Viewed } from "./create-cross-account.js";
export type {
  CapabilityAccess,
  CapabilityCheck,
  CertificateKey,
  CrossAccountOptions,
  PublishingOptions,
  VendorCredentials,
} from "./cross-account-options.js";
export type { TemplateOptions } from "./offered-template.js";
export type { CreateIntegrationInput } from "./create-integration.js";
export type { RoleDocuments, TrustPolicy } from "./role-documents.js";
export type { VerifyIntegrationInput } from "./verify-integration.js";
export type { AssumeCustomerRoleOptions, CustomerAccess, CustomerCredentials } from "./customer-sessions.js";
export type { Revoked, RevokeInput } from "./revoke-integration.js";
export type { PublishedTemplate } from "./link/publish-template.js";
export type { IntegrationLaunch, LaunchInput, RoleCommands } from "./link/launch-integration.js";
export type { AwaitIntegrationInput } from "./link/await-integration.js";
export type { IntegrationUpdate } from "./link/describe-update.js";
export type { TemplateVersionUse } from "./link/list-template-versions.js";
export type { RoleInspection } from "./inspection/inspect-role.js";
export type { DriftCode, DriftFinding } from "./inspection/drift-finding.js";
export type { SetupRemoval } from "./setup/remove-setup.js";
export type { CanaryAnswer, SetupProof } from "./setup/verify-setup-removed.js";
export type { OverdueSetup } from "./setup/list-overdue-setups.js";
export type { RotationSteps } from "./rotation/rotate-external-id.js";
export type { RotationAdvance } from "./rotation/advance-rotation.js";
export type { AccessProbe } from "./probe-access.js";
export { verifyCertificate } from "./certificate/verify-certificate.js";
export type { CertificateExpectations, CheckedCertificate } from "./certificate/verify-certificate.js";
export type { Certificate } from "./certificate/certificate-form.js";
export type { IssuedCertificate } from "./certificate/certify-integration.js";
export type { AttachLegacyKeyInput } from "./migration/attach-legacy-key.js";
export type { Migration } from "./migration/review-migrations.js";
export { externalIdLength, externalIdPattern } from "./mint-identifiers.js";
export { createMemoryStore } from "./memory-store.js";
export { copyIntegration, copyTemplate } from "./copy-integration.js";
export {
  checkNewIntegration,
  checkSameIdentity,
  checkSameTemplate,
  externalIdsOf,
  reusedIdentifier,
} from "./store-rules.js";
export { roleClaims } from "./role-arn.js";
export { CrossAccountError } from "./errors.js";
export type { CrossAccountErrorCode } from "./errors.js";
export type * from "./store-types.js";
export type * from "./types.js";
