// What the outside may see of an integration: external IDs only by their fingerprints, no secret key.
import { fingerprint } from "@daypass/credentials";
import type { Integration, IntegrationView } from "./types.js";

/** Returns an integration as callers see it. */
export function viewIntegration(integration: Integration): IntegrationView {
  const { externalId, rotation, legacyKey, ...shown } = integration;
  return {
    ...shown,
    externalIdFingerprint: fingerprint(externalId),
    rotation: rotation === null ? null : viewRotation(rotation),
    legacyKey: legacyKey === null ? null : viewLegacyKey(legacyKey),
  };
}

function viewRotation({ externalId, ...shown }: NonNullable<Integration["rotation"]>) {
  return { ...shown, externalIdFingerprint: fingerprint(externalId) };
}

function viewLegacyKey({ accessKeyId, created, attached, cutOff }: NonNullable<Integration["legacyKey"]>) {
  return { accessKeyId, created, attached, cutOff };
}
