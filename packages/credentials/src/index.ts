// The door. Ask STS, keep the answer, hand it out safely.
export { createAssumeRole } from "./assume-role.js";
export { createAuditedAttempt } from "./audited-attempt.js";
export type { AttemptOptions, AuditedAttempt, AuditedAttemptOptions } from "./audited-attempt.js";
export { createCredentialsBroker } from "./credentials-broker.js";
export type { CredentialsBroker, CredentialsBrokerOptions } from "./credentials-broker.js";
export { areFallbackRegions } from "./check-regions.js";
export type { FallbackRegions } from "./check-regions.js";
export { createMemoryCache } from "./memory-cache.js";
export { requestKey } from "./request-key.js";
export { createRoleSessionName } from "./role-session-name.js";
export { fingerprint } from "./fingerprint.js";
export { signByClock } from "./sign-by-clock.js";
export { CredentialsError } from "./errors.js";
export type { CredentialsErrorCode } from "./errors.js";
export type * from "./types.js";
