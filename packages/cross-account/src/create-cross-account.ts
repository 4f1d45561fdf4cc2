// The vendor's side in one object: checks the options, ties the parts together, shows no external ID but the customer's own.
import { createAssumeRole } from "@daypass/credentials";
import * as v from "valibot";
import { certifyIntegration, type IssuedCertificate } from "./certificate/certify-integration.js";
import { readIntegration } from "./change-integration.js";
import { checkInput, customerIdSchema, integrationIdSchema } from "./check-input.js";
import { createIntegration, type CreateIntegrationInput } from "./create-integration.js";
import { checkOptions, type CrossAccountOptions } from "./cross-account-options.js";
import { createCustomerSessions, type AssumeCustomerRoleOptions, type CustomerAccess } from "./customer-sessions.js";
import { inspectRole, type RoleInspection } from "./inspection/inspect-role.js";
import { awaitIntegration, type AwaitIntegrationInput } from "./link/await-integration.js";
import { describeUpdate, type IntegrationUpdate } from "./link/describe-update.js";
import {
  generateIntegrationUrl,
  generateRoleCommands,
  type IntegrationLaunch,
  type LaunchInput,
  type RoleCommands,
} from "./link/launch-integration.js";
import { listTemplateVersions, type TemplateVersionUse } from "./link/list-template-versions.js";
import { publishTemplate, type PublishedTemplate } from "./link/publish-template.js";
import { probeAccess, type AccessProbe } from "./probe-access.js";
import { advanceRotation, type RotationAdvance } from "./rotation/advance-rotation.js";
import { cancelRotation, rotateExternalId, type RotationSteps } from "./rotation/rotate-external-id.js";
import { listOverdueSetups, type OverdueSetup } from "./setup/list-overdue-setups.js";
import { removeSetupPermissions, type SetupRemoval } from "./setup/remove-setup.js";
import { verifySetupRemoved, type SetupProof } from "./setup/verify-setup-removed.js";
import { attachLegacyKey, type AttachLegacyKeyInput } from "./migration/attach-legacy-key.js";
import { purgeLegacyKey } from "./migration/purge-legacy-key.js";
import { reviewMigrations, type Migration } from "./migration/review-migrations.js";
import { isCanaryDenied, type ProbeTools } from "./probe-trust.js";
import { revokeIntegration, type Revoked, type RevokeInput } from "./revoke-integration.js";
import { roleDocuments, type RoleDocuments } from "./role-documents.js";
import type { Integration, IntegrationView, Verification } from "./types.js";
import { verifyIntegration, type VerifyIntegrationInput } from "./verify-integration.js";
import { viewIntegration } from "./view-integration.js";

/** Which integrations to list: all of one customer's, or a page of everybody's in order of their ids. */
export type ListIntegrationsInput =
  | { readonly customerId: string }
  | { readonly after?: string; readonly limit?: number };

/** An answer in which the integration is shown as callers see it. */
export type Viewed<Answer> = Omit<Answer, "integration"> & { readonly integration: IntegrationView };

export interface VerifiedIntegration {
  readonly integration: IntegrationView;
  readonly verification: Verification;
}

export interface CrossAccount {
  /** Makes the integration of a customer and label, or returns the one that exists. Mints its external ID, once. */
  createIntegration(input: CreateIntegrationInput): Promise<IntegrationView>;
  /** Returns what the customer creates: the role's name, path and trust policy, and the external ID in it. */
  roleDocuments(integrationId: string): Promise<RoleDocuments>;
  /** Probes the role's trust and keeps what it came to; `active` only when everything held. */
  verifyIntegration(input: VerifyIntegrationInput): Promise<VerifiedIntegration>;
  /** Returns at once what an AWS SDK client takes; integration and session are found when the client first asks. */
  assumeCustomerRole(customerId: string, options?: AssumeCustomerRoleOptions): CustomerAccess;
  /** Ends an integration for good, in this process at once; says until when old sessions may live. */
  revoke(input: RevokeInput): Promise<Viewed<Revoked>>;
  /** Puts the template where customers read it, and reads it back like them. Doing it twice is doing it once. */
  publishTemplate(): Promise<PublishedTemplate>;
  /** Makes the launch link and says all that is in it; notes what was offered. */
  generateIntegrationUrl(input: LaunchInput): Promise<IntegrationLaunch>;
  /** Makes commands that create the role without CloudFormation; notes what was offered. */
  generateRoleCommands(input: LaunchInput): Promise<RoleCommands>;
  /** Looks for the role in the declared account until it lets us in, then verifies it; `undefined` when time was over first. */
  awaitIntegration(input: AwaitIntegrationInput): Promise<VerifiedIntegration | undefined>;
  /** Says how the customer takes the setup rights back. */
  removeSetupPermissions(integrationId: string): Promise<SetupRemoval>;
  /** Proves that the setup rights are gone. */
  verifySetupRemoved(integrationId: string): Promise<Viewed<SetupProof>>;
  /** Returns setup rights that ended by themselves and whose removal nobody has proven. */
  listOverdueSetups(): Promise<readonly OverdueSetup[]>;
  /** The role reads itself and is compared with its template. */
  inspectRole(integrationId: string): Promise<Viewed<RoleInspection>>;
  /** Compares what an integration runs with what is offered, in words, and says how to get there. */
  describeUpdate(integrationId: string): Promise<IntegrationUpdate>;
  /** Returns which integrations run which template. */
  listTemplateVersions(): Promise<readonly TemplateVersionUse[]>;
  /** Begins the replacement of the external ID, or says how the one under way goes on. */
  rotateExternalId(integrationId: string): Promise<Viewed<RotationSteps>>;
  /** Takes the replacement a step on, if the role is ready for it. */
  advanceRotation(integrationId: string): Promise<Viewed<RotationAdvance>>;
  /** Gives up a replacement that was offered and not taken. */
  cancelRotation(integrationId: string): Promise<IntegrationView>;
  /** Says truthfully whether AWS would still let us in; for revoked integrations above all. */
  probeAccess(integrationId: string): Promise<AccessProbe>;
  /** Signs what the last verification found, for others to check with `verifyCertificate`. */
  certify(integrationId: string): Promise<IssuedCertificate>;
  /** Keeps a customer's long-lived key, sealed, until the role takes over or the cut-off comes. */
  attachLegacyKey(input: AttachLegacyKeyInput): Promise<IntegrationView>;
  /** Forgets the key, in this process at once. Doing it twice is doing it once. */
  purgeLegacyKey(integrationId: string): Promise<IntegrationView>;
  /** Says how far each migration is and what to do next; purges keys whose cut-off has passed. */
  reviewMigrations(): Promise<readonly Migration[]>;
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

  async function verify(input: VerifyIntegrationInput): Promise<VerifiedIntegration> {
    const { before, integration, verification } = await verifyIntegration(options, tools, input);
    await sessions.changed(before, integration);
    return { integration: viewIntegration(integration), verification };
  }

  return {
    async createIntegration(input) {
      return viewIntegration(await createIntegration(options, input));
    },

    async roleDocuments(integrationId) {
      return roleDocuments(options, await readIntegration(store, checkId(integrationId, "roleDocuments")));
    },

    verifyIntegration: verify,

    assumeCustomerRole: (customerId, options) => sessions.assumeCustomerRole(customerId, options),

    async revoke(input) {
      return viewed(await revokeIntegration(options, sessions, input));
    },

    publishTemplate: async () => publishTemplate(options),
    generateIntegrationUrl: async (input) => generateIntegrationUrl(options, input),
    generateRoleCommands: async (input) => generateRoleCommands(options, input),
    awaitIntegration: async (input) =>
      awaitIntegration(options, tools, input, (integrationId) => verify({ integrationId })),

    async removeSetupPermissions(integrationId) {
      return removeSetupPermissions(options, checkId(integrationId, "removeSetupPermissions"));
    },
    async verifySetupRemoved(integrationId) {
      return viewed(await verifySetupRemoved(options, tools, checkId(integrationId, "verifySetupRemoved")));
    },
    listOverdueSetups: async () => listOverdueSetups(options),

    async inspectRole(integrationId) {
      return viewed(await inspectRole(options, tools, checkId(integrationId, "inspectRole")));
    },
    async describeUpdate(integrationId) {
      return describeUpdate(options, checkId(integrationId, "describeUpdate"));
    },
    listTemplateVersions: async () => listTemplateVersions(options),

    async rotateExternalId(integrationId) {
      return viewed(await rotateExternalId(options, checkId(integrationId, "rotateExternalId")));
    },
    async advanceRotation(integrationId) {
      return viewed(await advanceRotation(options, tools, checkId(integrationId, "advanceRotation")));
    },
    async cancelRotation(integrationId) {
      return viewIntegration(await cancelRotation(options, checkId(integrationId, "cancelRotation")));
    },
    certify: async (integrationId) => certifyIntegration(options, checkId(integrationId, "certify")),

    async attachLegacyKey(input) {
      const integration = await attachLegacyKey(options, input);
      sessions.forget(integration.customerId);
      return viewIntegration(integration);
    },
    async purgeLegacyKey(integrationId) {
      const integration = await purgeLegacyKey(options, checkId(integrationId, "purgeLegacyKey"));
      sessions.forget(integration.customerId);
      return viewIntegration(integration);
    },
    reviewMigrations: async () => reviewMigrations(options),

    async probeAccess(integrationId) {
      return probeAccess(options, tools, checkId(integrationId, "probeAccess"));
    },

    async getIntegration(integrationId) {
      return viewIntegration(await readIntegration(store, checkId(integrationId, "getIntegration")));
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

function checkId(integrationId: string, what: string): string {
  return checkInput(integrationIdSchema, integrationId, what);
}

function viewed<Answer extends { readonly integration: Integration }>(answer: Answer): Viewed<Answer> {
  return { ...answer, integration: viewIntegration(answer.integration) };
}

function listOf({ after, limit }: { readonly after?: string | undefined; readonly limit: number }) {
  return after === undefined ? { limit } : { after, limit };
}
