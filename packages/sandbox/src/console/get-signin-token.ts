// The first half of a federated sign-in: temporary credentials in, a sign-in token out. Whoever has them needs no more
// proof, so all of them is compared. Source: IAM User Guide, "Enable custom identity broker access to the AWS console".
import * as v from "valibot";
import { callerOfSession } from "../authenticate.js";
import { viewInForce } from "../rehearsal/view-in-force.js";
import type { World } from "../world-types.js";
import type { Form } from "../wire/decode-form.js";
import { sameSignature } from "../wire/verify-signature.js";
import type { SigninTokens } from "./signin-tokens.js";
import { ConsoleRefusal } from "./visit.js";
import type { SignedIn } from "./visit.js";

const credentialsSchema = v.strictObject({ sessionId: v.string(), sessionKey: v.string(), sessionToken: v.string() });

export interface IssuedSigninToken {
  readonly token: string;
  readonly caller: Extract<SignedIn, { readonly kind: "session" }>;
}

/** Returns a sign-in token. Throws `ConsoleRefusal` 400, in the same words whatever is wrong with the credentials. */
export function getSigninToken(world: World, tokens: SigninTokens, form: Form): IssuedSigninToken {
  const type = form.get("SessionType");
  if (type !== undefined && type !== "json") {
    throw badRequest("The SessionType is not json.", "Leave SessionType out, or give it as json.");
  }
  const given = readCredentials(form.get("Session") ?? "");
  const session = world.sessions.get(given.sessionId);
  const isRight =
    session !== undefined &&
    sameSignature(session.secretAccessKey, given.sessionKey) &&
    sameSignature(session.sessionToken, given.sessionToken);
  const caller = isRight ? callerOfSession({ world, inForce: viewInForce(world) }, session) : undefined;
  // Only "AssumeRole (recommended) or GetFederationToken": GetSessionToken's credentials and long-term keys open nothing.
  if (session === undefined || caller === undefined || session.kind === "user") throw badCredentials();
  const durationSeconds = readDuration(form.get("SessionDuration"));
  if (durationSeconds !== undefined && (session.kind !== "role" || isChained(session.issuedTo))) {
    throw badRequest(
      "The SessionDuration parameter cannot be used with these credentials.",
      "Leave SessionDuration out: it is only for credentials of a role that was assumed with an IAM user's long-term key.",
    );
  }
  return { token: tokens.issue(session, durationSeconds), caller };
}

/**
 * "If you use the AssumeRole* API operations, you must call them as an IAM user with long-term credentials. Otherwise, the
 * call to the federation endpoint … fails", which users report of calls with SessionDuration only. A role that a web
 * identity or a service was given was asked for with no credentials at all.
 */
function isChained([issuedTo]: readonly string[]): boolean {
  return issuedTo !== undefined && !issuedTo.startsWith("AKIA");
}

function readCredentials(text: string): v.InferOutput<typeof credentialsSchema> {
  try {
    const result = v.safeParse(credentialsSchema, JSON.parse(text));
    if (result.success) return result.output;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw badRequest(
    "The Session parameter cannot be read.",
    "Give it as JSON with sessionId, sessionKey and sessionToken, percent-encoded.",
  );
}

/** Seconds, "from 900 seconds (15 minutes) to 43200 seconds (12 hours)". */
function readDuration(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (seconds >= 900 && seconds <= 43_200) return seconds;
  throw badRequest("The SessionDuration parameter is not valid.", "Give whole seconds from 900 to 43200.");
}

function badCredentials(): ConsoleRefusal {
  return badRequest(
    "Invalid credentials parameter.",
    "Use credentials of AssumeRole or GetFederationToken that have not expired, all three parts of them.",
  );
}

function badRequest(message: string, hint: string): ConsoleRefusal {
  return new ConsoleRefusal(400, message, hint);
}
