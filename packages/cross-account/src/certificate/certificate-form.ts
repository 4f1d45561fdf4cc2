// What a certificate says: what was asked, what was answered, when, for which role and template. No secret, no external ID.
import * as v from "valibot";
import { accountIdSchema, customerIdSchema, integrationIdSchema, labelSchema, printableText } from "../check-input.js";
import { probeKinds } from "../copy-integration.js";

export const certificateFormat = "daypass-certificate/1";

const isoShape = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const time = v.pipe(
  v.string(),
  v.regex(isoShape, "a time such as 2026-01-31T12:00:00.000Z"),
  v.check((text) => !Number.isNaN(Date.parse(text)), "a time that exists"),
);
const word = v.nullable(v.pipe(v.string(), v.regex(/^[\x20-\x7e]{1,256}$/, "printable text")));

/** Everything but the signature. */
export const contentSchema = v.strictObject({
  format: v.literal(certificateFormat),
  issued: time,
  keyId: printableText(64),
  vendorAccountId: accountIdSchema,
  integrationId: integrationIdSchema,
  customerId: customerIdSchema,
  label: labelSchema,
  externalIdFingerprint: printableText(128),
  templateVersion: v.nullable(v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/, "a template version"))),
  role: v.strictObject({
    roleArn: printableText(2048),
    accountId: accountIdSchema,
    roleUniqueId: printableText(128),
    proven: time,
  }),
  started: time,
  finished: time,
  probes: v.array(
    v.strictObject({
      kind: v.picklist(probeKinds),
      round: v.picklist(["first", "after_propagation"]),
      answer: v.picklist(["allowed", "denied", "unknown"]),
      code: word,
      awsRequestId: word,
      time,
    }),
  ),
  capabilities: v.array(
    v.strictObject({
      name: printableText(128),
      expected: v.picklist(["allowed", "denied"]),
      answer: v.picklist(["allowed", "denied", "unknown"]),
      code: word,
      time,
    }),
  ),
});

export const certificateSchema = v.strictObject({
  ...contentSchema.entries,
  /** Ed25519, base64url. */
  signature: v.pipe(v.string(), v.regex(/^[\w-]{86}$/, "a signature")),
});

export type CertificateContent = v.InferOutput<typeof contentSchema>;
export type Certificate = v.InferOutput<typeof certificateSchema>;
