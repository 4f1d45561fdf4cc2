// The vendor's words. Imports only the engine's types.
import type { AuditEvent as CredentialsEvent } from "@daypass/credentials";

/**
 * pending    minted, no role proven yet
 * unproven   the role was probed and something does not hold; `verification` says what, and the next step
 * active     everything held; the only state in which credentials are handed out
 * suspended  was active; a confirmed denial or a changed role stopped it; verify again
 * revoked    over for good; its external ID is never used or minted again
 */
export type IntegrationState = "pending" | "unproven" | "active" | "suspended" | "revoked";

/** The vendor's record of one connected account of one customer: one aggregate, one row, one version. */
export interface Integration {
  /** Opaque, ours, 128 random bits. */
  readonly integrationId: string;
  readonly customerId: string;
  /** Tells a customer's several integrations apart; unique per customer among those not revoked. */
  readonly label: string;
  /** Minted by us, kept once, never taken from a caller. Sealed at rest. */
  readonly externalId: string;
  readonly state: IntegrationState;
  /** The account that the customer said is theirs. It aims the proof and is never believed by itself. */
  readonly declaredAccountId: string | null;
  /** Set together, by a proof only. Sealed with the rest of the aggregate where the store seals. */
  readonly role: ProvenRole | null;
  readonly verification: Verification | null;
  /** Why it was suspended or revoked. */
  readonly reason: string | null;
  readonly created: Date;
  readonly updated: Date;
  /** Counts writes from 1; every write is conditional on it. */
  readonly version: number;
}

/** An integration as callers see it: the external ID is only named, by its fingerprint. */
export type IntegrationView = Omit<Integration, "externalId"> & { readonly externalIdFingerprint: string };

export interface ProvenRole {
  /** Canonical ARN of the role. No two integrations that are not revoked hold the same one. */
  readonly roleArn: string;
  readonly accountId: string;
  /** AROA…: a change means the role was re-created, and suspends. */
  readonly roleUniqueId: string;
  readonly proven: Date;
}

/** One probe: what was asked, what AWS answered. The external ID that was sent is named by its kind, never by value. */
export interface Probe {
  readonly kind:
    | "right_external_id"
    | "no_external_id"
    | "fresh_external_id"
    | "last_character_changed"
    | "one_character_appended"
    | "case_flipped"
    | "canary_without_external_id";
  readonly round: "first" | "after_propagation";
  readonly answer: "allowed" | "denied" | "unknown";
  /** CredentialsError code when not allowed. */
  readonly code: string | null;
  readonly awsRequestId: string | null;
  readonly time: Date;
}

export type CauseCode =
  | "not_propagated"
  | "role_missing"
  | "wrong_external_id_in_trust"
  | "vendor_principal_not_trusted"
  | "vendor_side_denied"
  | "organization_policy_denied"
  | "external_id_not_required"
  | "external_id_pattern_too_wide"
  | "external_id_case_ignored"
  | "role_in_other_account"
  | "role_in_vendor_account"
  | "role_held_by_other_integration"
  | "role_recreated"
  | "denial_unproven"
  | "sts_unavailable"
  | "session_too_long"
  | "region_disabled"
  | "vendor_credentials";

export interface Cause {
  readonly code: CauseCode;
  /** For the customer, in their nouns. */
  readonly text: string;
}

/** What a proof came to. */
export interface Verification {
  readonly outcome: "proven" | "refused" | "undecided";
  readonly roleArn: string;
  /** Likeliest first; empty when proven. */
  readonly causes: readonly Cause[];
  /** The one step that separates the causes or mends the likeliest; `null` when proven. */
  readonly nextStep: string | null;
  readonly probes: readonly Probe[];
  readonly started: Date;
  readonly finished: Date;
}

/** Every event of the vendor's side that is not an AssumeRole. Allow-listed fields, no secrets, external IDs as fingerprints. */
export interface IntegrationEvent {
  readonly type:
    | "integration.created"
    | "integration.verified"
    | "integration.refused"
    | "integration.undecided"
    | "integration.suspended"
    | "integration.revoked";
  readonly time: Date;
  readonly integrationId: string;
  readonly customerId: string;
  readonly state: IntegrationState;
  readonly externalIdFingerprint: string;
  readonly roleArn: string | null;
  readonly reason: string | null;
}

export type AuditEvent = CredentialsEvent | IntegrationEvent;

/** A stored event with its place in the log. */
export interface StoredEvent {
  readonly sequence: number;
  readonly event: AuditEvent;
}

export type CreateOutcome =
  | { readonly outcome: "created" }
  /** The customer has one with this label already: the caller uses that one. */
  | { readonly outcome: "exists"; readonly integration: Integration };

export type UpdateOutcome =
  | { readonly outcome: "updated" }
  /** Somebody wrote since it was read, or it is gone. Nothing was written. */
  | { readonly outcome: "conflict" }
  /** Another integration that is not revoked holds `role.roleArn`. Nothing was written. */
  | { readonly outcome: "role_taken" };

/**
 * Where integrations and the audit are kept. Each method is one conditional write of one aggregate with its events
 * inside: all of it happens or nothing. This is the form that SQLite, PostgreSQL and DynamoDB share. Reads see every
 * write that was acknowledged, whoever wrote it, and texts are compared exactly. The suite in
 * `@daypass/cross-account/testing` says what an implementation must do.
 */
export interface IntegrationStore {
  /** Unique: `integrationId`; `externalId` for ever; (`customerId`, `label`) among those not revoked. */
  create(integration: Integration, events: readonly IntegrationEvent[]): Promise<CreateOutcome>;
  get(integrationId: string): Promise<Integration | undefined>;
  /** All of a customer's, the revoked ones too, oldest first. */
  listByCustomer(customerId: string): Promise<readonly Integration[]>;
  /** In order of `integrationId`; `after` is exclusive. */
  list(options: { readonly after?: string; readonly limit: number }): Promise<readonly Integration[]>;
  /** Replaces the aggregate if its stored version is `next.version - 1`. Customer, label and external ID cannot change; a revoked one cannot change at all. */
  update(next: Integration, events: readonly IntegrationEvent[]): Promise<UpdateOutcome>;
  /** Appends to the audit. Resolves when it is durable. */
  record(event: AuditEvent): Promise<void>;
  /** Oldest first; `after` is exclusive. */
  listEvents(options: { readonly after?: number; readonly limit: number }): Promise<readonly StoredEvent[]>;
  close(): Promise<void>;
}
