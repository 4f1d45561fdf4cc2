// Opens a database behind the store's back, with the SQLite that the store uses: two copies of SQLite in one process would
// undo each other's file locks (sqlite.org, "How To Corrupt An SQLite Database File", 2.2.1).
const builtin = Number(process.versions.node.split(".")[0]) >= 24 ? process.getBuiltinModule("node:sqlite") : undefined;
const { DatabaseSync } = builtin ?? (await import("@photostructure/sqlite"));

/** Returns an open connection. */
export function openRaw(path) {
  return new DatabaseSync(path);
}
