// What happens to the keys when a store is opened: known ones are proven, new ones adopted, retired ones let go.
import { CrossAccountError, externalIdsOf } from "@daypass/cross-account";
import type { Sealer } from "./create-sealer.js";
import { chainOldEvents, eventPlace } from "./event-log.js";
import { spentExternalIds, spentPlace } from "./external-id-claims.js";
import { externalIdClaims, openIntegration, roleClaimRows, sealIntegration } from "./integration-row.js";
import type { SqliteQueries } from "./sqlite-queries.js";
import { templatePlace } from "./template-row.js";

/**
 * Checks every given key against the file and notes new ones. While previous keys are given, everything is sealed and
 * indexed anew, so that they can be left out next time. A key that is no longer given is forgotten when nothing is sealed
 * with it any more. Call it inside a transaction. Throws `CrossAccountError` `unsealing_failed` for a wrong or missing key.
 */
export function adoptSealingKeys(queries: SqliteQueries, sealer: Sealer): void {
  const { build } = queries;
  const known = queries.all(build.selectFrom("sealing_keys").selectAll());
  refuseStrangers(known, sealer);
  for (const keyId of sealer.keyIds) {
    const place = ["sealing_keys", "proof", keyId];
    const noted = known.find((row) => row.key_id === keyId);
    if (noted !== undefined) sealer.open(noted.proof, place);
    else {
      const proof = sealer.seal(keyId, place, keyId);
      queries.run(build.insertInto("sealing_keys").values({ key_id: keyId, proof }));
    }
  }
  if (sealer.keyIds.length > 1) {
    sealIntegrationsAnew(queries, sealer);
    sealEventsAnew(queries, sealer);
    sealTemplatesAnew(queries, sealer);
    sealSpentAnew(queries, sealer);
  }
  chainOldEvents(queries, sealer);
  const retired = known.map((row) => row.key_id).filter((keyId) => !sealer.keyIds.includes(keyId));
  for (const keyId of retired) forget(queries, keyId);
}

/** A new key comes in beside one that the file knows, even while nothing is sealed: otherwise it may be a stranger's. */
function refuseStrangers(known: readonly { readonly key_id: string }[], sealer: Sealer): void {
  if (known.length === 0 || known.some((row) => sealer.keyIds.includes(row.key_id))) return;
  throw new CrossAccountError("unsealing_failed", "the database knows none of the given sealing keys", {
    hint: "pass the key that it was opened with before, or that key among the previous ones",
  });
}

function sealIntegrationsAnew(queries: SqliteQueries, sealer: Sealer): void {
  const { build } = queries;
  for (const row of queries.all(build.selectFrom("integrations").selectAll())) {
    const integration = openIntegration(row, sealer);
    queries.run(build.deleteFrom("claims").where("integration_id", "=", row.integration_id));
    const { integrationId } = integration;
    const externalIds = [...externalIdsOf(integration), ...spentExternalIds(queries, integrationId, sealer)];
    const claims = [...externalIdClaims(integrationId, externalIds, sealer), ...roleClaimRows(integration, sealer)];
    queries.run(build.insertInto("claims").values(claims));
    if (row.key_id === sealer.currentKeyId) continue;
    const { key_id, sealed } = sealIntegration(integration, sealer);
    queries.run(build.updateTable("integrations").set({ key_id, sealed }).where("number", "=", row.number));
  }
}

function sealEventsAnew(queries: SqliteQueries, sealer: Sealer): void {
  const { build } = queries;
  const key_id = sealer.currentKeyId;
  for (const row of queries.all(build.selectFrom("events").selectAll().where("key_id", "<>", key_id))) {
    const place = eventPlace(row.sequence);
    const sealed = sealer.seal(sealer.open(row.sealed, place), place);
    queries.run(build.updateTable("events").set({ key_id, sealed }).where("sequence", "=", row.sequence));
  }
}

function sealTemplatesAnew(queries: SqliteQueries, sealer: Sealer): void {
  const { build } = queries;
  const key_id = sealer.currentKeyId;
  for (const row of queries.all(build.selectFrom("templates").selectAll().where("key_id", "<>", key_id))) {
    const place = templatePlace(row);
    const sealed = sealer.seal(sealer.open(row.sealed, place), place);
    queries.run(build.updateTable("templates").set({ key_id, sealed }).where("version", "=", row.version));
  }
}

function sealSpentAnew(queries: SqliteQueries, sealer: Sealer): void {
  const { build } = queries;
  const key_id = sealer.currentKeyId;
  for (const row of queries.all(build.selectFrom("spent_external_ids").selectAll().where("key_id", "<>", key_id))) {
    const place = spentPlace(row.integration_id);
    const sealed = sealer.seal(sealer.open(row.sealed, place), place);
    queries.run(build.updateTable("spent_external_ids").set({ key_id, sealed }).where("number", "=", row.number));
  }
}

function forget(queries: SqliteQueries, keyId: string): void {
  const { build } = queries;
  for (const table of ["integrations", "events", "templates", "spent_external_ids"] as const) {
    if (queries.first(build.selectFrom(table).select("key_id").where("key_id", "=", keyId).limit(1)) === undefined)
      continue;
    throw new CrossAccountError(
      "unsealing_failed",
      `values are sealed with key ${JSON.stringify(keyId)}, which was not given`,
      { hint: "pass that key among the previous sealing keys once more" },
    );
  }
  queries.run(build.deleteFrom("claims").where("key_id", "=", keyId));
  queries.run(build.deleteFrom("sealing_keys").where("key_id", "=", keyId));
}
