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
  /** Minted by us, never taken from a caller. Sealed at rest. It changes only to what `rotation` offered before. */
  readonly externalId: string;
  readonly state: IntegrationState;
  /** The account that the customer said is theirs. It aims the proof and is never believed by itself. */
  readonly declaredAccountId: string | null;
  /** Set together, by a proof only. Sealed with the rest of the aggregate where the store seals. */
  readonly role: ProvenRole | null;
  readonly verification: Verification | null;
  /** What the customer was last asked to deploy; `null` until a link or commands were made. */
  readonly launch: Launch | null;
  /** The setup rights that were asked for with it; `null` when the template has none. */
  readonly setup: SetupRights | null;
  /** What the role said of itself when it was last read. */
  readonly inspection: Inspection | null;
  /** The other external ID, while two are accepted. Sealed at rest. */
  readonly rotation: Rotation | null;
  /** The access key from before, until the role has taken over. Sealed at rest. */
  readonly legacyKey: LegacyKey | null;
  /** Why it was suspended or revoked. */
  readonly reason: string | null;
  readonly created: Date;
  readonly updated: Date;
  /** Counts writes from 1; every write is conditional on it. */
  readonly version: number;
}

/** An integration as callers see it: external IDs are only named, by their fingerprints; no secret key is in it. */
export type IntegrationView = Omit<Integration, "externalId" | "rotation" | "legacyKey"> & {
  readonly externalIdFingerprint: string;
  readonly rotation: (Omit<Rotation, "externalId"> & { readonly externalIdFingerprint: string }) | null;
  readonly legacyKey: Omit<LegacyKey, "secretAccessKey"> | null;
};

/** One offer of a template to a customer. */
export interface Launch {
  /** Whether a stack was offered, or commands that make the role without one. */
  readonly by: "stack" | "commands";
  /** Content hash of the description, as `@daypass/templates` computes it. */
  readonly templateVersion: string;
  /** Where the stack is to be created. */
  readonly region: string;
  readonly stackName: string;
  readonly offered: Date;
}

/** Rights that the role has for the setup only. */
export interface SetupRights {
  /** When AWS ends them by itself, by a condition in the policy. */
  readonly until: Date;
  /** When their removal was proven; `null` until then. */
  readonly removed: Date | null;
}

/** The role as it read itself: what the customer's account says, compared with the template. */
export interface Inspection {
  /** The version in the role's tags; `null` when there is none that looks like ours. */
  readonly templateVersion: string | null;
  /** The stack in the role's tags. */
  readonly stackId: string | null;
  /** How many differences from its template were found. */
  readonly findings: number;
  readonly inspected: Date;
}

/**
 * offered    the next external ID is minted; the customer's role is to accept both
 * retiring   the next one was proven and is used; the role must stop accepting the old one, which is kept here
 */
export interface Rotation {
  readonly externalId: string;
  readonly phase: "offered" | "retiring";
  readonly started: Date;
}

/** A long-lived access key of the customer's, on its way out. */
export interface LegacyKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** When IAM made it, as far as the vendor knows; its age is counted from here. */
  readonly created: Date;
  readonly attached: Date;
  /** From then on it is handed out no more. */
  readonly cutOff: Date;
}

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
    | "character_5_changed"
    | "character_13_changed"
    | "character_21_changed"
    | "character_29_changed"
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
  /** The vendor's own checks, in the order that they were declared; empty unless the outcome is `proven`. */
  readonly capabilities: readonly CapabilityResult[];
  readonly started: Date;
  readonly finished: Date;
}

/** One call of the vendor's, made with the role's credentials. */
export interface CapabilityResult {
  readonly name: string;
  readonly expected: "allowed" | "denied";
  /** `unknown` when the call failed for another reason than missing rights. */
  readonly answer: "allowed" | "denied" | "unknown";
  /** AWS's error code when it failed. */
  readonly code: string | null;
  readonly time: Date;
}

/** Every event of the vendor's side that is not an AssumeRole. Allow-listed fields, no secrets, external IDs as fingerprints. */
export interface IntegrationEvent {
  readonly type:
    | "integration.created"
    | "integration.verified"
    | "integration.refused"
    | "integration.undecided"
    | "integration.suspended"
    | "integration.revoked"
    | "integration.launch_offered"
    | "integration.setup_removed"
    | "integration.inspected"
    | "integration.external_id_offered"
    | "integration.external_id_taken"
    | "integration.external_id_retired"
    | "integration.rotation_cancelled"
    | "integration.access_probed"
    | "integration.legacy_key_attached"
    | "integration.legacy_key_used"
    | "integration.legacy_key_purged"
    | "integration.certified";
  readonly time: Date;
  readonly integrationId: string;
  readonly customerId: string;
  readonly state: IntegrationState;
  readonly externalIdFingerprint: string;
  readonly roleArn: string | null;
  readonly reason: string | null;
}

export type AuditEvent = CredentialsEvent | IntegrationEvent;
