// The errors that are ordered: a call fails as AWS fails on a bad day, before anything is done for it.
import { AwsError } from "../errors.js";
import { accountIdOf } from "../authorize.js";
import type { Call, World } from "../world-types.js";
import { matchFaults } from "./match-fault.js";
import type { CallFacts } from "./match-fault.js";
import { countStrike } from "./order-fault.js";
import { takeFromAllowance } from "./take-from-allowance.js";
import type { FaultKind } from "./types.js";

export interface OrderedRefusal {
  readonly kind: FaultKind;
  readonly error: AwsError;
}

/** Returns the first refusal that is ordered for the call, counting it; `undefined` when none is. */
export function findRefusal(world: World, call: CallFacts): OrderedRefusal | undefined {
  for (const fault of matchFaults(world, call, "error", "throttle")) {
    const { order } = fault;
    if (order.kind === "throttle") {
      if (!takeFromAllowance(fault, order, call, world.clock())) return { kind: "throttle", error: throttled(call) };
      continue;
    }
    countStrike(world, fault);
    return { kind: "error", error: new AwsError(order.status, order.code, order.message) };
  }
  return undefined;
}

/** What is known of a call that is made inside the sandbox. */
type InnerCall = Pick<Call, "world" | "caller" | "region">;

/**
 * Returns the refusal that is ordered for a call that is made inside the sandbox: by the console, or by CloudFormation. An
 * outage is AWS's 503 then, whatever its mode: there is no connection that could break.
 */
export function findInnerRefusal(call: InnerCall, service: string, action: string): OrderedRefusal | undefined {
  const facts = { service, action, region: call.region, accountId: accountIdOf(call.caller) };
  const [outage] = matchFaults(call.world, facts, "outage");
  if (outage === undefined) return findRefusal(call.world, facts);
  countStrike(call.world, outage);
  return { kind: "outage", error: serviceUnavailable(service) };
}

/** Returns notes for a call inside the sandbox: naming the action throws what is ordered for it. */
export function noteInnerCall(call: InnerCall, service: string): Call["noted"] {
  let action: string | undefined;
  return {
    resource: undefined,
    get action() {
      return action;
    },
    set action(named) {
      action = named;
      if (named !== undefined) suffer(call, service, named);
    },
  };
}

/** Throws that refusal. */
export function suffer(call: InnerCall, service: string, action: string): void {
  const refusal = findInnerRefusal(call, service, action);
  if (refusal !== undefined) throw refusal.error;
}

/**
 * Returns AWS's 503. IAM API Reference and STS API Reference, "Common Errors"; Amazon S3 API Reference, "Error
 * responses".
 */
export function serviceUnavailable(service: string): AwsError {
  return new AwsError(
    503,
    "ServiceUnavailable",
    service === "s3"
      ? "Service is unable to handle request."
      : "The request has failed due to a temporary failure of the server.",
  );
}

/**
 * IAM API Reference and STS API Reference, "Common Errors", name `Throttling` and 400, its text is as users of the SDKs
 * report it; Amazon S3 API Reference, "Error responses", names `SlowDown`, 503 and the text.
 */
function throttled({ service }: CallFacts): AwsError {
  // Service models of SSO and SSO OIDC; the texts are those that SDKs show for a 429 and ours.
  if (service === "sso") return new AwsError(429, "TooManyRequestsException", "HTTP 429 Unknown Code");
  if (service === "sso-oidc") return new AwsError(400, "SlowDownException", "ask less often");
  return service === "s3"
    ? new AwsError(503, "SlowDown", "Please reduce your request rate.")
    : new AwsError(400, "Throttling", "Rate exceeded");
}
