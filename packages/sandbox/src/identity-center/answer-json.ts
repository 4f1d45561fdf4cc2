// Answers of Identity Center on the wire: rest-json, one form of refusal for each of its two services.
import type { AwsError } from "../errors.js";
import type { HttpAnswer } from "../types.js";
import type { IdentityCenterService } from "./route-request.js";

/** Returns an answer with a body of JSON. */
export function answerJson(requestId: string, body: object): HttpAnswer {
  return { status: 200, headers: headersOf(requestId), body: JSON.stringify(body) };
}

/**
 * Renders a refusal: SSO OIDC's as OAuth has it (RFC 6749, section 5.2), the portal's as the SDKs' logs show it
 * (https://github.com/61418/aws-sso-util/issues/74).
 */
export function renderIdentityCenterError(
  service: IdentityCenterService,
  error: AwsError,
  requestId: string,
): HttpAnswer {
  const { status, code, message } = error;
  const body =
    service === "sso-oidc"
      ? { error: oauthCode(code), error_description: message }
      : { message, __type: `com.amazonaws.switchboard.portal#${code}` };
  return {
    status,
    headers: { ...error.headers, ...headersOf(requestId), "x-amzn-errortype": code },
    body: JSON.stringify(body),
  };
}

/** `AuthorizationPendingException` is `authorization_pending` in OAuth's spelling. */
function oauthCode(code: string): string {
  return code
    .replace(/Exception$/, "")
    .replace(/(?<=[a-z])(?=[A-Z])/g, "_")
    .toLowerCase();
}

function headersOf(requestId: string): Readonly<Record<string, string>> {
  return { "content-type": "application/json", "cache-control": "no-store", "x-amzn-requestid": requestId };
}
