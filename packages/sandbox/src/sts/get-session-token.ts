// GetSessionToken: a user's own session, with the mark that they showed a code or without it. STS API Reference,
// "GetSessionToken": no permissions are required, "You cannot use policies to control authentication operations".
import { defineOperation } from "../wire/operation.js";
import { integer } from "../wire/shapes.js";
import { issueUserSession, renderCredentials } from "./issue-session.js";
import { mfaInput } from "./input-shapes.js";
import { requireLongTermKey } from "./require-long-term-key.js";
import { requireMfa } from "./require-mfa.js";

/** The same page: 12 hours unless the user asks for another duration, up to 36. */
const DEFAULT_SECONDS = 43_200;

/** Returns credentials of the calling user. Throws `AccessDenied` for callers without long-term keys, and for a wrong code. */
export const getSessionToken = defineOperation(
  { DurationSeconds: integer(false, { min: 900, max: 129_600 }), ...mfaInput },
  (call, request) => {
    const user = requireLongTermKey(call, "GetSessionToken");
    const showedCode = requireMfa(call, request.SerialNumber, request.TokenCode);
    const session = issueUserSession(call, user, {
      durationSeconds: request.DurationSeconds ?? DEFAULT_SECONDS,
      mfaAuthenticated: showedCode ? call.now : undefined,
    });
    return { Credentials: renderCredentials(session) };
  },
);
