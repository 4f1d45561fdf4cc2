// From the portal to the console: as a broker does it, with a session's credentials at the federation endpoint, so that the
// console is opened with the role's permissions and nothing of the portal's.
import { redirect } from "../console/render-page.js";
import { AwsError } from "../errors.js";
import { newRequestId } from "../identifiers.js";
import { noteInnerCall } from "../rehearsal/find-refusal.js";
import { sourceIpOf } from "../rehearsal/source-ip.js";
import { viewInForce } from "../rehearsal/view-in-force.js";
import type { HttpAnswer, Session } from "../types.js";
import type { Call } from "../world-types.js";
import { issueRoleSession } from "./issue-role-session.js";
import type { PortalVisit } from "./portal-visit.js";
import { portalAddress } from "./start-url.js";

/** Sends the browser into the console, signed in as the role. Throws `AwsError` as GetRoleCredentials does. */
export function openConsole(visit: PortalVisit): HttpAnswer {
  const { accessKeyId, secretAccessKey, sessionToken } = getSession(visit);
  const session = JSON.stringify({ sessionId: accessKeyId, sessionKey: secretAccessKey, sessionToken });
  const token = askForToken(visit, new URLSearchParams({ Action: "getSigninToken", Session: session }));
  const login = new URLSearchParams({
    Action: "login",
    Issuer: portalAddress(visit.request),
    Destination: "https://console.aws.amazon.com/",
    SigninToken: token,
  });
  return redirect(`/federation?${login.toString()}`);
}

/** Mints the session, on record as the call that it amounts to. */
function getSession(visit: PortalVisit): Session {
  const { world, instance, person, form, request, log } = visit;
  const caller = { kind: "anonymous", principal: { type: "anonymous" } } as const;
  const { region } = instance;
  const call: Call = {
    world,
    inForce: viewInForce(world),
    request,
    caller,
    sourceIp: sourceIpOf(world, caller, request.remoteAddress),
    region,
    requestId: newRequestId(world),
    now: new Date(world.clock()),
    noted: noteInnerCall({ world, caller, region }, "sso"),
  };
  let refusal: AwsError | undefined;
  try {
    call.noted.action = "GetRoleCredentials";
    return issueRoleSession(call, {
      instance,
      person: person.name,
      accountId: form.get("account_id") ?? "",
      permissionSet: form.get("role_name") ?? "",
    });
  } catch (error) {
    if (error instanceof AwsError) refusal = error;
    throw error;
  } finally {
    log.record({
      time: call.now,
      requestId: call.requestId,
      sourceIp: call.sourceIp,
      service: "sso",
      action: "GetRoleCredentials",
      principalArn: undefined,
      accountId: undefined,
      resource: call.noted.resource,
      status: refusal?.status ?? 200,
      errorCode: refusal?.code,
      faults: [],
    });
  }
}

function askForToken({ request, visitConsole }: PortalVisit, query: URLSearchParams): string {
  const answer = visitConsole({
    ...request,
    method: "GET",
    rawPath: "/federation",
    rawQuery: query.toString(),
    query,
    headers: new Map([["host", request.headers.get("host") ?? ""]]),
    body: Buffer.alloc(0),
  });
  const body: unknown = answer.status === 200 ? JSON.parse(answer.body.toString()) : undefined;
  if (typeof body === "object" && body !== null && "SigninToken" in body && typeof body.SigninToken === "string") {
    return body.SigninToken;
  }
  throw new Error(`the federation endpoint answered ${answer.status} to the portal`);
}
