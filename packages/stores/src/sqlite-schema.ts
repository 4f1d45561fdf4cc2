// The tables, and how a database file of any earlier version becomes one of this version.
import type { Generated } from "kysely";
import { CrossAccountError } from "@daypass/cross-account";
import type { SqliteConnection } from "./open-sqlite.js";
import { runTransaction } from "./run-transaction.js";

/** What Kysely knows of the tables. Dates are milliseconds since 1970. */
export interface Tables {
  readonly integrations: {
    readonly number: Generated<number>;
    readonly integration_id: string;
    readonly customer_id: string;
    readonly label: string;
    readonly state: string;
    readonly version: number;
    readonly created: number;
    readonly updated: number;
    readonly key_id: string;
    readonly sealed: Uint8Array;
  };
  readonly claims: {
    readonly blind_index: Uint8Array;
    readonly kind: "external_id" | "role";
    readonly integration_id: string;
    readonly key_id: string;
  };
  /** External IDs that an integration held once: taken for ever, and indexed anew with each new key. */
  readonly spent_external_ids: {
    readonly number: Generated<number>;
    readonly integration_id: string;
    readonly key_id: string;
    readonly sealed: Uint8Array;
  };
  readonly templates: {
    readonly version: string;
    readonly created: number;
    readonly key_id: string;
    readonly sealed: Uint8Array;
  };
  /** `chain` is null only in a file of an earlier version, until the store that opens it has chained its events. */
  readonly events: {
    readonly sequence: number;
    readonly key_id: string;
    readonly sealed: Uint8Array;
    readonly chain: Uint8Array | null;
  };
  readonly sealing_keys: { readonly key_id: string; readonly proof: Uint8Array };
}

/** "Dayp": tells our files from other programs' (sqlite.org, PRAGMA application_id). */
const applicationId = 0x44617970;

/** Statement by statement from each version to the next. A released one is never edited. */
const migrations: readonly string[] = [
  `create table sealing_keys (
     key_id text primary key,
     proof blob not null
   ) strict, without rowid;

   create table integrations (
     number integer primary key,
     integration_id text not null unique,
     customer_id text not null,
     label text not null,
     state text not null check (state in ('pending', 'unproven', 'active', 'suspended', 'revoked')),
     version integer not null,
     created integer not null,
     updated integer not null,
     key_id text not null references sealing_keys (key_id),
     sealed blob not null
   ) strict;
   create unique index one_per_customer_and_label on integrations (customer_id, label) where state <> 'revoked';
   create index by_customer on integrations (customer_id);
   create trigger revoked_is_final before update of state on integrations
     when old.state = 'revoked' and new.state <> 'revoked'
     begin select raise(abort, 'a revoked integration cannot change'); end;
   create trigger integrations_stay before delete on integrations
     begin select raise(abort, 'integrations are never deleted'); end;

   create table claims (
     blind_index blob primary key,
     kind text not null check (kind in ('external_id', 'role')),
     integration_id text not null references integrations (integration_id),
     key_id text not null references sealing_keys (key_id)
   ) strict, without rowid;
   create index claims_by_integration on claims (integration_id);

   create table events (
     sequence integer primary key,
     key_id text not null references sealing_keys (key_id),
     sealed blob not null
   ) strict;
   create trigger events_stay before delete on events
     begin select raise(abort, 'events are never deleted'); end;`,
  `create table spent_external_ids (
     number integer primary key,
     integration_id text not null references integrations (integration_id),
     key_id text not null references sealing_keys (key_id),
     sealed blob not null
   ) strict;
   create index spent_by_integration on spent_external_ids (integration_id);
   create trigger spent_external_ids_stay before delete on spent_external_ids
     begin select raise(abort, 'external IDs are never forgotten'); end;

   create table templates (
     version text primary key,
     created integer not null,
     key_id text not null references sealing_keys (key_id),
     sealed blob not null
   ) strict, without rowid;
   create trigger templates_stay before delete on templates
     begin select raise(abort, 'templates are never deleted'); end;`,
  `alter table events add column chain blob;
   create trigger events_are_chained before insert on events
     when new.chain is null
     begin select raise(abort, 'a newer version of daypass uses this file'); end;
   create trigger chain_stays before update of chain on events
     when old.chain is not null
     begin select raise(abort, 'the chain of events is never changed'); end;`,
];

/**
 * Sets the connection's safety and brings the file to this version in one transaction. Throws `CrossAccountError`
 * `store_unavailable` for a file of a newer version or of another program.
 */
export function prepareSchema(connection: SqliteConnection): void {
  // No waiting inside SQLite: it would stop the event loop. `retryWhileBusy` waits.
  connection.exec("pragma busy_timeout = 0");
  const mode = readText(connection, "pragma journal_mode = wal", "journal_mode");
  if (mode !== "wal" && mode !== "memory") throw unusable("its file system does not carry SQLite's write-ahead log");
  // FULL: an acknowledged write survives a power failure (sqlite.org, PRAGMA synchronous).
  connection.exec("pragma synchronous = full; pragma foreign_keys = on; pragma trusted_schema = off");
  runTransaction(connection, () => migrate(connection));
}

/** Throws `CrossAccountError` `store_unavailable` for a file that is not of this version; changes nothing. */
export function requireCurrentSchema(connection: SqliteConnection): void {
  const owner = readNumber(connection, "pragma application_id", "application_id");
  if (owner !== applicationId) throw unusable("it belongs to another program");
  const version = readNumber(connection, "pragma user_version", "user_version");
  if (version > migrations.length) throw unusable("a newer version of daypass wrote it");
  if (version < migrations.length) throw unusable("an older version of daypass wrote it: open it with a store first");
}

/** Returns what SQLite finds wrong with its own structures, indexes among them; nothing when the file is whole. */
export function findDamage(connection: SqliteConnection): readonly string[] {
  const rows: readonly unknown[] = connection.prepare("pragma integrity_check(10)").all();
  const lines = rows.map((row) => (typeof row === "object" && row !== null ? String(Object.values(row)[0]) : ""));
  return lines.filter((line) => line !== "ok");
}

/**
 * Returns how the file's triggers, indexes, views and tables differ from those of `pristine`, a fresh database: a trigger
 * that was planted would undo what a store writes, one that was dropped no longer guards it. Throws `CrossAccountError`
 * `store_unavailable` where a table of ours is missing or another one: nothing that is read from it would mean anything.
 */
export function findForeignSchema(connection: SqliteConnection, pristine: SqliteConnection): readonly string[] {
  const kept = readSchema(connection);
  const wanted = readSchema(pristine);
  const gone = [...wanted].filter(([name, sql]) => kept.get(name) !== sql).map(([name]) => name);
  if (gone.some((name) => name.startsWith("table "))) throw unusable("its tables are not those of daypass");
  const added = [...kept.keys()].filter((name) => !wanted.has(name));
  return [
    ...gone.map((name) => `the ${name} is missing or was changed`),
    ...added.map((name) => `a ${name} was added`),
  ];
}

/** By kind and name, what made it. SQLite's own tables and indexes have names of their own (sqlite.org, CREATE TABLE). */
function readSchema(connection: SqliteConnection): Map<string, string> {
  const rows: readonly unknown[] = connection
    .prepare("select type || ' ' || name as name, sql from sqlite_schema where name not like 'sqlite\\_%' escape '\\'")
    .all();
  return new Map(
    rows.map((row) => {
      const { name, sql } = Object(row) as { readonly name?: unknown; readonly sql?: unknown };
      return [String(name), String(sql)];
    }),
  );
}

function migrate(connection: SqliteConnection): void {
  const version = readNumber(connection, "pragma user_version", "user_version");
  const owner = readNumber(connection, "pragma application_id", "application_id");
  const tables = readNumber(connection, "select count(*) as tables from sqlite_schema", "tables");
  if (owner !== applicationId && (owner !== 0 || version !== 0 || tables !== 0)) {
    throw unusable("it belongs to another program");
  }
  if (version > migrations.length) throw unusable("a newer version of daypass wrote it");
  // Opening writes nothing where there is nothing to do: on a full disk the store can still be read.
  if (version === migrations.length) return;
  for (const migration of migrations.slice(version)) connection.exec(migration);
  connection.exec(`pragma application_id = ${applicationId}; pragma user_version = ${migrations.length}`);
}

function readNumber(connection: SqliteConnection, sql: string, column: string): number {
  return Number(read(connection, sql, column));
}

function readText(connection: SqliteConnection, sql: string, column: string): string {
  return String(read(connection, sql, column));
}

function read(connection: SqliteConnection, sql: string, column: string): unknown {
  const row: unknown = connection.prepare(sql).get();
  return typeof row === "object" && row !== null
    ? Object.entries(row).find(([name]) => name === column)?.[1]
    : undefined;
}

function unusable(problem: string): CrossAccountError {
  return new CrossAccountError("store_unavailable", `the database cannot be used: ${problem}`, {
    hint: "use the version of daypass that wrote it, or another file",
  });
}
