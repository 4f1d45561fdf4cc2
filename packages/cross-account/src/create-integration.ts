// Makes a customer's integration, once. Here the external ID is born; it is never taken from anybody.
import * as v from "valibot";
import { eventOf } from "./change-integration.js";
import { accountIdSchema, checkInput, customerIdSchema, labelSchema } from "./check-input.js";
import type { CheckedOptions } from "./cross-account-options.js";
import { CrossAccountError } from "./errors.js";
import { mintExternalId, mintIntegrationId } from "./mint-identifiers.js";
import type { Integration } from "./types.js";

export interface CreateIntegrationInput {
  /** The customer as the vendor names them: 1 to 256 printable characters. */
  readonly customerId: string;
  /** Tells the customer's integrations apart. Default `default`. */
  readonly label?: string;
  /** The account that the customer says is theirs; `null` says on purpose that they have not said. */
  readonly declaredAccountId: string | null;
}

const inputSchema = v.strictObject({
  customerId: customerIdSchema,
  label: v.optional(labelSchema, "default"),
  declaredAccountId: v.nullable(accountIdSchema),
});

/**
 * Creates the integration of a customer and label, or returns the one that exists, with the external ID it has always had.
 * Throws `CrossAccountError` `invalid_option` for malformed input, for the vendor's own account, and when the existing
 * one was declared for another account.
 */
export async function createIntegration(options: CheckedOptions, input: CreateIntegrationInput): Promise<Integration> {
  const { customerId, label, declaredAccountId } = checkInput(inputSchema, input, "createIntegration");
  if (declaredAccountId === options.vendorAccountId) {
    throw new CrossAccountError("invalid_option", "the declared account is the vendor's own", {
      hint: "declare the customer's account",
    });
  }
  const time = new Date(options.now());
  const integration: Integration = {
    integrationId: mintIntegrationId(options.randomBytes),
    customerId,
    label,
    externalId: mintExternalId(options.randomBytes),
    state: "pending",
    declaredAccountId,
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
  // The store decides who was first; whoever was not, uses the winner's.
  const answer = await options.store.create(integration, [eventOf("integration.created", integration, time)]);
  if (answer.outcome === "created") return integration;
  if (answer.integration.declaredAccountId === declaredAccountId) return answer.integration;
  throw new CrossAccountError(
    "invalid_option",
    "the customer has an integration of this label for another declared account",
    {
      hint: "use another label, or revoke the existing integration first",
    },
  );
}
