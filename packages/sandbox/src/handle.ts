// One request in, one answer out: authenticate, route by the service that was signed for, answer, put on record.
import { authenticate } from "./authenticate.js";
import type { Authenticated } from "./authenticate.js";
import { accountIdOf, callerArn } from "./authorize.js";
import type { CallLog } from "./call-log.js";
import { AwsError } from "./errors.js";
import { newRequestId } from "./identifiers.js";
import { answerIdentityCenter } from "./identity-center/answer-identity-center.js";
import { renderIdentityCenterError } from "./identity-center/answer-json.js";
import { identityCenterServiceOf } from "./identity-center/route-request.js";
import type { DeliveredAnswer } from "./rehearsal/disturb-answer.js";
import { rehearseCall } from "./rehearsal/rehearse-call.js";
import { sourceIpOf } from "./rehearsal/source-ip.js";
import { viewInForce } from "./rehearsal/view-in-force.js";
import { handleS3 } from "./s3/handle-s3.js";
import { renderS3Error } from "./s3/render-error.js";
import { queryServices } from "./services.js";
import { stsService } from "./sts/service.js";
import type { Caller, HttpAnswer, HttpRequest } from "./types.js";
import type { Call, World } from "./world-types.js";
import { answerQuery, isUnsignedOperation, renderQueryError } from "./wire/answer-query.js";
import type { AuthDialect } from "./wire/auth-errors.js";
import { claimedScope } from "./wire/read-signature.js";

export interface Handler {
  readonly world: World;
  readonly log: CallLog;
  /** Told of errors that are the sandbox's own fault; the caller gets a 500. */
  readonly reportBug: (error: unknown) => void;
}

/** Returns the answer to a request; never throws. */
export function handle({ world, log, reportBug }: Handler, request: HttpRequest): DeliveredAnswer {
  const requestId = newRequestId(world);
  const now = new Date(world.clock());
  const service = serviceOf(request);
  const dialect = dialectOf(service);
  const rehearsed = rehearseCall(world, service, regionOf(world, request));
  const { noted } = rehearsed;
  let caller: Caller | undefined;
  let sourceIp = sourceIpOf(world, caller, request.remoteAddress);
  let errorCode: string | undefined;
  const render = (refusal: AwsError) => {
    errorCode = refusal.code;
    return renderRefusal(service, request, refusal, requestId);
  };
  // Who cannot reach AWS is not told whether AWS would know them.
  let answer = rehearsed.outage(render);
  if (answer === undefined) {
    try {
      const inForce = viewInForce(world);
      const open = identityCenterServiceOf(request) !== undefined;
      const mayBeUnsigned =
        dialect === "s3" ||
        (claimedScope(request) === undefined && isUnsignedOperation(queryServices.get(service), request));
      const authenticated = open
        ? unsigned(world, request)
        : authenticate({ world, inForce }, request, dialect, mayBeUnsigned);
      caller = authenticated.caller;
      rehearsed.calledBy(accountIdOf(caller));
      sourceIp = sourceIpOf(world, caller, request.remoteAddress);
      const call: Call = { world, inForce, ...authenticated, sourceIp, requestId, now, noted };
      answer = open ? answerIdentityCenter(call) : answerFor(service, call);
    } catch (error) {
      if (!(error instanceof AwsError)) reportBug(error);
      answer = render(error instanceof AwsError ? error : internalFailure(dialect));
    }
    errorCode ??= codeIn(answer);
    answer = rehearsed.disturb(answer);
  }
  log.record({
    time: now,
    requestId,
    sourceIp,
    service: isServiceName(service) ? service : "unknown",
    action: noted.action,
    principalArn: caller === undefined ? undefined : callerArn(caller),
    accountId: caller === undefined ? undefined : accountIdOf(caller),
    resource: noted.resource,
    status: answer.status,
    errorCode,
    faults: rehearsed.faults,
  });
  return answer;
}

/** The service that the request was signed for; Identity Center's calls are not signed; other unsigned forms are STS's to refuse, everything else is S3's. */
export function serviceOf(request: HttpRequest): string {
  const claimed = claimedScope(request);
  if (claimed !== undefined) return claimed.service;
  const unsignedService = identityCenterServiceOf(request);
  if (unsignedService !== undefined) return unsignedService;
  const form = /^application\/x-www-form-urlencoded/i.test(request.headers.get("content-type") ?? "");
  return (request.method === "POST" && form) || request.query.has("Action") ? stsService.name : "s3";
}

/** Where the request would have gone on AWS: Identity Center's calls do not say, but it is in one region only. */
function regionOf(world: World, request: HttpRequest): string {
  const own = identityCenterServiceOf(request) === undefined ? undefined : world.identityCenter.instance?.region;
  return own ?? claimedScope(request)?.region ?? "us-east-1";
}

/** Calls that nobody signs: what they may do hangs on the secrets that they carry. */
function unsigned(world: World, request: HttpRequest): Authenticated {
  return { caller: { kind: "anonymous", principal: { type: "anonymous" } }, region: regionOf(world, request), request };
}

function dialectOf(service: string): AuthDialect {
  return service === "s3" ? "s3" : "query";
}

function answerFor(service: string, call: Call): HttpAnswer {
  if (service === "s3") return handleS3(call);
  const found = queryServices.get(service);
  if (found !== undefined) return answerQuery(found, call);
  throw new AwsError(
    404,
    "UnknownOperationException",
    `The sandbox has no service '${isServiceName(service) ? service : "unknown"}'.`,
  );
}

function renderRefusal(service: string, request: HttpRequest, error: AwsError, requestId: string): HttpAnswer {
  const identityCenter = identityCenterServiceOf(request);
  if (identityCenter !== undefined) return renderIdentityCenterError(identityCenter, error, requestId);
  if (service === "s3") {
    return renderS3Error(error, { requestId, resource: request.rawPath, method: request.method });
  }
  const found = queryServices.get(service);
  if (found === undefined && /json/i.test(request.headers.get("content-type") ?? "")) {
    return {
      status: error.status,
      headers: {
        "content-type": "application/x-amz-json-1.1",
        "x-amzn-requestid": requestId,
        "x-amzn-errortype": error.code,
      },
      body: JSON.stringify({ __type: error.code, message: error.message }),
    };
  }
  return renderQueryError((found ?? stsService).xmlNamespace, error, requestId);
}

/** S3 renders its own refusals; the code is read back from them for the record. */
function codeIn(answer: HttpAnswer): string | undefined {
  if (answer.status < 400) return undefined;
  return /<Code>(\w+)<\/Code>/.exec(answer.body.toString())?.[1];
}

function internalFailure(dialect: AuthDialect): AwsError {
  return dialect === "s3"
    ? new AwsError(500, "InternalError", "We encountered an internal error. Please try again.")
    : new AwsError(
        500,
        "InternalFailure",
        "The request processing has failed because of an unknown error, exception or failure.",
      );
}

/** Only what looks like a service's name goes on record: the scope is the caller's text. */
function isServiceName(service: string): boolean {
  return /^[a-z][a-z0-9-]{1,31}$/.test(service);
}
