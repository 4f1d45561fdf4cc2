// Integrations and their audit in one SQLite file: every method one transaction, sensitive columns sealed.
import { resolve } from "node:path";
import {
  checkNewIntegration,
  checkSameIdentity,
  copyIntegration,
  CrossAccountError,
  externalIdsOf,
  reusedIdentifier,
  type IntegrationStore,
} from "@daypass/cross-account";
import { adoptSealingKeys } from "./adopt-sealing-keys.js";
import { createSealer, type Sealer } from "./create-sealer.js";
import { changeExternalIds } from "./external-id-claims.js";
import { appendEvents, readEvents, readHead, type AuditHead } from "./event-log.js";
import { guardFile } from "./guard-file.js";
import { externalIdClaims, openIntegration, roleClaimRows, sealIntegration } from "./integration-row.js";
import { findTemplate, keepTemplate } from "./template-row.js";
import { openSqlite } from "./open-sqlite.js";
import type { SealingKeys } from "./sealing-keys.js";
import { createSqliteQueries, isInputOutputError, retryWhileBusy, type SqliteQueries } from "./sqlite-queries.js";
import { prepareSchema } from "./sqlite-schema.js";

export interface SqliteStoreOptions {
  /** The database file, created when it is missing (its folder is not), or `:memory:`. */
  readonly path: string;
  /** What seals external IDs, roles, proofs and events. There is no default: no key, no start. */
  readonly sealingKeys: SealingKeys;
}

export interface SqliteStore extends IntegrationStore {
  /** Where the audit ends, to be signed and kept elsewhere (`signCheckpoint`); `undefined` while it is empty. */
  auditHead(): Promise<AuditHead | undefined>;
}

/**
 * Opens a store in an SQLite file (write-ahead log, synchronous FULL: what was acknowledged survives). Several processes
 * may open the same file. Throws `CrossAccountError`: `invalid_option` for a bad path or key, `unsealing_failed` when the
 * keys are not those of the file, `store_unavailable` when it cannot be used.
 */
export async function createSqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  const path = checkPath(options);
  const sealer = createSealer(options.sealingKeys);
  if (path !== ":memory:") await guardFile(path);
  const connection = await openSqlite(path);
  const queries = createSqliteQueries(connection);
  try {
    await retryWhileBusy(() => prepareSchema(connection));
    await retryWhileBusy(() => queries.transaction(() => adoptSealingKeys(queries, sealer)));
    return storeOver(queries, sealer);
  } catch (error) {
    connection.close();
    throw worded(error);
  }
}

function storeOver(queries: SqliteQueries, sealer: Sealer): SqliteStore {
  const { build } = queries;
  const everything = build.selectFrom("integrations").selectAll();
  let closed = false;
  let failedToWrite: unknown;

  function read<Answer>(body: () => Answer): Promise<Answer> {
    return retryWhileBusy(() => {
      if (closed) throw new CrossAccountError("store_unavailable", "the store was closed", { hint: "open it again" });
      return body();
    }).catch((error: unknown) => {
      throw worded(error);
    });
  }

  function write<Answer>(body: () => Answer): Promise<Answer> {
    return read(() => {
      if (failedToWrite !== undefined) throw brokenEarlier(failedToWrite);
      try {
        return queries.transaction(body);
      } catch (error) {
        // What the system did with pages that it failed to write nobody knows, and a later sync may say that all is well
        // (PostgreSQL wiki, "Fsync Errors"). Opening anew reads what is really there.
        if (isInputOutputError(error)) failedToWrite = error;
        throw error;
      }
    });
  }

  return {
    create: (integration, events) =>
      write(() => {
        const fresh = copyIntegration(integration);
        const twins = everything.where("customer_id", "=", fresh.customerId).where("label", "=", fresh.label);
        const twin = queries.first(twins.where("state", "<>", "revoked"));
        if (twin !== undefined) return { outcome: "exists", integration: openIntegration(twin, sealer) };
        checkNewIntegration(fresh);
        const claims = externalIdClaims(fresh.integrationId, externalIdsOf(fresh), sealer);
        const sameId = queries.first(everything.where("integration_id", "=", fresh.integrationId));
        if (sameId !== undefined || isHeld(queries, claims)) throw reusedIdentifier();
        queries.run(build.insertInto("integrations").values(sealIntegration(fresh, sealer)));
        queries.run(build.insertInto("claims").values(claims));
        appendEvents(queries, events, sealer);
        return { outcome: "created" };
      }),

    get: (integrationId) =>
      read(() => {
        const row = queries.first(everything.where("integration_id", "=", integrationId));
        return row === undefined ? undefined : openIntegration(row, sealer);
      }),

    listByCustomer: (customerId) =>
      read(() => {
        const rows = queries.all(everything.where("customer_id", "=", customerId).orderBy("number"));
        return rows.map((row) => openIntegration(row, sealer));
      }),

    list: ({ after = "", limit }) =>
      read(() => {
        const rows = queries.all(everything.where("integration_id", ">", after).orderBy("integration_id").limit(limit));
        return rows.map((row) => openIntegration(row, sealer));
      }),

    update: (next, events) =>
      write(() => {
        const fresh = copyIntegration(next);
        const row = queries.first(everything.where("integration_id", "=", fresh.integrationId));
        if (row === undefined || row.version !== fresh.version - 1 || row.state === "revoked") {
          return { outcome: "conflict" };
        }
        const kept = openIntegration(row, sealer);
        checkSameIdentity(kept, fresh);
        const claims = roleClaimRows(fresh, sealer);
        if (isHeld(queries, claims)) return { outcome: "role_taken" };
        changeExternalIds(queries, kept, fresh, sealer);
        const ofThis = build.deleteFrom("claims").where("integration_id", "=", fresh.integrationId);
        queries.run(ofThis.where("kind", "=", "role"));
        if (claims.length > 0) queries.run(build.insertInto("claims").values(claims));
        const columns = sealIntegration(fresh, sealer);
        queries.run(build.updateTable("integrations").set(columns).where("number", "=", row.number));
        appendEvents(queries, events, sealer);
        return { outcome: "updated" };
      }),

    saveTemplate: (template) => write(() => keepTemplate(queries, template, sealer)),

    getTemplate: (version) => read(() => findTemplate(queries, version, sealer)),

    record: (event) => write(() => appendEvents(queries, [event], sealer)),

    listEvents: (options) => read(() => readEvents(queries, options, sealer)),

    auditHead: () => read(() => readHead(queries)),

    async close() {
      if (closed) return;
      closed = true;
      try {
        queries.close();
      } catch (error) {
        throw worded(error);
      }
    },
  };
}

/** Says whether another integration holds any of these claims. */
function isHeld(queries: SqliteQueries, claims: ReturnType<typeof roleClaimRows>): boolean {
  if (claims.length === 0) return false;
  const indexes = claims.map((claim) => claim.blind_index);
  const holders = queries.all(
    queries.build.selectFrom("claims").select("integration_id").where("blind_index", "in", indexes),
  );
  return holders.some((holder) => holder.integration_id !== claims[0]?.integration_id);
}

function checkPath(options: SqliteStoreOptions): string {
  const whole: unknown = options;
  const given: unknown = typeof whole === "object" && whole !== null && "path" in whole ? whole.path : undefined;
  if (typeof given !== "string" || given === "" || given.includes("\0")) {
    throw new CrossAccountError("invalid_option", "the store needs `path` to be a file name", {
      hint: "pass the path of the database file, or `:memory:` for one that is forgotten",
    });
  }
  // Absolute, so that SQLite never reads it as a `file:` URI with parameters.
  return given === ":memory:" ? given : resolve(given);
}

function brokenEarlier(cause: unknown): CrossAccountError {
  return new CrossAccountError("store_unavailable", "the disk failed a write earlier, so nothing more is written", {
    hint: "look at the disk, then close the store and open it again",
    cause,
  });
}

/** Our own errors pass; what SQLite says becomes the cause of `store_unavailable`. It never quotes values. */
function worded(error: unknown): CrossAccountError {
  if (error instanceof CrossAccountError) return error;
  return new CrossAccountError("store_unavailable", "the database did not do what was asked", {
    hint: "look at the cause: a full disk, missing permissions, or another process that holds the file too long",
    cause: error,
  });
}
