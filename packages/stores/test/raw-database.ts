// Opens a database file behind the store's back, with the SQLite that the store uses: two copies of SQLite in one process
// would undo each other's file locks (sqlite.org, "How To Corrupt An SQLite Database File", 2.2.1).
import { DatabaseSync } from "@photostructure/sqlite";

type Raw = Pick<InstanceType<typeof DatabaseSync>, "exec" | "prepare" | "close">;

/** Returns an open connection. */
export function openRaw(path: string): Raw {
  const builtin: { DatabaseSync?: new (path: string) => Raw } | undefined =
    Number(process.versions.node.split(".")[0]) >= 24 ? process.getBuiltinModule("node:sqlite") : undefined;
  return new (builtin?.DatabaseSync ?? DatabaseSync)(path);
}
