// A customer who came with an access key: it is kept, sealed, for as long as it takes to get rid of it.
import * as v from "valibot";
import { changeIntegration } from "../change-integration.js";
import { checkInput, dateSchema, integrationIdSchema } from "../check-input.js";
import type { CheckedOptions } from "../cross-account-options.js";
import { CrossAccountError } from "../errors.js";
import type { Integration } from "../types.js";

export interface AttachLegacyKeyInput {
  readonly integrationId: string;
  /** Of an IAM user: AKIA… */
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** When IAM made the key, as far as the vendor knows. Reminders count from here. */
  readonly created: Date;
  /** From then on it is handed out no more: in the future, and at most 180 days ahead. */
  readonly cutOff: Date;
}

const inputSchema = v.strictObject({
  integrationId: integrationIdSchema,
  // IAM User Guide, "IAM identifiers": AKIA is a user's key, ASIA a temporary one, which needs no migration.
  accessKeyId: v.pipe(v.string(), v.regex(/^AKIA[A-Z0-9]{12,124}$/, "the id of a user's access key, AKIA…")),
  secretAccessKey: v.pipe(v.string(), v.regex(/^[\x21-\x7e]{16,128}$/, "a secret access key")),
  created: dateSchema,
  cutOff: dateSchema,
});

/** Milliseconds. A migration without an end is none. */
const longestMs = 180 * 86_400_000;

/**
 * Attaches a key to an integration, in place of an earlier one. Throws `CrossAccountError`: `invalid_option` (also when the
 * integration is active: then nothing is to be migrated), `integration_not_found`, `integration_not_active` when it is revoked
 * or suspended, `conflict`. No error repeats the key.
 */
export async function attachLegacyKey(options: CheckedOptions, input: AttachLegacyKeyInput): Promise<Integration> {
  const { integrationId, ...key } = checkInput(inputSchema, input, "attachLegacyKey");
  const attached = new Date(options.now());
  const ahead = key.cutOff.getTime() - attached.getTime();
  if (ahead <= 0 || ahead > longestMs) {
    throw new CrossAccountError("invalid_option", "the cut-off must lie in the future, at most 180 days ahead", {
      hint: "choose the day by which the customer's role is to be there",
    });
  }
  if (key.created > attached) {
    throw new CrossAccountError("invalid_option", "the key cannot be younger than now", { hint: "correct `created`" });
  }
  return changeIntegration(options.store, integrationId, attached, (kept) => {
    refuseUnfit(kept);
    return { next: { ...kept, legacyKey: { ...key, attached } }, events: ["integration.legacy_key_attached"] };
  });
}

function refuseUnfit({ state }: Integration): void {
  if (state === "pending" || state === "unproven") return;
  if (state === "active") {
    throw new CrossAccountError("invalid_option", "the integration is active: its role has taken over already", {
      hint: "nothing is to be migrated; let the customer delete the key",
    });
  }
  throw new CrossAccountError("integration_not_active", `the integration is ${state}: a key must not bring it back`, {
    hint: state === "revoked" ? "create a new integration" : "verify its role again",
  });
}
