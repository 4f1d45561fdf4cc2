// Issues a certificate: what a verification found, in a form that others can check without us.
import { sign } from "node:crypto";
import { fingerprint } from "@daypass/credentials";
import { eventOf, readIntegration } from "../change-integration.js";
import type { CheckedOptions } from "../cross-account-options.js";
import { CrossAccountError } from "../errors.js";
import { runningVersion } from "../link/describe-update.js";
import type { Integration } from "../types.js";
import { certificateFormat, type Certificate, type CertificateContent } from "./certificate-form.js";
import { bytesToSign } from "./sign-content.js";

export interface IssuedCertificate {
  readonly certificate: Certificate;
  /** The file to hand out. `verifyCertificate` takes it exactly so. */
  readonly text: string;
}

/**
 * Signs what the last verification of an active integration found, and records that. Throws `CrossAccountError`:
 * `integration_not_found`, `integration_not_active` when it is not active or its last verification proved nothing, and
 * `invalid_option` when no key was given.
 */
export async function certifyIntegration(options: CheckedOptions, integrationId: string): Promise<IssuedCertificate> {
  const { certificateKey, store, now } = options;
  if (certificateKey === undefined) {
    throw new CrossAccountError("invalid_option", "no key was given to sign certificates with", {
      hint: "pass `certificateKey: { keyId, privateKey }`; daypass-certificate keygen makes one",
    });
  }
  const integration = await readIntegration(store, integrationId);
  const issued = new Date(now());
  const content = contentOf(options, integration, certificateKey.keyId, issued);
  const signature = sign(null, bytesToSign(content), certificateKey.privateKey).toString("base64url");
  const certificate: Certificate = { ...content, signature };
  await store.record(eventOf("integration.certified", integration, issued));
  return { certificate, text: `${JSON.stringify(certificate, null, 2)}\n` };
}

function contentOf(
  { vendorAccountId }: CheckedOptions,
  integration: Integration,
  keyId: string,
  issued: Date,
): CertificateContent {
  const { integrationId, customerId, label, externalId, role, verification, state } = integration;
  if (state !== "active" || role === null || verification?.outcome !== "proven") {
    throw new CrossAccountError("integration_not_active", "there is nothing proven that could be certified", {
      hint: `verify integration ${integrationId} first`,
    });
  }
  return {
    format: certificateFormat,
    issued: issued.toISOString(),
    keyId,
    vendorAccountId,
    integrationId,
    customerId,
    label,
    externalIdFingerprint: fingerprint(externalId),
    templateVersion: runningVersion(integration),
    role: { ...role, proven: role.proven.toISOString() },
    started: verification.started.toISOString(),
    finished: verification.finished.toISOString(),
    probes: verification.probes.map((probe) => ({ ...probe, time: probe.time.toISOString() })),
    capabilities: verification.capabilities.map((each) => ({ ...each, time: each.time.toISOString() })),
  };
}
