// The words of the package: what a vendor describes, and the plain data that comes of it. Imports nothing.

/** One thing the role may do, and why: the reason is shown to the people who decide whether to grant it. */
export interface PermissionStatement {
  /** Letters and digits, once in a description: names the statement in policies, findings and differences. */
  readonly sid: string;
  /** For people. Required. */
  readonly why: string;
  /** Default `Allow`. */
  readonly effect?: "Allow" | "Deny";
  /** `service:Action`, with `*` and `?` as wildcards. */
  readonly actions: readonly string[];
  /**
   * ARNs or `*`. `${AWS::AccountId}`, `${AWS::Partition}` and `${AWS::Region}` are filled in where the role is created;
   * IAM's own variables such as `${aws:username}` stay as they are.
   */
  readonly resources: readonly string[];
  /** Operator → key → value or values, as in a policy. Values may hold the same placeholders as resources. */
  readonly conditions?: PolicyConditions;
}

export type PolicyConditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** A finding of the lint that the vendor knows about and stands by. */
export interface AcceptedFinding {
  readonly code: FindingCode;
  /** The statement's `sid`. */
  readonly sid: string;
  /** For people: it is shown with the finding. */
  readonly reason: string;
}

export interface Branding {
  /** The vendor's name as customers know it. Any language. */
  readonly displayName: string;
  /** Where customers ask for help; an https URL. */
  readonly supportUrl?: string;
}

/** Further limits on who may enter. Each narrows, none replaces the external ID. */
export interface TrustConditions {
  /** IPv4 or IPv6 ranges in CIDR form from which the vendor calls. */
  readonly sourceIps?: readonly string[];
  /** The vendor's organisation, `o-…`. */
  readonly organizationId?: string;
  /** For roles that people enter: a session without MFA is refused. Never for programs, which have none. */
  readonly requireMfa?: true;
}

export type Partition = "aws" | "aws-cn" | "aws-us-gov";

export interface TrustDescription {
  readonly partition: Partition;
  readonly vendorAccountId: string;
  /** ARNs of the vendor's roles and users that may enter; `null` says on purpose: every principal of the account. */
  readonly vendorPrincipals: readonly string[] | null;
  readonly trustConditions?: TrustConditions;
}

/** Everything that a vendor asks of its customers. A template is made of nothing else. */
export interface RoleDescription extends TrustDescription {
  /** Begins the role's name: a letter, then up to 31 letters, digits or `-`. */
  readonly serviceName: string;
  readonly branding: Branding;
  /** The IAM path of role and policies, for example `/acme/`. Never `/`: the path tells our policies from others. */
  readonly rolePath: string;
  /** Seconds, 3,600 to 43,200. */
  readonly maxSessionDuration: number;
  /** What every external ID looks like: a regular expression without anchors, within STS's characters. */
  readonly externalIdPattern: string;
  /** What the role may do for as long as it exists. */
  readonly ongoing: readonly PermissionStatement[];
  /** What the role may do besides, until the setup ends. May be empty. */
  readonly setup: readonly PermissionStatement[];
  /** `parameter`: the customer may name a permissions boundary. `null` says on purpose: the template offers none. */
  readonly permissionsBoundary: "parameter" | null;
  readonly accept?: readonly AcceptedFinding[];
}

/** An IAM user for a tool that can neither use roles nor IAM Identity Center. */
export interface UserDescription {
  readonly serviceName: string;
  readonly branding: Branding;
  readonly partition: Partition;
  /** The IAM path of user and policies, for example `/acme/`. */
  readonly userPath: string;
  readonly permissions: readonly PermissionStatement[];
  readonly permissionsBoundary: "parameter" | null;
  readonly accept?: readonly AcceptedFinding[];
}

/** Text, lists and objects; every template and policy of ours is made of these. */
export type TemplateValue = string | readonly TemplateValue[] | { readonly [key: string]: TemplateValue };

/** A CloudFormation template as plain data, frozen through and through. Numbers are texts, as CloudFormation takes them. */
export interface CloudFormationTemplate {
  readonly AWSTemplateFormatVersion: "2010-09-09";
  readonly Description: string;
  readonly Metadata: TemplateObject;
  readonly Parameters: TemplateObject;
  readonly Rules?: TemplateObject;
  readonly Conditions?: TemplateObject;
  readonly Resources: TemplateObject;
  readonly Outputs: TemplateObject;
}

export type TemplateObject = { readonly [key: string]: TemplateValue };

/** A policy document ready for `JSON.stringify`. */
export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly TemplateObject[];
}

/** What a customer's stack was given. */
export interface RoleParameters {
  readonly accountId: string;
  readonly region: string;
  /** Twelve lower case letters and digits: the end of the role's name. */
  readonly integrationSuffix: string;
  readonly externalId: string;
  /** Accepted besides `externalId` while it is rotated. */
  readonly nextExternalId?: string;
  /** Whether the setup policy is there. */
  readonly setupPhase: boolean;
  /** When the setup rights end by themselves, `2026-01-31T12:00:00Z`. Required while `setupPhase` is true. */
  readonly setupUntil?: string;
  readonly permissionsBoundaryArn?: string;
}

export interface RenderedPolicy {
  /** The policy's logical id in the template: `OngoingPolicy`, `OngoingPolicy2`, `SetupPolicy`, … */
  readonly name: string;
  readonly phase: Phase;
  readonly document: PolicyDocument;
}

/** The role of one account, as IAM would show it. */
export interface RenderedRole {
  readonly roleName: string;
  readonly path: string;
  readonly roleArn: string;
  readonly description: string;
  /** Seconds. */
  readonly maxSessionDuration: number;
  readonly trustPolicy: PolicyDocument;
  readonly policies: readonly RenderedPolicy[];
  readonly tags: Readonly<Record<string, string>>;
  readonly permissionsBoundaryArn: string | null;
}

/** Commands in both forms: as arguments for `spawn`, and as a script for a POSIX shell. */
export interface CliCommands {
  readonly commands: readonly (readonly string[])[];
  /** Stops at the first failure, and before the first change when the account is another one. */
  readonly script: string;
}

export type Phase = "ongoing" | "setup";

export type FindingCode =
  /** AWS knows no such action. */
  | "unknown_action"
  /** `*` or `service:*` grants whatever AWS may invent; a narrower wildcard is a warning. */
  | "wildcard_action"
  /** Every resource, where the action could be narrowed. */
  | "wildcard_resource"
  /** The action has no resources, so that anything but `*` never matches. */
  | "scoped_wildcard_only"
  /** None of the resources is of a kind that the action works on. */
  | "resource_never_matches"
  /** The condition's key is absent from every request of the action. */
  | "condition_never_matches"
  /** The condition holds for every request, as its key is always absent. */
  | "condition_without_effect"
  /** A resource that every request of the action needs is not granted. */
  | "incomplete_grant"
  /** The role could give itself or others more than it has. */
  | "self_escalation"
  /** A way to more rights through another service. */
  | "escalation_path"
  /** S3 by name only: the bucket may be anybody's. */
  | "s3_without_resource_account"
  /** No bucket can have this name. */
  | "impossible_bucket_name"
  /** An ARN of another partition. */
  | "wrong_partition"
  /** Rights that look like setup in the set that never ends. */
  | "setup_rights_ongoing"
  /** Nothing is asked for. */
  | "empty_set"
  /** Something besides the setup policy grants the canary, so that the end of setup could not be proved. */
  | "canary_granted"
  /** `Bool aws:MultiFactorAuthPresent false` keeps out long-term keys and people with MFA. */
  | "mfa_false"
  /** The template is too large to be sent as text; it needs S3. */
  | "needs_s3"
  /** Something is accepted that the lint does not find. */
  | "accept_unused";

export interface Finding {
  readonly severity: "error" | "warning";
  readonly code: FindingCode;
  /** The statement; empty when the finding is about a whole set. */
  readonly sid: string;
  readonly phase: Phase;
  readonly message: string;
  /** What to write instead. */
  readonly fix: string;
  /** The description's reason for standing by it; `null` when it is not accepted. */
  readonly accepted: string | null;
}

export type AccessLevel = "read" | "write" | "tagging" | "permissions";

/** One action that a description gains or loses, with where. */
export interface PermissionChange {
  /** In AWS's spelling. */
  readonly action: string;
  readonly level: AccessLevel;
  readonly phase: Phase;
  /** The statement that gives it, or gave it, or denies it. */
  readonly sid: string;
  readonly resource: string;
  /** Whether the action as such is gained or lost, or only where and when it is allowed. */
  readonly extent: "action" | "scope";
}

export interface PermissionDifference {
  readonly gains: readonly PermissionChange[];
  readonly loses: readonly PermissionChange[];
  /** One sentence for people, for example `gains 2 read actions, no new write`. */
  readonly words: string;
}
