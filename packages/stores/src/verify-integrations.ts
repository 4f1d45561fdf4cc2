// What the audit tells about integrations, beside what the tables hold of them.
import { fingerprint } from "@daypass/credentials";
import { CrossAccountError, externalIdsOf, type Integration, type IntegrationEvent } from "@daypass/cross-account";
import type { Sealer } from "./create-sealer.js";
import { spentExternalIds } from "./external-id-claims.js";
import { externalIdClaims, openIntegration, roleClaimRows } from "./integration-row.js";
import type { SqliteQueries } from "./sqlite-queries.js";

/** What an event tells about its integration. */
export type Told = Pick<IntegrationEvent, "state" | "externalIdFingerprint" | "roleArn">;

/**
 * Compares every integration with what its last event told, and with what must be taken in its name. An older
 * copy of a row opens as well as the newest: only its events tell that it was put back. Calls `say` for what is wrong.
 */
export function verifyIntegrations(
  queries: SqliteQueries,
  sealer: Sealer,
  told: ReadonlyMap<string, Told>,
  say: (problem: string) => void,
): void {
  const { build } = queries;
  const claims = readClaims(queries, sealer);
  const seen = new Set<string>();
  for (const row of queries.all(build.selectFrom("integrations").selectAll().orderBy("number"))) {
    const name = JSON.stringify(row.integration_id);
    seen.add(row.integration_id);
    const last = told.get(row.integration_id);
    if (last === undefined) say(`integration ${name} is in no event`);
    else if (last.state !== row.state)
      say(`integration ${name} is ${row.state}, and its last event says ${last.state}`);
    try {
      const integration = openIntegration(row, sealer);
      if (last !== undefined && !isAsTold(integration, last)) {
        say(`integration ${name} has another external ID or role than its last event says`);
      }
      const expected = expectedClaims(queries, integration, sealer);
      if (expected.some((claim) => claims.get(claim) !== row.integration_id)) {
        say(`integration ${name} does not hold its external IDs or its role: another could take them`);
      }
      for (const claim of expected) claims.delete(claim);
    } catch (error) {
      if (!(error instanceof CrossAccountError)) throw error;
      say(`integration ${name} was changed, or is sealed with a key that was not given`);
    }
  }
  for (const integrationId of told.keys()) {
    if (!seen.has(integrationId)) say(`integration ${JSON.stringify(integrationId)} is gone`);
  }
  for (const integrationId of new Set(claims.values())) {
    say(`integration ${JSON.stringify(integrationId)} holds an external ID or a role that is not its own`);
  }
}

/** The role of the event is the proven one, or else the one that was being verified. */
function isAsTold({ externalId, role, verification }: Integration, last: Told): boolean {
  const roleArn = role?.roleArn ?? verification?.roleArn ?? null;
  return fingerprint(externalId) === last.externalIdFingerprint && roleArn === last.roleArn;
}

/** The claims under the current key: by blind index, whose they are. */
function readClaims(queries: SqliteQueries, sealer: Sealer): Map<string, string> {
  const ofKey = queries.build.selectFrom("claims").selectAll().where("key_id", "=", sealer.currentKeyId);
  return new Map(queries.all(ofKey).map((row) => [nameOf(row.kind, row.blind_index), row.integration_id]));
}

function expectedClaims(queries: SqliteQueries, integration: Integration, sealer: Sealer): readonly string[] {
  const { integrationId } = integration;
  const externalIds = [...externalIdsOf(integration), ...spentExternalIds(queries, integrationId, sealer)];
  return [...externalIdClaims(integrationId, externalIds, sealer), ...roleClaimRows(integration, sealer)]
    .filter(({ key_id }) => key_id === sealer.currentKeyId)
    .map(({ kind, blind_index }) => nameOf(kind, blind_index));
}

function nameOf(kind: string, index: Uint8Array): string {
  return `${kind} ${Buffer.from(index).toString("hex")}`;
}
