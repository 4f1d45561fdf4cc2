// What a store of integrations is. Imports only the words of the package.
import type { AuditEvent, Integration, IntegrationEvent } from "./types.js";

/** A stored event with its place in the log. */
export interface StoredEvent {
  readonly sequence: number;
  readonly event: AuditEvent;
}

/** A template's description under its version, so that later ones can be compared with it. */
export interface StoredTemplate {
  /** Content hash of the description. */
  readonly version: string;
  /** The description as canonical JSON. Not a secret. */
  readonly description: string;
  readonly created: Date;
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
  /**
   * Replaces the aggregate if its stored version is `next.version - 1`. Customer and label cannot change; the external ID
   * only to the one that `rotation` offered; a revoked one cannot change at all. An external ID that was ever held, in
   * `rotation` too, is taken for ever, by whichever integration: bringing it anew throws `conflict`.
   */
  update(next: Integration, events: readonly IntegrationEvent[]): Promise<UpdateOutcome>;
  /** Keeps a template. The same one again changes nothing; another description under a version that is kept throws `conflict`. */
  saveTemplate(template: StoredTemplate): Promise<void>;
  getTemplate(version: string): Promise<StoredTemplate | undefined>;
  /** Appends to the audit. Resolves when it is durable. */
  record(event: AuditEvent): Promise<void>;
  /** Oldest first; `after` is exclusive. */
  listEvents(options: { readonly after?: number; readonly limit: number }): Promise<readonly StoredEvent[]>;
  close(): Promise<void>;
}
