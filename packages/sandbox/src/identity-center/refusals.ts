// How Identity Center says no: the exceptions and statuses of the service models of SSO OIDC and SSO (2019-06-10).
import { AwsError } from "../errors.js";

type OidcCode =
  | "AccessDeniedException"
  | "AuthorizationPendingException"
  | "ExpiredTokenException"
  | "InvalidClientException"
  | "InvalidClientMetadataException"
  | "InvalidGrantException"
  | "InvalidRedirectUriException"
  | "InvalidRequestException"
  | "InvalidScopeException"
  | "SlowDownException"
  | "UnauthorizedClientException"
  | "UnsupportedGrantTypeException";

/** Returns a refusal of SSO OIDC. AWS documents the exceptions, not their descriptions: those are ours. */
export function oidcRefusal(code: OidcCode, description: string): AwsError {
  return new AwsError(code === "InvalidClientException" ? 401 : 400, code, description);
}

/** The text is as users of the SDKs report it (https://github.com/aws/aws-cli/issues/7340). */
export function tokenNotFound(): AwsError {
  return new AwsError(401, "UnauthorizedException", "Session token not found or invalid");
}

/** Not in the service model; code, status and text are as users of the AWS CLI report them. */
export function noAccess(): AwsError {
  return new AwsError(403, "ForbiddenException", "No access");
}

/** Returns a refusal of the portal; the text is ours. */
export function invalidRequest(message: string): AwsError {
  return new AwsError(400, "InvalidRequestException", message);
}
