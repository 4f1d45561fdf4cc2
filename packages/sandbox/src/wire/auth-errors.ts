// What AWS says when it will not believe a request. S3 and the query-protocol services word it differently.
// Sources: IAM API Reference and STS API Reference, "Common Errors"; Amazon S3 API Reference, "Error responses";
// texts as publicly reported by users of the SDKs.
import { AwsError } from "../errors.js";

/** Whose words to use: S3's, or those of every other service. */
export type AuthDialect = "s3" | "query";

export function missingAuthentication(): AwsError {
  return new AwsError(403, "MissingAuthenticationToken", "Request is missing Authentication Token");
}

export function unknownKey(dialect: AuthDialect): AwsError {
  return dialect === "s3"
    ? new AwsError(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")
    : new AwsError(403, "InvalidClientTokenId", "The security token included in the request is invalid");
}

export function invalidToken(dialect: AuthDialect): AwsError {
  return dialect === "s3"
    ? new AwsError(400, "InvalidToken", "The provided token is malformed or otherwise invalid.")
    : unknownKey("query");
}

export function expiredToken(dialect: AuthDialect): AwsError {
  return dialect === "s3"
    ? new AwsError(400, "ExpiredToken", "The provided token has expired.")
    : new AwsError(403, "ExpiredToken", "The security token included in the request is expired");
}

/** The signature is wrong, or, with a `reason`, cannot be right. */
export function signatureDoesNotMatch(dialect: AuthDialect, reason?: string): AwsError {
  const text =
    dialect === "s3"
      ? "The request signature we calculated does not match the signature you provided. Check your key and signing method."
      : "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.";
  return new AwsError(403, "SignatureDoesNotMatch", reason ?? text);
}

/** The Authorization header, or its counterpart in the query, is not of SigV4's form. */
export function malformedAuthorization(dialect: AuthDialect, presigned: boolean, reason: string): AwsError {
  if (dialect === "query") return new AwsError(403, "IncompleteSignature", reason);
  return presigned
    ? new AwsError(400, "AuthorizationQueryParametersError", reason)
    : new AwsError(400, "AuthorizationHeaderMalformed", `The authorization header is malformed; ${reason}`);
}

export function unsupportedMechanism(dialect: AuthDialect): AwsError {
  return dialect === "s3"
    ? new AwsError(
        400,
        "InvalidRequest",
        "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.",
      )
    : new AwsError(403, "IncompleteSignature", "Unsupported AWS 'algorithm': only AWS4-HMAC-SHA256 is accepted.");
}

export function invalidUri(): AwsError {
  return new AwsError(400, "InvalidURI", "Couldn't parse the specified URI.");
}
