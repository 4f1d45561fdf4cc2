// Between an integration and its row: the clear columns are what queries need, everything else is sealed.
import { copyIntegration, roleClaims, type Integration } from "@daypass/cross-account";
import type { Insertable, Selectable } from "kysely";
import { readJson, writeJson } from "./json-with-dates.js";
import type { Place, Sealer } from "./create-sealer.js";
import type { Tables } from "./sqlite-schema.js";

type Row = Selectable<Tables["integrations"]>;
type ClearColumns = Omit<Row, "number" | "key_id" | "sealed">;
type ClaimRow = Selectable<Tables["claims"]>;

/** Seals an integration into its row, with the current key. */
export function sealIntegration(integration: Integration, sealer: Sealer): Insertable<Tables["integrations"]> {
  const { integrationId, customerId, label, state, version, created, updated, ...secret } = integration;
  const clear: ClearColumns = {
    integration_id: integrationId,
    customer_id: customerId,
    label,
    state,
    version,
    created: created.getTime(),
    updated: updated.getTime(),
  };
  return { ...clear, key_id: sealer.currentKeyId, sealed: sealer.seal(writeJson(secret), placeOf(clear)) };
}

/** Opens a row. Throws `CrossAccountError` `unsealing_failed` when any of its columns is not as it was written. */
export function openIntegration(row: Row, sealer: Sealer): Integration {
  return copyIntegration({
    ...Object(readJson(sealer.open(row.sealed, placeOf(row)))),
    integrationId: row.integration_id,
    customerId: row.customer_id,
    label: row.label,
    state: row.state,
    version: row.version,
    created: new Date(row.created),
    updated: new Date(row.updated),
  });
}

/** What the integration occupies, under every key: its external ID for ever, its role until it is revoked. */
export function claimRows(integration: Integration, sealer: Sealer): readonly ClaimRow[] {
  const role = integration.state === "revoked" || integration.role === null ? [] : roleClaims(integration.role);
  const claims = [
    { kind: "external_id" as const, value: integration.externalId },
    ...role.map((value) => ({ kind: "role" as const, value })),
  ];
  return claims.flatMap(({ kind, value }) =>
    sealer.blindIndexes(kind, value).map(({ keyId, index }) => ({
      blind_index: index,
      kind,
      integration_id: integration.integrationId,
      key_id: keyId,
    })),
  );
}

// The clear columns are part of the place: turning `suspended` into `active` in the file leaves a row that does not open.
function placeOf(row: ClearColumns): Place {
  const { integration_id, customer_id, label, state, version, created, updated } = row;
  return ["integrations", "sealed", integration_id, customer_id, label, state, version, created, updated];
}
