// Calls a service for the person who is signed in, as their SDK would: the same decoding, permissions, ordered faults and
// record of calls. The console knows nothing that these operations do not tell.
import { accountIdOf, callerArn } from "../authorize.js";
import { addToForm } from "../cloudformation/invoke-service.js";
import type { Argument } from "../cloudformation/invoke-service.js";
import { AwsError } from "../errors.js";
import { newRequestId } from "../identifiers.js";
import { findInnerRefusal } from "../rehearsal/find-refusal.js";
import { sourceIpOf } from "../rehearsal/source-ip.js";
import { requireServed } from "../require-served.js";
import { viewInForce } from "../rehearsal/view-in-force.js";
import type { Call } from "../world-types.js";
import { decodeForm } from "../wire/decode-form.js";
import type { QueryService } from "../wire/operation.js";
import type { XmlObject } from "../wire/xml.js";
import type { Visit } from "./visit.js";

/** Returns the members of the operation's answer. Throws `AwsError` as the service does. */
export function invokeOperation(
  visit: Visit,
  service: QueryService,
  action: string,
  input: Readonly<Record<string, Argument>>,
): XmlObject {
  const operation = Object.hasOwn(service.operations, action) ? service.operations[action] : undefined;
  if (operation === undefined) throw new Error(`${service.name} has no ${action}`);
  const call = callOf(visit);
  call.noted.action = action;
  const ordered = findInnerRefusal(call, service.name, action);
  let refusal: { readonly status: number; readonly code: string } | undefined;
  try {
    if (ordered !== undefined) throw ordered.error;
    requireServed(call.caller, service.name, action);
    const form = new Map<string, string>();
    for (const [name, value] of Object.entries(input)) addToForm(form, name, value);
    return operation.run(call, decodeForm(form, operation.input)) ?? {};
  } catch (error) {
    refusal = error instanceof AwsError ? error : { status: 500, code: "InternalFailure" };
    throw error;
  } finally {
    visit.log.record({
      time: call.now,
      requestId: call.requestId,
      sourceIp: call.sourceIp,
      service: service.name,
      action,
      principalArn: callerArn(call.caller),
      accountId: accountIdOf(visit.caller),
      resource: call.noted.resource,
      status: refusal?.status ?? 200,
      errorCode: refusal?.code,
      faults: ordered === undefined ? [] : [ordered.kind],
    });
  }
}

/** Returns a call by the person. Of their browser's headers only those remain that AWS's console passes on. */
export function callOf({ world, request, caller, region }: Visit): Call {
  const kept = ["host", "user-agent"].flatMap((name) => {
    const value = request.headers.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    world,
    inForce: viewInForce(world),
    caller,
    region,
    sourceIp: sourceIpOf(world, caller, request.remoteAddress),
    requestId: newRequestId(world),
    now: new Date(world.clock()),
    noted: { action: undefined, resource: undefined },
    request: {
      ...request,
      method: "POST",
      rawPath: "/",
      rawQuery: "",
      query: new URLSearchParams(),
      headers: new Map(kept),
      body: Buffer.alloc(0),
    },
  };
}
