// External IDs are taken for ever, also those that an integration no longer has.
import { externalIdsOf, reusedIdentifier, type Integration } from "@daypass/cross-account";
import type { Place, Sealer } from "./create-sealer.js";
import { externalIdClaims } from "./integration-row.js";
import type { SqliteQueries } from "./sqlite-queries.js";

/** Where a spent external ID is sealed. */
export function spentPlace(integrationId: string): Place {
  return ["spent_external_ids", "sealed", integrationId];
}

/**
 * Claims the external IDs that `next` brings and keeps those that it drops. Call it inside a transaction. Throws
 * `CrossAccountError` `conflict` when one was ever held, by whichever integration.
 */
export function changeExternalIds(queries: SqliteQueries, kept: Integration, next: Integration, sealer: Sealer): void {
  const { build } = queries;
  const held = externalIdsOf(kept);
  const holds = externalIdsOf(next);
  const brought = externalIdClaims(
    next.integrationId,
    holds.filter((id) => !held.includes(id)),
    sealer,
  );
  if (brought.length > 0) {
    const indexes = brought.map((claim) => claim.blind_index);
    const taken = build.selectFrom("claims").select("integration_id").where("blind_index", "in", indexes).limit(1);
    if (queries.first(taken) !== undefined) throw reusedIdentifier();
    queries.run(build.insertInto("claims").values(brought));
  }
  for (const id of held.filter((each) => !holds.includes(each))) {
    const sealed = sealer.seal(id, spentPlace(kept.integrationId));
    const row = { integration_id: kept.integrationId, key_id: sealer.currentKeyId, sealed };
    queries.run(build.insertInto("spent_external_ids").values(row));
  }
}

/** Returns the external IDs that an integration held once and has no more. */
export function spentExternalIds(queries: SqliteQueries, integrationId: string, sealer: Sealer): readonly string[] {
  const rows = queries.build
    .selectFrom("spent_external_ids")
    .select("sealed")
    .where("integration_id", "=", integrationId);
  return queries.all(rows).map(({ sealed }) => sealer.open(sealed, spentPlace(integrationId)));
}
