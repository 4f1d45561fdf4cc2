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
} from "./check-input.js";
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

const probeKinds = [
  "right_external_id",
  "no_external_id",
  "fresh_external_id",
  "last_character_changed",
  "one_character_appended",
  "case_flipped",
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
  started: dateSchema,
  finished: dateSchema,
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
