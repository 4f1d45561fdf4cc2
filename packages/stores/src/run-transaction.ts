// One transaction, from its write lock to its end.
import type { SqliteConnection } from "./open-sqlite.js";

/** Runs `body` inside `BEGIN IMMEDIATE`; commits when it returns, rolls back when it throws. Throws what went wrong first. */
export function runTransaction<Answer>(connection: SqliteConnection, body: () => Answer): Answer {
  // The write lock first: a transaction that reads before it writes could not get it later (sqlite.org, SQLITE_BUSY_SNAPSHOT).
  connection.exec("begin immediate");
  try {
    const answer = body();
    connection.exec("commit");
    return answer;
  } catch (error) {
    rollBack(connection);
    throw error;
  }
}

/** After a full disk or an I/O error SQLite may have rolled back by itself (sqlite.org, "Transaction", 3). */
function rollBack(connection: SqliteConnection): void {
  try {
    connection.exec("rollback");
  } catch {
    // Should the transaction still be open, the next `begin` fails: nothing is written into it.
  }
}
