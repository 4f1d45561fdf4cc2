// Finds an SQLite for this Node: its own from version 24 on, a prebuilt one with the same interface before.
import { CrossAccountError } from "@daypass/cross-account";

export type SqliteValue = null | number | bigint | string | Uint8Array;

/** The part of `node:sqlite` that is used here. */
export interface SqliteConnection {
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  close(): void;
}

export interface SqliteStatement {
  all(...values: SqliteValue[]): unknown[];
  get(...values: SqliteValue[]): unknown;
  run(...values: SqliteValue[]): { changes: number | bigint; lastInsertRowid: number | bigint };
}

interface SqliteModule {
  readonly DatabaseSync: new (path: string, options?: { readonly readOnly: boolean }) => SqliteConnection;
}

/**
 * Opens a database file or `:memory:`. Node 22 has `node:sqlite` too, but prints a warning at every start, so it is used
 * from 24 on. Throws `CrossAccountError` `store_unavailable` when there is no SQLite or the file does not open.
 */
export async function openSqlite(
  path: string,
  options: { readonly readOnly: boolean } = { readOnly: false },
): Promise<SqliteConnection> {
  const { DatabaseSync } = await findSqlite();
  try {
    return new DatabaseSync(path, options);
  } catch (cause) {
    throw new CrossAccountError("store_unavailable", "the database does not open", {
      hint: "check that the path names an SQLite file of daypass that this user can use",
      cause,
    });
  }
}

async function findSqlite(): Promise<SqliteModule> {
  const major = Number(process.versions.node.split(".")[0]);
  const builtin: object | undefined = major >= 24 ? process.getBuiltinModule("node:sqlite") : undefined;
  if (builtin !== undefined && hasDatabaseSync(builtin)) return builtin;
  try {
    const prebuilt: object = await import("@photostructure/sqlite");
    if (hasDatabaseSync(prebuilt)) return prebuilt;
  } catch (cause) {
    throw missing(cause);
  }
  throw missing();
}

function hasDatabaseSync(module: object): module is SqliteModule {
  return "DatabaseSync" in module && typeof module.DatabaseSync === "function";
}

function missing(cause?: unknown): CrossAccountError {
  return new CrossAccountError("store_unavailable", "there is no SQLite for this version of Node", {
    hint: "run `npm install @photostructure/sqlite@1.2.1`, or use Node 24 or later",
    cause,
  });
}
