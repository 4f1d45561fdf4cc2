// Trip (b): integration, request, broker. What stands between a customer's session and everybody else.
import {
  createCredentialsBroker,
  createRoleSessionName,
  type AssumeRole,
  type Credentials,
  type CredentialsProvider,
  type RoleRequest,
} from "@daypass/credentials";
import { parsePolicy, PolicyError } from "@daypass/policy";
import * as v from "valibot";
import { createActiveIntegrations } from "./active-integrations.js";
import { changeIntegration, readIntegration } from "./change-integration.js";
import {
  checkInput,
  customerIdSchema,
  integrationIdSchema,
  labelSchema,
  printableText,
  regionSchema,
} from "./check-input.js";
import type { CheckedOptions } from "./cross-account-options.js";
import { CrossAccountError } from "./errors.js";
import { createLegacyCredentials, type LegacyCredentials } from "./migration/legacy-credentials.js";
import { integrationSuffix } from "./role-documents.js";
import type { Integration } from "./types.js";

export interface AssumeCustomerRoleOptions {
  /** Which integration, when the customer has several. */
  readonly integrationId?: string;
  readonly label?: string;
  /** The region of the SDK client and of STS. Default: the vendor's. */
  readonly region?: string;
  /** At most the vendor's `sessionDurationSeconds`, which is the default. */
  readonly durationSeconds?: number;
  /** A session policy as JSON text: the session may do what both it and the role's own policies allow. */
  readonly policy?: string;
  /** More parts of the session name, behind service and integration: who or what for. Each set of parts is a session of its own. */
  readonly sessionName?: readonly string[];
  /** Why and for whom, for the audit. */
  readonly subject?: Readonly<Record<string, string>>;
}

/** Temporary, except while a customer's old key stands in for a role that is not there yet. */
export interface CustomerCredentials extends Omit<Credentials, "sessionToken"> {
  /** A long-lived key has none. */
  readonly sessionToken?: string;
}

/** What an AWS SDK client takes: `new S3Client(crossAccount.assumeCustomerRole("acme"))`. */
export interface CustomerAccess {
  readonly credentials: { (): Promise<CustomerCredentials>; readonly memoized?: true };
  readonly region: () => Promise<string>;
}

export interface CustomerSessions {
  /** Forgets what the store said about a customer, so that a change of theirs is seen at once. */
  forget(customerId: string): void;
  assumeCustomerRole(customerId: string, options?: AssumeCustomerRoleOptions): CustomerAccess;
  /** Ends an integration's sessions in this process at once and for good. */
  bar(integrationId: string): Promise<void>;
  /** Takes `bar` back; for ids that turn out not to exist. */
  unbar(integrationId: string): void;
  /** Tells what was written: sessions of what is not active, or of another role than before, are dropped. */
  changed(before: Integration, after: Integration): Promise<void>;
}

/** What this process last knew of an integration: the sessions that it holds are of that role. */
interface Holding {
  /** Version of the integration. What is older is a late answer and changes nothing. */
  version: number;
  /** `null` while it is stopped. */
  readonly roleUniqueId: string | null;
  /** Settles when sessions from before are gone. */
  readonly ready: Promise<void>;
}

/** Returns the vendor's sessions. `isVendorFault` is asked before a confirmed denial is held against a customer. */
export function createCustomerSessions(
  options: CheckedOptions,
  assumeRole: AssumeRole,
  isVendorFault: (() => Promise<boolean>) | undefined,
): CustomerSessions {
  const { store, now, jitter, propagationMs } = options;
  const active = createActiveIntegrations(store, now);
  /** Whose a question is: external IDs are unique for ever, so each one leads to one integration. */
  const integrationIds = new Map<string, string>();
  const held = new Map<string, Holding>();
  const matches = new Map<string, (request: RoleRequest) => boolean>();
  const legacyCredentials = createLegacyCredentials(options);

  const broker = createCredentialsBroker({
    assumeRole,
    now,
    jitter,
    propagationMs,
    ...(options.fallbackRegions === undefined ? {} : { fallbackRegions: options.fallbackRegions }),
    ...(options.callsPerSecond === undefined ? {} : { callsPerSecond: options.callsPerSecond }),
    record: (event) => store.record(event),
    onGranted: async (request, { roleUniqueId }) => {
      const integration = await readIntegration(store, ownerOf(request));
      if (integration.state === "active" && integration.role?.roleUniqueId === roleUniqueId) return;
      if (integration.state === "active")
        await suspend(request, "the role was deleted and created again since it was proven");
      throw stoppedMeanwhile(integration.integrationId);
    },
    onDenied: (request) => suspend(request, "AWS denies the role to us, also after the propagation time"),
    ...(isVendorFault === undefined ? {} : { isVendorFault }),
  });

  function ownerOf(request: RoleRequest): string {
    return integrationIds.get(request.externalId ?? "") ?? "";
  }

  /** One function for each integration: the broker tells its rules apart by them, and replaces the last one. */
  function belongsTo(integrationId: string): (request: RoleRequest) => boolean {
    const known = matches.get(integrationId) ?? ((request: RoleRequest) => ownerOf(request) === integrationId);
    matches.set(integrationId, known);
    return known;
  }

  /** Ends the sessions that this process holds; those that follow are of the integration as it is now. */
  function startAnew({ integrationId, version, state, role }: Integration): Promise<void> {
    const roleUniqueId = state === "active" && role !== null ? role.roleUniqueId : null;
    const purged = broker.revoke(belongsTo(integrationId));
    const reopen = async () => {
      await purged;
      // It may have been stopped, or revoked, while the old sessions were put away.
      const isLatest = held.get(integrationId) === holding && !active.isBarred(integrationId);
      if (isLatest && roleUniqueId !== null) broker.allow(belongsTo(integrationId));
    };
    const holding: Holding = { version, roleUniqueId, ready: reopen() };
    held.set(integrationId, holding);
    return holding.ready;
  }

  /** Another process may have proven a role that was made again, or one that this process had stopped. */
  async function catchUp(integration: Integration, roleUniqueId: string): Promise<void> {
    const { integrationId, version } = integration;
    const last = held.get(integrationId) ?? { version, roleUniqueId, ready: Promise.resolve() };
    held.set(integrationId, last);
    if (version > last.version && last.roleUniqueId !== roleUniqueId) return startAnew(integration);
    if (last.roleUniqueId === null) throw stoppedMeanwhile(integrationId);
    last.version = Math.max(last.version, version);
    return last.ready;
  }

  async function suspend(request: RoleRequest, reason: string): Promise<void> {
    const after = await changeIntegration(store, ownerOf(request), new Date(now()), (kept) => {
      // Another process may have taken a new external ID, and the denied one is of before.
      const sameRole =
        kept.state === "active" && kept.role?.roleArn === request.roleArn && kept.externalId === request.externalId;
      return sameRole
        ? { next: { ...kept, state: "suspended", reason }, events: ["integration.suspended"] }
        : undefined;
    });
    active.forget(after.customerId);
    // The broker has put away the session itself, unless somebody has proven the role again meanwhile.
    if (after.state === "active") return;
    held.set(after.integrationId, { version: after.version, roleUniqueId: null, ready: Promise.resolve() });
  }

  /** A key knows no session policy: who asks for less must not get all. */
  async function findLegacy(customerId: string, asked: Asked): Promise<LegacyCredentials | undefined> {
    if (asked.policy !== undefined) return undefined;
    const integration = await active.findWithLegacyKey(customerId, asked);
    return integration === undefined ? undefined : legacyCredentials(integration);
  }

  return {
    forget: (customerId) => active.forget(customerId),

    assumeCustomerRole(customer, given = {}) {
      const customerId = checkInput(customerIdSchema, customer, "assumeCustomerRole");
      const asked = checkInput(askedSchema(options.sessionDurationSeconds), given, "assumeCustomerRole");
      checkSessionPolicy(asked.policy);
      const region = asked.region ?? options.region;
      let last: { readonly integration: Integration; readonly provider: CredentialsProvider } | undefined;

      async function provide() {
        let integration: Integration;
        try {
          integration = await active.find(customerId, asked);
        } catch (error) {
          const legacy = await findLegacy(customerId, asked);
          if (legacy === undefined) throw error;
          return legacy;
        }
        const { integrationId, externalId, role } = integration;
        if (role === null) throw new TypeError("an active integration without a role");
        await catchUp(integration, role.roleUniqueId);
        const isSame =
          last?.integration.integrationId === integrationId &&
          last.integration.externalId === externalId &&
          last.integration.role?.roleArn === role.roleArn;
        if (last === undefined || !isSame) {
          integrationIds.set(externalId, integrationId);
          const request: RoleRequest = {
            roleArn: role.roleArn,
            roleSessionName: sessionName(options, integrationId, asked.sessionName),
            externalId,
            durationSeconds: asked.durationSeconds,
            region,
            ...(asked.policy === undefined ? {} : { policy: asked.policy }),
          };
          const subject = { ...asked.subject, customerId, integrationId };
          last = { integration, provider: broker.provider(request, { subject }) };
        }
        return last.provider();
      }
      // SDK v3 then asks on every request, and a revocation stops the very next one.
      return { credentials: Object.assign(provide, { memoized: true as const }), region: async () => region };
    },

    async bar(integrationId) {
      active.bar(integrationId);
      await broker.revoke(belongsTo(integrationId));
    },

    unbar(integrationId) {
      active.unbar(integrationId);
      broker.allow(belongsTo(integrationId));
    },

    async changed(before, after) {
      active.forget(after.customerId);
      const same = before.state === after.state && before.role?.roleUniqueId === after.role?.roleUniqueId;
      // Without a role there were no sessions.
      if (before.role !== null && !same) await startAnew(after);
    },
  };
}

function stoppedMeanwhile(integrationId: string): CrossAccountError {
  return new CrossAccountError("integration_not_active", "the integration was stopped meanwhile", {
    hint: `verify integration ${integrationId}`,
  });
}

/** AWS would refuse it too, but only when the first request is made, and in fewer words. */
function checkSessionPolicy(policy: string | undefined): void {
  if (policy === undefined) return;
  try {
    parsePolicy(policy, "session");
  } catch (cause) {
    throw new CrossAccountError("invalid_option", "the session policy is not a policy", {
      hint: cause instanceof PolicyError ? `${cause.message}: ${cause.hint}` : "pass it as JSON text",
      cause,
    });
  }
}

function sessionName(options: CheckedOptions, integrationId: string, more: readonly string[]): string {
  return createRoleSessionName([options.serviceName, integrationSuffix(integrationId), ...more]);
}

type Asked = v.InferOutput<ReturnType<typeof askedSchema>>;

function askedSchema(longestSeconds: number) {
  const seconds = `a whole number from 900 to ${longestSeconds}`;
  return v.strictObject({
    integrationId: v.optional(integrationIdSchema),
    label: v.optional(labelSchema),
    region: v.optional(regionSchema),
    durationSeconds: v.optional(
      v.pipe(v.number(), v.safeInteger(seconds), v.minValue(900, seconds), v.maxValue(longestSeconds, seconds)),
      longestSeconds,
    ),
    policy: v.optional(v.pipe(v.string(), v.maxLength(2048, "at most 2,048 characters"))),
    sessionName: v.optional(v.pipe(v.array(printableText(64)), v.maxLength(4, "at most four parts")), []),
    subject: v.optional(
      v.pipe(
        v.record(printableText(64), printableText(256)),
        v.check((subject) => Object.keys(subject).length <= 40, "at most forty entries"),
      ),
      {},
    ),
  });
}
