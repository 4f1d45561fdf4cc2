// What can be ordered to go wrong, as data. docs/rehearsal.md shows every kind with an example.

/** A number of milliseconds, or the range from which each is drawn anew, both ends included. Whole numbers. */
export type Milliseconds = number | { readonly fromMs: number; readonly toMs: number };

/** Which calls a fault strikes: those that are everything that is named here. */
export interface CallScope {
  /** `sts`, `iam`, `s3`, `cloudformation`, `sso` or `sso-oidc`. */
  readonly service?: string | undefined;
  /** AWS's name of the operation. */
  readonly action?: string | undefined;
  /** The region that the request is signed for; `us-east-1` for unsigned requests. */
  readonly region?: string | undefined;
  /** The caller's account. Calls whose caller is not known are in none. */
  readonly accountId?: string | undefined;
}

/** How long a fault stays; until it is lifted when both are left out. */
export interface FaultDuration {
  /** How many calls it strikes. */
  readonly times?: number | undefined;
  /** Milliseconds of the sandbox's time. */
  readonly forMs?: number | undefined;
}

/** Calls fail with this error, before anything is done for them. */
export interface ErrorOrder extends CallScope, FaultDuration {
  readonly kind?: "error" | undefined;
  readonly service: string;
  /** HTTP status, 400 to 599. */
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/**
 * Calls above a rate fail as AWS throttles them. Each account has an allowance of its own in each region, as on AWS; with
 * an `action` it is for that action, otherwise all of the service's actions share it.
 */
export interface ThrottleOrder extends CallScope, Pick<FaultDuration, "forMs"> {
  readonly kind: "throttle";
  readonly service: string;
  /** Calls that are added to the allowance in each second of the sandbox's time; 0 for none. */
  readonly ratePerSecond: number;
  /** Calls that the allowance holds at most, and at the beginning. */
  readonly burst: number;
}

/** A service, a region, or a service in a region cannot be used. At least one of the two is named. */
export interface OutageOrder extends FaultDuration {
  readonly kind: "outage";
  readonly service?: CallScope["service"];
  readonly region?: CallScope["region"];
  /**
   * `unavailable`: AWS's 503. `html`: a 500 with a page that no SDK can read, as proxies and load balancers send it.
   * `reset`: the connection is reset instead of an answer. `hang`: no answer ever comes.
   */
  readonly mode: "unavailable" | "html" | "reset" | "hang";
}

/** Answers come late. What was asked for is done at once, though: only its answer waits. */
export interface SlowOrder extends CallScope, FaultDuration {
  readonly kind: "slow";
  /** Real milliseconds, up to ten minutes. */
  readonly delayMs: Milliseconds;
}

/** Answers break off. What was asked for is done. A cut answer never arrives whole. */
export interface CutOrder extends CallScope, FaultDuration {
  readonly kind: "cut";
  /** Bytes of the body that are sent; of a shorter body all but the last. */
  readonly afterBytes: number;
  /** `reset`: the connection is reset. `close`: it is closed. `short`: only the body's end is missing, the length agrees. */
  readonly how: "reset" | "close" | "short";
}

/** Answers are not what the service sends. What was asked for is done. */
export interface MalformedOrder extends CallScope, FaultDuration {
  readonly kind: "malformed";
  /**
   * `empty`: status 200 and no body. `html`: status 200 and a web page. `root`: status 200 and an XML document that is
   * about something else. `content-type`: the answer itself, as `application/octet-stream`.
   */
  readonly form: "empty" | "html" | "root" | "content-type";
}

/**
 * What is written to IAM is in force only later: IAM shows it at once, authentication and authorization go on by what was
 * there before. The changes of an account come into force in the order in which they were written, together with their
 * consequences. Lifting it brings everything into force.
 */
export interface PropagationOrder {
  readonly kind: "propagation";
  /** The account that is written to; every account when left out. */
  readonly accountId?: CallScope["accountId"];
  /** Milliseconds of the sandbox's time, drawn for each change. An earlier change that takes longer holds a later one up. */
  readonly delayMs: Milliseconds;
  /** Until then every second call that depends on a change already sees it, beginning with the first: ok, denied, ok. */
  readonly flapping?: boolean | undefined;
}

/** A fault as it is ordered. */
export type FaultOrder =
  | PropagationOrder
  | ErrorOrder
  | ThrottleOrder
  | OutageOrder
  | SlowOrder
  | CutOrder
  | MalformedOrder;
export type FaultKind = NonNullable<FaultOrder["kind"]>;

/** What is left of an allowance. */
export interface Allowance {
  calls: number;
  /** Milliseconds since 1970, by the sandbox's clock: when it was counted. */
  at: number;
}

/** A fault that is in place. */
export interface Fault {
  readonly id: string;
  readonly order: FaultOrder;
  /** How many calls it is still to strike; `undefined`: as many as come. */
  remaining: number | undefined;
  /** Milliseconds since 1970, by the sandbox's clock. */
  readonly endsAt: number | undefined;
  /** A throttle's, by account and region; a full one may be missing. */
  readonly allowances: Map<string, Allowance>;
}

/** What happens to an answer on its way out, when something does. */
export interface Delivery {
  /** Real milliseconds before the first byte. */
  readonly delayMs: number;
  /** `whole`: nothing. `reset` and `close` end the connection after `afterBytes`; `lost` resets it and `hang` leaves it, with nothing sent. */
  readonly end: "whole" | "reset" | "close" | "lost" | "hang";
  /** Bytes of the body before the end. */
  readonly afterBytes: number;
}

/** The addresses that calls are said to come from. */
export interface SourceIps {
  /** Every call's; the connection's when `undefined`. */
  everywhere: string | undefined;
  /** By access key id; also of the sessions that the key's calls are issued. */
  readonly byKey: Map<string, string>;
}
