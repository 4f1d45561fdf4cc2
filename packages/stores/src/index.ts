// The door. Where integrations and their audit are kept.
export { createSqliteStore } from "./create-sqlite-store.js";
export { readCheckpoint, signCheckpoint } from "./audit-checkpoint.js";
export type { Checkpoint, CheckpointKey } from "./audit-checkpoint.js";
export { verifyAudit } from "./verify-audit.js";
export type { AuditFinding, AuditReport, VerifyAuditOptions } from "./verify-audit.js";
export type { AuditHead } from "./event-log.js";
export type { SqliteStore, SqliteStoreOptions } from "./create-sqlite-store.js";
export type { SealingKey, SealingKeys } from "./sealing-keys.js";
