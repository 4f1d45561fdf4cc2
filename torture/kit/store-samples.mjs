// Integrations, events and keys that the trials of the stores write.
import { createHash } from "node:crypto";
import { fingerprint } from "@daypass/credentials";

const time = new Date("2026-11-20T12:00:00.000Z");

const bytesOf = (text) => new Uint8Array(createHash("sha256").update(text).digest());

/** Returns a sealing key that looks random and is the same in every process. `fixture` is that of the files of old versions. */
export const sealingKey = (id) =>
  id === "fixture" ? { id: "one", key: bytesOf("test key one") } : { id, key: bytesOf(`torture ${id}`) };

/** Returns the integration of a name in a state: `pending`, `active` or `revoked`. */
export function integrationOf(name, state = "pending") {
  const roleArn = `arn:aws:iam::222222222222:role/reader-${name}`;
  const pending = {
    integrationId: `id-${name}`,
    customerId: `customer-${name}`,
    label: "default",
    externalId: `ExternalIdOfTheTrials-${name}`,
    state: "pending",
    declaredAccountId: "222222222222",
    role: null,
    verification: null,
    launch: null,
    setup: null,
    inspection: null,
    rotation: null,
    legacyKey: null,
    reason: null,
    created: time,
    updated: time,
    version: 1,
  };
  if (state === "pending") return pending;
  const role = { roleArn, accountId: "222222222222", roleUniqueId: `AROA${name}`, proven: time };
  const proof = { outcome: "proven", roleArn, causes: [], nextStep: null, probes: [], capabilities: [] };
  const active = {
    ...pending,
    state: "active",
    role,
    verification: { ...proof, started: time, finished: time },
    version: 2,
  };
  return state === "active" ? active : { ...active, state: "revoked", reason: "it ended", version: 3 };
}

const TYPES = { pending: "integration.created", active: "integration.verified", revoked: "integration.revoked" };

/** Returns the event that is written with an integration. */
export function eventOf({ integrationId, customerId, externalId, state, role, reason }) {
  return {
    type: TYPES[state],
    time,
    integrationId,
    customerId,
    state,
    externalIdFingerprint: fingerprint(externalId),
    roleArn: role?.roleArn ?? null,
    reason,
  };
}

/** States in their order. */
export const STATES = ["pending", "active", "revoked"];
