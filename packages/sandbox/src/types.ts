// The words of the whole package, and IAM as data: accounts, users, roles, policies, keys and sessions. What S3,
// CloudFormation and rehearsals keep is in files of their own. Imports only the policy package's words.
import type { NamedPolicy, Policy, RequestPrincipal } from "@daypass/policy";

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
  /** The groups that the user is in, in lower case. */
  readonly groupNames: Set<string>;
  permissionsBoundaryArn: string | undefined;
  /** By policy name. */
  readonly inlinePolicies: Map<string, StoredPolicy>;
  /** ARNs of managed policies, in the order of attaching. */
  readonly attachedPolicyArns: Set<string>;
}

/** Its policies are those of its users as well. */
export interface Group {
  readonly kind: "group";
  readonly accountId: string;
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  /** AGPA… */
  readonly uniqueId: string;
  readonly created: Date;
  readonly inlinePolicies: Map<string, StoredPolicy>;
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

/** Temporary credentials that STS issued, whoever they stand for. */
interface TemporaryCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
  readonly issued: Date;
  readonly accountId: string;
  /** Who calls with it, as AWS prints it: `…:assumed-role/…`, the user's own ARN, or `…:federated-user/…`. */
  readonly sessionArn: string;
  /** The access key id that it was issued to, then that which this one was issued to, and so on. */
  readonly issuedTo: readonly string[];
}

/** Of AssumeRole. */
export interface RoleSession extends TemporaryCredentials {
  readonly kind: "role";
  readonly roleArn: string;
  /** The role's unique id when the session was issued: a session dies with its role. */
  readonly roleUniqueId: string;
  readonly roleName: string;
  readonly sessionName: string;
  /** Session tags, transitive ones included. */
  readonly tags: Tags;
  readonly transitiveTagKeys: ReadonlySet<string>;
  readonly sourceIdentity: string | undefined;
  readonly sessionPolicies: readonly NamedPolicy[];
  /** The ARN of the identity provider whose token it was issued for; left out for every other session. */
  readonly federatedProvider?: string;
}

/** Of GetSessionToken: the user, for a while, and perhaps with a mark that they showed a code. */
export interface UserSession extends TemporaryCredentials {
  readonly kind: "user";
  readonly userUniqueId: string;
  /** When the user showed an MFA code for it; `undefined` without one. */
  readonly mfaAuthenticated: Date | undefined;
}

/** Of GetFederationToken. */
export interface FederatedSession extends TemporaryCredentials {
  readonly kind: "federated";
  /** The user who federated it. */
  readonly userUniqueId: string;
  /** `ID:NAME`. */
  readonly federatedUserId: string;
  readonly tags: Tags;
  /** Without any it has no permissions but those of resource policies that name it. */
  readonly sessionPolicies: readonly NamedPolicy[];
}

export type Session = RoleSession | UserSession | FederatedSession;

/** Made by CloudFormation; IAM's own operations on it are not served. */
export interface InstanceProfile {
  readonly name: string;
  readonly arn: string;
  roleName: string | undefined;
}

/** An OpenID Connect identity provider that an account trusts: whose tokens, made for whom. */
export interface OidcProvider {
  readonly accountId: string;
  /** Without `https://`, as IAM shows it and as its ARN ends. */
  readonly url: string;
  readonly arn: string;
  readonly created: Date;
  tags: Map<string, string>;
  /** The audiences that tokens may be for, in the order of adding. */
  readonly clientIds: Set<string>;
  thumbprints: readonly string[];
}

export interface Account {
  readonly id: string;
  readonly name: string;
  /** Keyed by lower-case name: IAM names are unique without regard to case. */
  readonly users: Map<string, User>;
  readonly roles: Map<string, Role>;
  /** By lower-case name. */
  readonly groups: Map<string, Group>;
  /** Customer managed policies by lower-case name. */
  readonly policies: Map<string, ManagedPolicy>;
  /** By lower-case name. */
  readonly instanceProfiles: Map<string, InstanceProfile>;
  /** By URL without `https://`; with regard to case. */
  readonly oidcProviders: Map<string, OidcProvider>;
  /** 64 hex digits, S3's name for the account. */
  readonly canonicalId: string;
}

/** Something that can be looked up by its key. A `Map` is one. */
export interface Lookup<T> {
  get(key: string): T | undefined;
}

/** Users, groups, roles, policies and keys, to be looked up: as they are written, or as they are in force. */
export interface Directory {
  readonly accounts: Lookup<{
    readonly users: Lookup<User>;
    readonly groups: Lookup<Group>;
    readonly roles: Lookup<Role>;
    readonly policies: Lookup<ManagedPolicy>;
  }>;
  readonly accessKeys: Lookup<AccessKey>;
}

/** Who signed the request, and what that says about the question. */
export type Caller =
  | { readonly kind: "user"; readonly user: User; readonly accessKey: AccessKey; readonly principal: RequestPrincipal }
  | {
      readonly kind: "session";
      readonly session: Session;
      /** Whose policies are judged: the role, or the user for sessions of users and of those they federated. */
      readonly entity: User | Role;
      readonly principal: RequestPrincipal;
    }
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
  /** The connection's; what policies see is `Call.sourceIp`. */
  readonly remoteAddress: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | string;
}
