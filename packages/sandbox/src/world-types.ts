// The world that the services share, and what each is given with a call.
import type { AccessRequest, Decision, NamedPolicy } from "@daypass/policy";
import type { Stack } from "./cloudformation/types.js";
import type { IdentityCenter } from "./identity-center/types.js";
import type { MfaDevice } from "./mfa/types.js";
import type { PendingChanges } from "./rehearsal/pending-types.js";
import type { Fault, FaultKind, SourceIps } from "./rehearsal/types.js";
import type { Bucket } from "./s3/types.js";
import type { TokenIssuer } from "./web-identity/token-issuer.js";
import type { AccessKey, Account, Caller, Clock, Directory, HttpRequest, RandomBytes, Session } from "./types.js";

/** One call, served or refused, kept for the control door. Never a secret, a key id, a signature, a token or a body. */
export interface CallRecord {
  readonly time: Date;
  readonly requestId: string;
  /** Where it came from, as `aws:SourceIp` in policies had it. */
  readonly sourceIp: string;
  readonly service: string;
  /** `undefined`: refused before the action was understood. */
  readonly action: string | undefined;
  readonly principalArn: string | undefined;
  readonly accountId: string | undefined;
  readonly resource: string | undefined;
  /** 0: no answer was sent. */
  readonly status: number;
  readonly errorCode: string | undefined;
  /** The kinds of the ordered faults that struck the call, each once. */
  readonly faults: readonly FaultKind[];
}

export interface World {
  readonly clock: Clock;
  readonly randomBytes: RandomBytes;
  readonly partition: "aws";
  readonly accounts: Map<string, Account>;
  readonly accessKeys: Map<string, AccessKey>;
  /** By access key id (ASIA…). */
  readonly sessions: Map<string, Session>;
  /** By lower-case serial number, which is an ARN. */
  readonly mfaDevices: Map<string, MfaDevice>;
  /** Bucket names are one namespace over all accounts. */
  readonly buckets: Map<string, Bucket>;
  readonly identityCenter: IdentityCenter;
  /** By ARN, deleted stacks included. */
  readonly stacks: Map<string, Stack>;
  /** Milliseconds of the sandbox's time that an operation on a stack takes until it is reported as complete. */
  readonly stackDurationMs: number;
  /** Service control policies that bind an account, from the organisation's root down. Missing: in no organisation. */
  readonly serviceControl: Map<string, readonly (readonly NamedPolicy[])[]>;
  organizationId: string | undefined;
  readonly faults: Fault[];
  /** By account: what was written to IAM and is not in force yet. Nothing when nothing delays it. */
  readonly pending: Map<string, PendingChanges>;
  readonly sourceIps: SourceIps;
  /** Who issues web identity tokens here, by the issuer's URL. */
  readonly tokenIssuers: Map<string, TokenIssuer>;
  readonly calls: CallRecord[];
}

/** What every service gets with a call. */
export interface Call {
  /** What was written: IAM's own reads and writes go by it. */
  readonly world: World;
  /** What is in force: who calls and what they may do is judged by it. */
  readonly inForce: Directory;
  readonly request: HttpRequest;
  readonly caller: Caller;
  /** `aws:SourceIp`. */
  readonly sourceIp: string;
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
