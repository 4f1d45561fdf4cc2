// The words of the engine. This file imports nothing.

/** Temporary AWS credentials. One immutable value: key, secret and token are never mixed across refreshes. */
export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/**
 * The AWS SDK's own provider type: asked whenever a request is signed.
 * `memoized: true` tells SDK v3 not to wrap it in a cache of its own, so that it is asked on every request.
 */
export interface CredentialsProvider {
  (): Promise<Credentials>;
  readonly memoized?: true;
}

/** Everything that decides which credentials STS would answer with. The one-time MFA code is not part of the question. */
export interface RoleRequest {
  readonly roleArn: string;
  readonly roleSessionName: string;
  /** `null` says on purpose: this role has none. */
  readonly externalId: string | null;
  /** 900 to 43,200 seconds. */
  readonly durationSeconds: number;
  /** The STS endpoint's region. */
  readonly region: string;
  /** Session policy as JSON text. */
  readonly policy?: string;
  readonly policyArns?: readonly string[];
  readonly tags?: Readonly<Record<string, string>>;
  readonly transitiveTagKeys?: readonly string[];
  readonly sourceIdentity?: string;
  readonly mfaSerial?: string;
}

/** What STS answered. */
export interface AssumedRole {
  readonly credentials: Credentials;
  /** `arn:…:sts::ID:assumed-role/NAME/SESSION`. */
  readonly assumedRoleArn: string;
  /** The role's unique id (AROA…), the part of AssumedRoleId before the colon. It changes when a role is re-created. */
  readonly roleUniqueId: string;
  /** How far STS's clock was ahead of ours when it answered, in milliseconds. Absent: less than four minutes. */
  readonly clockOffsetMs?: number;
}

/** Asks STS once: no cache, no retry of ours. Throws `CredentialsError`. */
export type AssumeRole = (request: RoleRequest, options?: { readonly signal?: AbortSignal }) => Promise<AssumedRole>;

/** An entry repeats the question it answers, so that it can be checked when read. */
export interface CachedRole {
  readonly request: RoleRequest;
  readonly assumedRole: AssumedRole;
  /** When STS answered. */
  readonly obtained: Date;
}

/** Where answers are kept. `get` may return an expired entry; the reader judges. */
export interface CredentialsCache {
  get(key: string): Promise<CachedRole | undefined>;
  set(key: string, entry: CachedRole): Promise<void>;
  delete(key: string): Promise<void>;
  clear(): Promise<void>;
}

/** Milliseconds since 1970, like `Date.now`. */
export type Clock = () => number;
/** A number in [0, 1), like `Math.random`; only for jitter, never for secrets. */
export type Jitter = () => number;

/** What happened to one AssumeRole. External IDs appear as fingerprints only; no secret is ever in an event. */
export interface AuditEvent {
  readonly type: "assume_role.intent" | "assume_role.granted" | "assume_role.refused";
  readonly time: Date;
  /** Joins the intent to its outcome. */
  readonly attemptId: string;
  readonly roleArn: string;
  readonly roleSessionName: string;
  readonly region: string;
  readonly durationSeconds: number;
  readonly externalIdFingerprint: string | null;
  /** The caller's own words for why and for whom; the key that makes a sanitised session name reversible. */
  readonly subject: Readonly<Record<string, string>>;
  /** granted: */
  readonly expiration?: Date;
  readonly assumedRoleArn?: string;
  readonly accessKeyId?: string;
  /** refused: */
  readonly code?: string;
  readonly awsRequestId?: string;
}

/** Awaited: where it rejects, the operation does not happen. */
export type RecordEvent = (event: AuditEvent) => Promise<void>;
