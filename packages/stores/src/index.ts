// The door. Where integrations and their audit are kept.
export { createSqliteStore } from "./create-sqlite-store.js";
export type { SqliteStoreOptions } from "./create-sqlite-store.js";
export type { SealingKey, SealingKeys } from "./sealing-keys.js";
