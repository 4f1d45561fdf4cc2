// The vendor's side in one object: checks the options, ties the parts together, shows no external ID but the customer's own.
import { createAssumeRole } from "@daypass/credentials";
import * as v from "valibot";
import { readIntegration } from "./change-integration.js";
import { checkInput, customerIdSchema, integrationIdSchema } from "./check-input.js";
import { createIntegration, type CreateIntegrationInput } from "./create-integration.js";
import { checkOptions, type CrossAccountOptions } from "./cross-account-options.js";
import { createCustomerSessions, type AssumeCustomerRoleOptions, type CustomerAccess } from "./customer-sessions.js";
import { isCanaryDenied, type ProbeTools } from "./probe-trust.js";
import { revokeIntegration, type Revoked, type RevokeInput } from "./revoke-integration.js";
import { roleDocuments, type RoleDocuments } from "./role-documents.js";
import type { IntegrationView, Verification } from "./types.js";
import { verifyIntegration, type VerifyIntegrationInput } from "./verify-integration.js";
import { viewIntegration } from "./view-integration.js";

/** Which integrations to list: all of one customer's, or a page of everybody's in order of their ids. */
export type ListIntegrationsInput =
  | { readonly customerId: string }
  | { readonly after?: string; readonly limit?: number };

export interface CrossAccount {
  /** Makes the integration of a customer and label, or returns the one that exists. Mints its external ID, once. */
  createIntegration(input: CreateIntegrationInput): Promise<IntegrationView>;
  /** Returns what the customer creates: the role's name, path and trust policy, and the external ID in it. */
  roleDocuments(integrationId: string): Promise<RoleDocuments>;
  /** Probes the role's trust and keeps what it came to; `active` only when everything held. */
  verifyIntegration(
    input: VerifyIntegrationInput,
  ): Promise<{ readonly integration: IntegrationView; readonly verification: Verification }>;
  /** Returns at once what an AWS SDK client takes; integration and session are found when the client first asks. */
  assumeCustomerRole(customerId: string, options?: AssumeCustomerRoleOptions): CustomerAccess;
  /** Ends an integration for good, in this process at once; says until when old sessions may live. */
  revoke(input: RevokeInput): Promise<Omit<Revoked, "integration"> & { readonly integration: IntegrationView }>;
  /** Throws `CrossAccountError` `integration_not_found`. */
  getIntegration(integrationId: string): Promise<IntegrationView>;
  listIntegrations(input: ListIntegrationsInput): Promise<readonly IntegrationView[]>;
}

const pageSize = "a whole number from 1 to 1,000";
const ofCustomerSchema = v.strictObject({ customerId: customerIdSchema });
const pageSchema = v.strictObject({
  after: v.optional(integrationIdSchema),
  limit: v.optional(
    v.pipe(v.number(), v.safeInteger(pageSize), v.minValue(1, pageSize), v.maxValue(1000, pageSize)),
    100,
  ),
});

/**
 * Returns the vendor's side. It asks nobody anything until a function is called. Throws `CrossAccountError`
 * `invalid_option` when an option is missing, malformed or unknown.
 */
export function createCrossAccount(given: CrossAccountOptions): CrossAccount {
  const options = checkOptions(given);
  const { store, endpoint } = options;
  const assumeRole = createAssumeRole({
    credentials: options.credentials,
    now: options.now,
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  const tools: ProbeTools = {
    ...options,
    assumeRole,
    record: (event) => store.record(event),
    durationSeconds: options.sessionDurationSeconds,
  };
  const sessions = createCustomerSessions(
    options,
    assumeRole,
    options.canaryRoleArn === null ? undefined : () => isCanaryDenied(tools),
  );

  return {
    async createIntegration(input) {
      return viewIntegration(await createIntegration(options, input));
    },

    async roleDocuments(integrationId) {
      const id = checkInput(integrationIdSchema, integrationId, "roleDocuments");
      return roleDocuments(options, await readIntegration(store, id));
    },

    async verifyIntegration(input) {
      const { before, integration, verification } = await verifyIntegration(options, tools, input);
      await sessions.changed(before, integration);
      return { integration: viewIntegration(integration), verification };
    },

    assumeCustomerRole: (customerId, options) => sessions.assumeCustomerRole(customerId, options),

    async revoke(input) {
      const revoked = await revokeIntegration(options, sessions, input);
      return { ...revoked, integration: viewIntegration(revoked.integration) };
    },

    async getIntegration(integrationId) {
      const id = checkInput(integrationIdSchema, integrationId, "getIntegration");
      return viewIntegration(await readIntegration(store, id));
    },

    async listIntegrations(input) {
      const ofCustomer = "customerId" in Object(input);
      const page = checkInput(ofCustomer ? ofCustomerSchema : pageSchema, input, "listIntegrations");
      const integrations =
        "customerId" in page ? await store.listByCustomer(page.customerId) : await store.list(listOf(page));
      return integrations.map(viewIntegration);
    },
  };
}

function listOf({ after, limit }: { readonly after?: string | undefined; readonly limit: number }) {
  return after === undefined ? { limit } : { after, limit };
}
