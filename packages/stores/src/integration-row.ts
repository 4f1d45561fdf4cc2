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
    ...inFormOfToday(readJson(sealer.open(row.sealed, placeOf(row)))),
    integrationId: row.integration_id,
    customerId: row.customer_id,
    label: row.label,
    state: row.state,
    version: row.version,
    created: new Date(row.created),
    updated: new Date(row.updated),
  });
}

/** Rows that an earlier version wrote lack what it did not know. */
function inFormOfToday(secret: unknown): Readonly<Record<string, unknown>> {
  const kept: { readonly verification?: unknown } = typeof secret === "object" && secret !== null ? secret : {};
  const { verification } = kept;
  return {
    launch: null,
    setup: null,
    inspection: null,
    rotation: null,
    legacyKey: null,
    ...kept,
    verification:
      typeof verification === "object" && verification !== null ? { capabilities: [], ...verification } : verification,
  };
}

/** What the integration's role occupies, under every key, until it is revoked. */
export function roleClaimRows(integration: Integration, sealer: Sealer): readonly ClaimRow[] {
  const role = integration.state === "revoked" || integration.role === null ? [] : roleClaims(integration.role);
  return claimRows(integration.integrationId, "role", role, sealer);
}

/** What external IDs of an integration occupy, under every key, for ever. */
export function externalIdClaims(
  integrationId: string,
  externalIds: readonly string[],
  sealer: Sealer,
): readonly ClaimRow[] {
  return claimRows(integrationId, "external_id", externalIds, sealer);
}

function claimRows(
  integrationId: string,
  kind: ClaimRow["kind"],
  values: readonly string[],
  sealer: Sealer,
): ClaimRow[] {
  return values.flatMap((value) =>
    sealer.blindIndexes(kind, value).map(({ keyId, index }) => ({
      blind_index: index,
      kind,
      integration_id: integrationId,
      key_id: keyId,
    })),
  );
}

// The clear columns are part of the place: turning `suspended` into `active` in the file leaves a row that does not open.
function placeOf(row: ClearColumns): Place {
  const { integration_id, customer_id, label, state, version, created, updated } = row;
  return ["integrations", "sealed", integration_id, customer_id, label, state, version, created, updated];
}
