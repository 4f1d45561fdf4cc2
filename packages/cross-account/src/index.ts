// The door. Create an integration, prove its role, use it, end it; and what a store needs to keep it.
export { createCrossAccount } from "./create-cross-account.js";
export type { CrossAccount, ListIntegrationsInput } from "./create-cross-account.js";
export type { CrossAccountOptions, VendorCredentials } from "./cross-account-options.js";
export type { CreateIntegrationInput } from "./create-integration.js";
export type { RoleDocuments, TrustPolicy } from "./role-documents.js";
export type { VerifyIntegrationInput } from "./verify-integration.js";
export type { AssumeCustomerRoleOptions, CustomerAccess } from "./customer-sessions.js";
export type { Revoked, RevokeInput } from "./revoke-integration.js";
export { externalIdLength, externalIdPattern } from "./mint-identifiers.js";
export { createMemoryStore } from "./memory-store.js";
export { copyIntegration } from "./copy-integration.js";
export { checkNewIntegration, checkSameIdentity, reusedIdentifier } from "./store-rules.js";
export { roleClaims } from "./role-arn.js";
export { CrossAccountError } from "./errors.js";
export type { CrossAccountErrorCode } from "./errors.js";
export type * from "./types.js";
