// Federated sign-in, as AWS's federation endpoint serves it: getSigninToken for programs, login for browsers. The token
// and the credentials are secrets: they are in no record, no page and no header of an answer but the one that issues them.
// Source: IAM User Guide, "Enable custom identity broker access to the AWS console".
import { accountIdOf, callerArn } from "../authorize.js";
import { callerOfSession } from "../authenticate.js";
import { AwsError } from "../errors.js";
import { newRequestId } from "../identifiers.js";
import { sourceIpOf } from "../rehearsal/source-ip.js";
import { viewInForce } from "../rehearsal/view-in-force.js";
import type { HttpAnswer, HttpRequest } from "../types.js";
import { parseForm } from "../wire/decode-form.js";
import type { Form } from "../wire/decode-form.js";
import { claimedService } from "../wire/read-signature.js";
import { cookieHeader } from "./console-sessions.js";
import { getSigninToken } from "./get-signin-token.js";
import { html } from "./html.js";
import { readDestination } from "./read-destination.js";
import { COMMON, nameOf, renderPublicPage } from "./render-page.js";
import { refusalPage } from "./show-refusal.js";
import type { Arrival } from "./sign-in.js";
import type { SigninTokens } from "./signin-tokens.js";
import { ConsoleRefusal } from "./visit.js";
import type { SignedIn } from "./visit.js";

const PATH = "/federation";
/** What an address says must not travel on to the next page. */
const SECRET = { "referrer-policy": "no-referrer" };

/** Returns whether the request is for the federation endpoint. A bucket may have this name too: not with an Action. */
export function isForFederation(request: HttpRequest): boolean {
  if (request.rawPath !== PATH || claimedService(request) !== undefined) return false;
  return request.query.has("Action") || isForm(request);
}

/** Answers at the federation endpoint, with a page and 400 for what AWS refuses. */
export function answerFederation(arrival: Arrival, tokens: SigninTokens): HttpAnswer {
  const answer = answerOrRefuse(arrival, tokens);
  return { ...answer, headers: { ...answer.headers, ...SECRET } };
}

function answerOrRefuse(arrival: Arrival, tokens: SigninTokens): HttpAnswer {
  try {
    return answerAction(arrival, tokens);
  } catch (error) {
    if (!(error instanceof ConsoleRefusal || error instanceof AwsError)) throw error;
    return refusalPage(arrival.world, undefined, error);
  }
}

function answerAction(arrival: Arrival, tokens: SigninTokens): HttpAnswer {
  const form = readForm(arrival.request);
  const action = form.get("Action");
  if (action === "getSigninToken") return answerGetSigninToken(arrival, tokens, form);
  if (action === "login") return answerLogin(arrival, tokens, form);
  throw new ConsoleRefusal(400, "The Action parameter is not valid.", "Give getSigninToken or login.");
}

function isForm(request: HttpRequest): boolean {
  const type = request.headers.get("content-type") ?? "";
  return request.method === "POST" && /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type);
}

function readForm(request: HttpRequest): Form {
  if (request.method === "GET") return parseForm(request.rawQuery);
  // One place only: what is read twice may be checked once.
  if (isForm(request) && request.rawQuery === "") return parseForm(request.body.toString("utf8"));
  throw new ConsoleRefusal(
    400,
    "The request cannot be read.",
    "Send the parameters once, in the address or as a form.",
  );
}

function answerGetSigninToken(arrival: Arrival, tokens: SigninTokens, form: Form): HttpAnswer {
  try {
    const { token, caller } = getSigninToken(arrival.world, tokens, form);
    record(arrival, "GetSigninToken", caller);
    return {
      status: 200,
      headers: { ...COMMON, "content-type": "application/json" },
      body: JSON.stringify({ SigninToken: token }),
    };
  } catch (error) {
    record(arrival, "GetSigninToken", undefined);
    throw error;
  }
}

/**
 * Signs the browser in and says so, with a link to go on. A GET that changes something is AWS's own design: whoever has
 * the token may sign any browser in.
 */
function answerLogin(arrival: Arrival, tokens: SigninTokens, form: Form): HttpAnswer {
  const { world, sessions, visitor, request } = arrival;
  // Before the token is used up: a mistake in the link is not to cost it.
  const destination = readDestination(form.get("Destination") ?? "", request.headers.get("host") ?? "");
  const session = tokens.redeem(form.get("SigninToken") ?? "");
  const known = { world, inForce: viewInForce(world) };
  const caller = session === undefined ? undefined : callerOfSession(known, session);
  record(arrival, "ConsoleLogin", caller);
  if (session === undefined || caller === undefined) {
    throw new ConsoleRefusal(
      400,
      "The sign-in token is not valid any more.",
      "Ask for a new link: each works once, and for 15 minutes.",
    );
  }
  sessions.end(visitor.id);
  const accountId = accountIdOf(caller) ?? "";
  const account = world.accounts.get(accountId);
  const issuer = form.get("Issuer");
  return renderPublicPage(world, {
    title: "Signed in",
    script: false,
    headers: { "set-cookie": cookieHeader(request, sessions.beginFederated(session)) },
    body: html`<h1>You are signed in</h1>
      <dl class="facts">
        <div>
          <dt>Account</dt>
          <dd>${accountId}${account === undefined ? "" : ` (${account.name})`}</dd>
        </div>
        <div>
          <dt>As</dt>
          <dd>${nameOf(caller)}</dd>
        </div>
        <div>
          <dt>Until</dt>
          <dd><time>${session.expiration.toISOString().replace(/\.\d{3}Z$/, "Z")}</time></dd>
        </div>
        ${
          issuer !== undefined &&
          html`<div>
            <dt>Sent by</dt>
            <dd>${issuer}</dd>
          </div>`
        }
        <div>
          <dt>On AWS you would now be at</dt>
          <dd>${destination.shown}</dd>
        </div>
      </dl>
      <p><a href="${destination.path}">Go on in this sandbox's console</a></p>`,
  });
}

function record({ world, log, request }: Arrival, action: string, caller: SignedIn | undefined): void {
  log.record({
    time: new Date(world.clock()),
    requestId: newRequestId(world),
    sourceIp: sourceIpOf(world, caller, request.remoteAddress),
    service: "signin",
    action,
    principalArn: caller === undefined ? undefined : callerArn(caller),
    accountId: caller === undefined ? undefined : accountIdOf(caller),
    resource: undefined,
    status: caller === undefined ? 400 : 200,
    errorCode: caller === undefined ? "InvalidRequest" : undefined,
    faults: [],
  });
}
