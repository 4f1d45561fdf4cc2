// The form of a stored integration. Every store checks and copies with it, on the way in and on the way out.
import * as v from "valibot";
import {
  accountIdSchema,
  checkInput,
  customerIdSchema,
  dateSchema,
  integrationIdSchema,
  labelSchema,
  printableText,
  regionSchema,
} from "./check-input.js";
import type { StoredTemplate } from "./store-types.js";
import type { CauseCode, Integration, IntegrationState, Probe } from "./types.js";

const states = ["pending", "unproven", "active", "suspended", "revoked"] as const satisfies readonly IntegrationState[];

const causeCodes = [
  "not_propagated",
  "role_missing",
  "wrong_external_id_in_trust",
  "vendor_principal_not_trusted",
  "vendor_side_denied",
  "organization_policy_denied",
  "external_id_not_required",
  "external_id_pattern_too_wide",
  "external_id_case_ignored",
  "role_in_other_account",
  "role_in_vendor_account",
  "role_held_by_other_integration",
  "role_recreated",
  "denial_unproven",
  "sts_unavailable",
  "session_too_long",
  "region_disabled",
  "vendor_credentials",
] as const satisfies readonly CauseCode[];

/** Every kind of probe. */
export const probeKinds = [
  "right_external_id",
  "no_external_id",
  "fresh_external_id",
  "last_character_changed",
  "one_character_appended",
  "case_flipped",
  "character_5_changed",
  "character_13_changed",
  "character_21_changed",
  "character_29_changed",
  "canary_without_external_id",
] as const satisfies readonly Probe["kind"][];

const probeSchema = v.strictObject({
  kind: v.picklist(probeKinds),
  round: v.picklist(["first", "after_propagation"]),
  answer: v.picklist(["allowed", "denied", "unknown"]),
  code: v.nullable(v.string()),
  awsRequestId: v.nullable(v.string()),
  time: dateSchema,
});

const verificationSchema = v.strictObject({
  outcome: v.picklist(["proven", "refused", "undecided"]),
  roleArn: v.string(),
  causes: v.array(v.strictObject({ code: v.picklist(causeCodes), text: v.string() })),
  nextStep: v.nullable(v.string()),
  probes: v.array(probeSchema),
  capabilities: v.array(
    v.strictObject({
      name: printableText(128),
      expected: v.picklist(["allowed", "denied"]),
      answer: v.picklist(["allowed", "denied", "unknown"]),
      code: v.nullable(v.string()),
      time: dateSchema,
    }),
  ),
  started: dateSchema,
  finished: dateSchema,
});

const templateVersionSchema = v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/, "a template version"));

const launchSchema = v.strictObject({
  by: v.picklist(["stack", "commands"]),
  templateVersion: templateVersionSchema,
  region: regionSchema,
  stackName: printableText(128),
  offered: dateSchema,
});

const inspectionSchema = v.strictObject({
  templateVersion: v.nullable(templateVersionSchema),
  stackId: v.nullable(printableText(1024)),
  findings: v.pipe(v.number(), v.safeInteger("a whole number"), v.minValue(0, "a whole number from 0")),
  inspected: dateSchema,
});

const rotationSchema = v.strictObject({
  externalId: printableText(1224),
  phase: v.picklist(["offered", "retiring"]),
  started: dateSchema,
});

const legacyKeySchema = v.strictObject({
  accessKeyId: printableText(128),
  secretAccessKey: printableText(128),
  created: dateSchema,
  attached: dateSchema,
  cutOff: dateSchema,
});

const integrationSchema = v.pipe(
  v.strictObject({
    integrationId: integrationIdSchema,
    customerId: customerIdSchema,
    label: labelSchema,
    externalId: printableText(1224),
    state: v.picklist(states),
    declaredAccountId: v.nullable(accountIdSchema),
    role: v.nullable(
      v.strictObject({
        roleArn: printableText(2048),
        accountId: accountIdSchema,
        roleUniqueId: printableText(128),
        proven: dateSchema,
      }),
    ),
    verification: v.nullable(verificationSchema),
    launch: v.nullable(launchSchema),
    setup: v.nullable(v.strictObject({ until: dateSchema, removed: v.nullable(dateSchema) })),
    inspection: v.nullable(inspectionSchema),
    rotation: v.nullable(rotationSchema),
    legacyKey: v.nullable(legacyKeySchema),
    reason: v.nullable(v.string()),
    created: dateSchema,
    updated: dateSchema,
    version: v.pipe(v.number(), v.safeInteger("a whole number"), v.minValue(1, "a whole number from 1")),
  }),
  // The one rule that no bug of a caller may break: credentials follow from `active`, so `active` follows from a proof.
  v.check(
    (integration) => integration.state !== "active" || (integration.role !== null && integration.verification !== null),
    "proven when it is active",
  ),
);

/**
 * Checks the form of an integration and returns a deep copy that shares nothing with it. Stores call it on what they are
 * given and on what they read back. Throws `CrossAccountError` `invalid_option`.
 */
export function copyIntegration(integration: unknown): Integration {
  return checkInput(integrationSchema, integration, "an integration");
}

const templateSchema = v.strictObject({
  version: templateVersionSchema,
  description: v.pipe(v.string(), v.maxLength(1_000_000, "at most 1,000,000 characters")),
  created: dateSchema,
});

/** Checks the form of a kept template and returns a copy. Throws `CrossAccountError` `invalid_option`. */
export function copyTemplate(template: unknown): StoredTemplate {
  return checkInput(templateSchema, template, "a template");
}
