// Runs Kysely's queries on an open connection, and whole transactions without letting go of the event loop.
//
// Kysely only builds the SQL here. Its own driver awaits between the statements of a transaction; the write lock would then
// be held over turns of the event loop, and a second store of the same process, waiting for that lock inside SQLite, would
// keep the first from ever giving it back.
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, type Compilable } from "kysely";
import type { SqliteConnection, SqliteStatement, SqliteValue } from "./open-sqlite.js";
import { runTransaction } from "./run-transaction.js";
import type { Tables } from "./sqlite-schema.js";

export interface SqliteQueries {
  /** Builds queries; executing them through it does nothing. */
  readonly build: Kysely<Tables>;
  /** Runs a query and returns its rows. */
  all<Row>(query: Compilable<Row>): Row[];
  /** Runs a query and returns its first row. */
  first<Row>(query: Compilable<Row>): Row | undefined;
  /** Runs a query that has no rows. */
  run(query: Compilable): void;
  /** Runs `body` as one transaction. */
  transaction<Answer>(body: () => Answer): Answer;
  /** Runs `body`, which only reads, on the database as it is now. */
  snapshot<Answer>(body: () => Answer): Answer;
  /** Moves the log into the file, if the disk lets it, and closes. */
  close(): void;
}

/** Returns the queries of one connection. */
export function createSqliteQueries(connection: SqliteConnection): SqliteQueries {
  const build = new Kysely<Tables>({
    dialect: {
      createAdapter: () => new SqliteAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (database) => new SqliteIntrospector(database),
      createQueryCompiler: () => new SqliteQueryCompiler(),
    },
  });
  const statements = new Map<string, SqliteStatement>();

  function prepare(sql: string): SqliteStatement {
    const statement = statements.get(sql) ?? connection.prepare(sql);
    statements.set(sql, statement);
    return statement;
  }

  function all<Row>(query: Compilable<Row>): Row[] {
    const { sql, parameters } = query.compile();
    // Kysely's types say what the statement returns; the tables are STRICT, so the values have their types.
    return prepare(sql).all(...parameters.map(toSqlite)) as Row[];
  }

  return {
    build,
    all,
    first: (query) => all(query)[0],
    run(query) {
      const { sql, parameters } = query.compile();
      prepare(sql).run(...parameters.map(toSqlite));
    },
    transaction: (body) => runTransaction(connection, body),
    snapshot(body) {
      connection.exec("begin deferred");
      try {
        return body();
      } finally {
        connection.exec("rollback");
      }
    },
    close() {
      statements.clear();
      try {
        // The prebuilt SQLite really closes only when its statements are garbage; until then nothing should be left in the log.
        connection.exec("pragma wal_checkpoint(truncate)");
      } catch {
        // On a full or failing disk it stays in the log, and whoever opens the file reads it from there.
      } finally {
        connection.close();
      }
    },
  };
}

/** For so long, in milliseconds, another process may hold the database before that is an error. */
const patienceMs = 5000;

/**
 * Runs `operation` again while another process holds the database. SQLite's own waiting would stop this process's event
 * loop. Throws what `operation` throws, its last refusal included.
 */
export async function retryWhileBusy<Answer>(operation: () => Answer): Promise<Answer> {
  for (let waited = 0; ;) {
    try {
      return operation();
    } catch (error) {
      if (!isBusy(error) || waited >= patienceMs) throw error;
    }
    const pause = randomInt(1, 12);
    waited += pause;
    await sleep(pause);
  }
}

/** SQLITE_BUSY (5). */
function isBusy(error: unknown): boolean {
  return resultCodeOf(error) === 5;
}

/** SQLITE_IOERR (10): the system failed to read, write or sync. A full disk is SQLITE_FULL and none. */
export function isInputOutputError(error: unknown): boolean {
  return resultCodeOf(error) === 10;
}

/** The code without the extended ones in its higher bits (sqlite.org, "Result and Error Codes"). */
function resultCodeOf(error: unknown): number | undefined {
  return error instanceof Error && "errcode" in error ? Number(error.errcode) & 0xff : undefined;
}

function toSqlite(value: unknown): SqliteValue {
  if (value === null || typeof value === "number" || typeof value === "string" || value instanceof Uint8Array) {
    return value;
  }
  throw new TypeError(`SQLite cannot keep a ${typeof value}`);
}
