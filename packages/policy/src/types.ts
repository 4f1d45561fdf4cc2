// The words of the evaluator. This file imports nothing: every other file of the package stands on it.

/**
 * What a document is attached to. It decides which elements are legal:
 * `resource` and `trust` need a Principal, the others must not have one; `trust` must not have a Resource.
 */
export type PolicyKind = "identity" | "permissions-boundary" | "session" | "service-control" | "resource" | "trust";

export type Effect = "Allow" | "Deny";

/** A parsed policy document. Made by `parsePolicy` only; frozen. */
export interface Policy {
  readonly kind: PolicyKind;
  readonly version: "2012-10-17" | "2008-10-17";
  readonly id: string | undefined;
  readonly statements: readonly Statement[];
}

export interface Statement {
  /** Position in the document, from 0. */
  readonly index: number;
  readonly sid: string | undefined;
  readonly effect: Effect;
  /** `undefined` for kinds that have no principal. */
  readonly principal: PrincipalElement | undefined;
  readonly action: PatternElement;
  /** `undefined` only in trust policies: the resource is the role that carries the policy. */
  readonly resource: PatternElement | undefined;
  readonly conditions: readonly Condition[];
}

/** Action/NotAction or Resource/NotResource as written; `negated` is true for the Not form. */
export interface PatternElement {
  readonly negated: boolean;
  readonly patterns: readonly string[];
}

/** Principal/NotPrincipal. */
export interface PrincipalElement {
  readonly negated: boolean;
  readonly principals: readonly PrincipalPattern[];
}

export type PrincipalPattern =
  /** `"*"` or `{"AWS": "*"}`. */
  | { readonly type: "everyone" }
  /** A bare account id or `arn:…:iam::ID:root`: the account, which must then allow by its own policies. */
  | { readonly type: "account"; readonly accountId: string; readonly written: string }
  /**
   * A user or role. `uniqueId` (AIDA…, AROA…) is set once the policy is pinned, as AWS does when it is saved: from
   * then on only that very user or role matches, not a later one of the same name.
   */
  | { readonly type: "user" | "role"; readonly arn: string; readonly uniqueId: string | undefined }
  /** A unique id written directly, which is what AWS shows when the principal it was pinned to is gone. */
  | { readonly type: "unique-id"; readonly uniqueId: string }
  /** `arn:…:sts::ID:assumed-role/NAME/SESSION`: one session. */
  | { readonly type: "role-session"; readonly arn: string }
  | { readonly type: "federated-user"; readonly arn: string }
  | { readonly type: "service"; readonly service: string }
  | { readonly type: "federated"; readonly provider: string }
  | { readonly type: "canonical-user"; readonly canonicalId: string };

export interface Condition {
  /** The operator as AWS spells it, without set prefix and IfExists: `StringEquals`, `ArnLike`, `Null`, … */
  readonly operator: string;
  readonly setOperator: "ForAllValues" | "ForAnyValue" | undefined;
  readonly ifExists: boolean;
  /** The key as written; compared without regard to case. */
  readonly key: string;
  readonly values: readonly string[];
}

/** Who asks. The evaluator derives every `aws:Principal…` key, `aws:userid` and `aws:username` from it. */
export type RequestPrincipal =
  | { readonly type: "root"; readonly accountId: string; readonly partition: string }
  | {
      readonly type: "user";
      readonly arn: string;
      readonly accountId: string;
      /** AIDA… */
      readonly uniqueId: string;
      readonly userName: string;
      readonly tags?: Readonly<Record<string, string>>;
    }
  | {
      readonly type: "role-session";
      /** The role's own ARN, with its path: `arn:aws:iam::ID:role/path/NAME`. */
      readonly roleArn: string;
      /** AROA… */
      readonly roleUniqueId: string;
      readonly accountId: string;
      /** `arn:aws:sts::ID:assumed-role/NAME/SESSION` (no path). */
      readonly sessionArn: string;
      readonly sessionName: string;
      /** The role's tags overlaid with the session's tags. */
      readonly tags?: Readonly<Record<string, string>>;
    }
  | {
      readonly type: "federated-user";
      readonly arn: string;
      readonly accountId: string;
      /** `ID:NAME`. */
      readonly uniqueId: string;
      /** The user's tags overlaid with the session's tags. */
      readonly tags?: Readonly<Record<string, string>>;
    }
  | { readonly type: "federated"; readonly provider: string }
  | { readonly type: "service"; readonly service: string }
  | { readonly type: "anonymous" };

export type ContextValue = string | readonly string[];

/** One question. */
export interface AccessRequest {
  readonly principal: RequestPrincipal;
  /** `service:Operation`, for example `sts:AssumeRole`. */
  readonly action: string;
  /** The resource's ARN, or `*` for actions that have none. */
  readonly resource: string;
  /** The account that owns the resource; decides between same-account and cross-account rules. */
  readonly resourceAccount: string;
  /**
   * The request's other condition keys. A key that is not here is absent from the request. Keys that the evaluator
   * derives from `principal` and `resourceAccount` must not be given: `evaluate` throws.
   */
  readonly context?: Readonly<Record<string, ContextValue>>;
}

/** A policy and the name by which the answer refers to it. */
export interface NamedPolicy {
  readonly name: string;
  readonly policy: Policy;
}

/** Everything that applies to one question. A missing layer does not restrict, except `identity`, which then grants nothing. */
export interface PolicySet {
  readonly identity?: readonly NamedPolicy[];
  readonly permissionsBoundary?: NamedPolicy | undefined;
  /** Session policies; together they are one layer. An empty list is no layer. */
  readonly session?: readonly NamedPolicy[];
  /** From the organisation's root down to the account; each level must allow. */
  readonly serviceControl?: readonly (readonly NamedPolicy[])[];
  /** The resource's own policy: bucket policy (`resource`) or role trust policy (`trust`). */
  readonly resource?: NamedPolicy | undefined;
}

export type Layer = "identity" | "permissions-boundary" | "session" | "service-control" | "resource";

/** A statement that had a say in the answer. */
export interface StatementReference {
  readonly layer: Layer;
  readonly policy: string;
  readonly index: number;
  readonly sid: string | undefined;
  readonly effect: Effect;
}

/** A condition that kept a statement, matching in everything else, from applying. */
export interface FailedCondition {
  readonly statement: StatementReference;
  /** As written, with set prefix and IfExists: `ForAnyValue:StringEquals`. */
  readonly operator: string;
  readonly key: string;
  readonly expected: readonly string[];
  /** `undefined`: the key is absent from the request. */
  readonly actual: readonly string[] | undefined;
}

export interface Decision {
  readonly allowed: boolean;
  readonly outcome: "allow" | "explicit-deny" | "implicit-deny";
  /** The layer that refused (for an implicit denial: the one in which an Allow is missing); `undefined` when allowed. */
  readonly deniedBy: Layer | undefined;
  /** Statements that decided: the Deny statements of an explicit denial, else the Allow statements that matched. */
  readonly decidedBy: readonly StatementReference[];
  readonly failedConditions: readonly FailedCondition[];
  /** Condition keys met while judging that the catalogue does not know. Whoever proves something counts them against it. */
  readonly unknownKeys: readonly string[];
}
