// The sandbox's world as data, and what a service is given to answer a call. Imports only the policy package's words.
import type { AccessRequest, Decision, NamedPolicy, Policy, RequestPrincipal } from "@daypass/policy";

/** Milliseconds since 1970. Injected; the control door moves it. */
export type Clock = () => number;
/** Cryptographic random bytes. Injected, so that tests can be repeated. */
export type RandomBytes = (length: number) => Uint8Array;

export type Tags = ReadonlyMap<string, string>;

/** A policy as it was saved: the caller's text, and the parsed form pinned to the principals of that moment. */
export interface StoredPolicy {
  readonly text: string;
  readonly policy: Policy;
}

export interface User {
  readonly kind: "user";
  readonly accountId: string;
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  /** AIDA… */
  readonly uniqueId: string;
  readonly created: Date;
  tags: Map<string, string>;
  permissionsBoundaryArn: string | undefined;
  /** By policy name. */
  readonly inlinePolicies: Map<string, StoredPolicy>;
  /** ARNs of managed policies, in the order of attaching. */
  readonly attachedPolicyArns: Set<string>;
}

export interface Role {
  readonly kind: "role";
  readonly accountId: string;
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  /** AROA… */
  readonly uniqueId: string;
  readonly created: Date;
  description: string;
  maxSessionDuration: number;
  trustPolicy: StoredPolicy;
  tags: Map<string, string>;
  permissionsBoundaryArn: string | undefined;
  readonly inlinePolicies: Map<string, StoredPolicy>;
  readonly attachedPolicyArns: Set<string>;
  lastUsed: { readonly date: Date; readonly region: string } | undefined;
}

export interface PolicyVersion {
  /** `v1`, `v2`, … never reused. */
  readonly id: string;
  readonly document: StoredPolicy;
  readonly created: Date;
}

export interface ManagedPolicy {
  readonly accountId: string;
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  /** ANPA… */
  readonly uniqueId: string;
  readonly description: string;
  readonly created: Date;
  updated: Date;
  tags: Map<string, string>;
  defaultVersionId: string;
  nextVersion: number;
  readonly versions: Map<string, PolicyVersion>;
}

export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly accountId: string;
  /** The user that holds the key. The sandbox issues none to an account's root user. */
  readonly userName: string;
  readonly created: Date;
  active: boolean;
  lastUsed: { readonly date: Date; readonly region: string; readonly service: string } | undefined;
}

/** Temporary credentials that STS issued. */
export interface Session {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
  readonly issued: Date;
  readonly accountId: string;
  readonly roleArn: string;
  /** The role's unique id when the session was issued: a session dies with its role. */
  readonly roleUniqueId: string;
  readonly roleName: string;
  readonly sessionName: string;
  readonly sessionArn: string;
  /** Session tags, transitive ones included. */
  readonly tags: Tags;
  readonly transitiveTagKeys: ReadonlySet<string>;
  readonly sourceIdentity: string | undefined;
  readonly sessionPolicies: readonly NamedPolicy[];
}

/** Made by CloudFormation; IAM's own operations on it are not served. */
export interface InstanceProfile {
  readonly name: string;
  readonly arn: string;
  roleName: string | undefined;
}

export interface Account {
  readonly id: string;
  readonly name: string;
  /** Keyed by lower-case name: IAM names are unique without regard to case. */
  readonly users: Map<string, User>;
  readonly roles: Map<string, Role>;
  /** Customer managed policies by lower-case name. */
  readonly policies: Map<string, ManagedPolicy>;
  /** By lower-case name. */
  readonly instanceProfiles: Map<string, InstanceProfile>;
  /** 64 hex digits, S3's name for the account. */
  readonly canonicalId: string;
}

export interface ObjectVersion {
  readonly versionId: string;
  readonly body: Buffer;
  readonly etag: string;
  readonly lastModified: Date;
  readonly deleteMarker: boolean;
  /** content-type, content-encoding, cache-control, … lower-case names as given at PutObject. */
  readonly headers: ReadonlyMap<string, string>;
  /** x-amz-meta-… without the prefix. */
  readonly metadata: ReadonlyMap<string, string>;
  readonly tags: Tags;
  /** By algorithm: CRC32, CRC32C, CRC64NVME, SHA1, SHA256; base64. */
  readonly checksums: ReadonlyMap<string, string>;
}

export interface BlockPublicAccess {
  readonly blockPublicAcls: boolean;
  readonly ignorePublicAcls: boolean;
  readonly blockPublicPolicy: boolean;
  readonly restrictPublicBuckets: boolean;
}

export interface Bucket {
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  readonly created: Date;
  versioning: "Enabled" | "Suspended" | undefined;
  policy: StoredPolicy | undefined;
  /** New buckets have all four on, as on AWS since April 2023. `undefined` after DeletePublicAccessBlock. */
  blockPublicAccess: BlockPublicAccess | undefined;
  tags: Map<string, string>;
  /** By key, newest version first. */
  readonly objects: Map<string, ObjectVersion[]>;
}

/** What CloudFormation's templates can hold: JSON without null. */
export type TemplateValue = string | number | boolean | readonly TemplateValue[] | TemplateMap;
export interface TemplateMap {
  readonly [key: string]: TemplateValue;
}

/** One line of a stack's history; the stack's and its resources' statuses are those of their last visible event. */
export interface StackEvent {
  readonly eventId: string;
  readonly logicalId: string;
  /** Empty until the resource exists. */
  readonly physicalId: string;
  readonly type: string;
  readonly status: string;
  readonly reason: string | undefined;
  /** The evaluated properties as JSON, NoEcho parameters masked. */
  readonly properties: string | undefined;
  readonly clientRequestToken: string | undefined;
  /** Milliseconds since 1970: when it happened, and from when on it is visible. */
  readonly at: number;
  /** Milliseconds since 1970: when it was written. What was over then stays visible, wherever the clock is moved. */
  readonly written: number;
}

/** A resource that exists. */
export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** As evaluated, the stack's tags included: what the next update is compared with. */
  readonly evaluated: TemplateMap;
  /** As the resource's type works with them. */
  readonly properties: TemplateMap;
  /** What it needed when it was made: deletion goes the other way. */
  readonly needs: readonly string[];
  readonly deletionPolicy: "Delete" | "Retain" | "RetainExceptOnCreate";
  readonly updateReplacePolicy: "Delete" | "Retain";
}

export interface StackOutput {
  readonly key: string;
  readonly value: string;
  readonly description: string | undefined;
  readonly exportName: string | undefined;
}

/** What a deployment is made from. */
export interface DeploymentSource {
  /** Empty for a stack that has only change sets. */
  readonly templateText: string;
  readonly description: string | undefined;
  readonly parameters: ReadonlyMap<string, string>;
  /** Names of the parameters that are never shown. */
  readonly noEcho: ReadonlySet<string>;
  readonly tags: Tags;
  readonly capabilities: readonly string[];
}

/** What a template and its parameters came to. */
export interface Deployment {
  readonly source: DeploymentSource;
  readonly outputs: readonly StackOutput[];
  /** Names of other stacks' exports that it uses. */
  readonly imports: ReadonlySet<string>;
}

export interface PlannedChange {
  readonly action: "Add" | "Modify" | "Remove";
  readonly logicalId: string;
  readonly physicalId: string | undefined;
  readonly type: string;
  /** Only for Modify. */
  readonly replacement: "True" | "False" | "Conditional" | undefined;
  /** Only for Modify: the properties that differ. */
  readonly properties: readonly { readonly name: string; readonly recreation: "Never" | "Conditionally" | "Always" }[];
}

export interface ChangeSet {
  readonly id: string;
  readonly name: string;
  readonly type: "CREATE" | "UPDATE";
  readonly description: string | undefined;
  readonly created: Date;
  readonly clientToken: string | undefined;
  readonly source: DeploymentSource;
  readonly changes: readonly PlannedChange[];
  /** Why there is nothing to execute. */
  readonly failure: string | undefined;
}

export interface Stack {
  /** The stack's ARN. */
  readonly id: string;
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  readonly created: Date;
  updated: Date | undefined;
  deleted: Date | undefined;
  terminationProtection: boolean;
  disableRollback: boolean;
  /** The token of the last operation: the same token again is the same operation. */
  lastToken: string | undefined;
  /** Oldest first. */
  readonly events: StackEvent[];
  readonly resources: Map<string, StackResource>;
  deployment: Deployment;
  /** The outputs until `settlesAt`. */
  previousOutputs: readonly StackOutput[];
  /** Milliseconds since 1970: when the last operation is over; 0 when it was over at once. */
  settlesAt: number;
  readonly changeSets: Map<string, ChangeSet>;
}

/** One call, served or refused, kept for the control door. Never a secret, a key id, a signature, a token or a body. */
export interface CallRecord {
  readonly time: Date;
  readonly requestId: string;
  readonly service: string;
  /** `undefined`: refused before the action was understood. */
  readonly action: string | undefined;
  readonly principalArn: string | undefined;
  readonly accountId: string | undefined;
  readonly resource: string | undefined;
  readonly status: number;
  readonly errorCode: string | undefined;
}

/** A fault ordered through the control door: the next matching calls fail as AWS would. */
export interface Fault {
  readonly id: string;
  readonly service: string;
  /** `undefined`: every action of the service. */
  readonly action: string | undefined;
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** How many calls are still to fail; `undefined`: until it is lifted. */
  remaining: number | undefined;
}

export interface World {
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly partition: "aws";
  readonly accounts: Map<string, Account>;
  readonly accessKeys: Map<string, AccessKey>;
  /** By access key id (ASIA…). */
  readonly sessions: Map<string, Session>;
  /** Bucket names are one namespace over all accounts. */
  readonly buckets: Map<string, Bucket>;
  /** By ARN, deleted stacks included. */
  readonly stacks: Map<string, Stack>;
  /** Milliseconds of the sandbox's time that an operation on a stack takes until it is reported as complete. */
  readonly stackDurationMs: number;
  /** Service control policies that bind an account, from the organisation's root down. Missing: in no organisation. */
  readonly serviceControl: Map<string, readonly (readonly NamedPolicy[])[]>;
  organizationId: string | undefined;
  readonly faults: Fault[];
  readonly calls: CallRecord[];
}

/** Who signed the request, and what that says about the question. */
export type Caller =
  | { readonly kind: "user"; readonly user: User; readonly accessKey: AccessKey; readonly principal: RequestPrincipal }
  | { readonly kind: "session"; readonly session: Session; readonly role: Role; readonly principal: RequestPrincipal }
  /** Unsigned. S3 may serve it when a bucket policy allows everyone; every other service refuses. */
  | { readonly kind: "anonymous"; readonly principal: RequestPrincipal };

/** One HTTP request after the body was read and the signature verified. */
export interface HttpRequest {
  readonly method: string;
  /** The path exactly as sent, percent-encoded. */
  readonly rawPath: string;
  /** The query exactly as sent, without `?`. */
  readonly rawQuery: string;
  /** Decoded query parameters in order. */
  readonly query: URLSearchParams;
  /** Lower-case names; repeated headers joined by `,`. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Buffer;
  readonly remoteAddress: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}

/** What every service gets with a call. */
export interface Call {
  readonly world: World;
  readonly request: HttpRequest;
  readonly caller: Caller;
  /** The region of the credential scope; `us-east-1` for unsigned calls. */
  readonly region: string;
  readonly requestId: string;
  readonly now: Date;
  /** The services that made this call for the caller (forward access sessions), first to last; none when left out. */
  readonly calledVia?: readonly string[];
  /** For the call record: services name the action and resource as soon as they know them. */
  readonly noted: { action: string | undefined; resource: string | undefined };
}

/** The joint between services and the evaluator; see `authorize.ts`. */
export interface AuthorizeQuestion {
  readonly action: AccessRequest["action"];
  readonly resource: AccessRequest["resource"];
  readonly resourceAccount: AccessRequest["resourceAccount"];
  readonly context?: AccessRequest["context"];
  readonly resourcePolicy?: NamedPolicy | undefined;
  /** The words in which a refusal names the resource; its ARN when left out. */
  readonly shown?: string;
}

export type Authorize = (call: Call, question: AuthorizeQuestion) => Decision;
