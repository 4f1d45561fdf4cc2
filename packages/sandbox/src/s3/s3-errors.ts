// S3's refusals in its own words: Amazon S3 API Reference, "Error responses", unless a line names another source.
import { AwsError } from "../errors.js";

/** 403 for callers of other accounts and unsigned calls, which learn no reason (S3 User Guide, "Troubleshoot access denied (403 Forbidden) errors"). */
export function accessDenied(message = "Access Denied"): AwsError {
  return new AwsError(403, "AccessDenied", message);
}

/** 404 for a bucket that nobody owns. */
export function noSuchBucket(name: string): AwsError {
  return new AwsError(404, "NoSuchBucket", "The specified bucket does not exist", {
    details: { BucketName: name },
  });
}

/** 404 for a key without a current object; `headers` for a delete marker's. */
export function noSuchKey(key: string, headers: Readonly<Record<string, string>> = {}): AwsError {
  return new AwsError(404, "NoSuchKey", "The specified key does not exist.", { details: { Key: key }, headers });
}

/** 404 for a version id that the key does not have. */
export function noSuchVersion(key: string, versionId: string): AwsError {
  return new AwsError(404, "NoSuchVersion", "The specified version does not exist.", {
    details: { Key: key, VersionId: versionId },
  });
}

/** 400 for a parameter or header whose value is wrong. */
export function invalidArgument(message: string, name: string, value: string): AwsError {
  return new AwsError(400, "InvalidArgument", message, { details: { ArgumentName: name, ArgumentValue: value } });
}

/** 400 for a request whose parts do not go together. */
export function invalidRequest(message: string): AwsError {
  return new AwsError(400, "InvalidRequest", message);
}

/** 400 for a body that is not the XML that the operation takes. */
export function malformedXml(): AwsError {
  return new AwsError(
    400,
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
  );
}

/** 501 for a header, parameter or body element that AWS knows and the sandbox does not act on. Never a silent 200. */
export function notImplemented(part: "Header" | "Parameter" | "Element", name: string): AwsError {
  return new AwsError(501, "NotImplemented", "A header you provided implies functionality that is not implemented", {
    details: { [part]: name },
  });
}

/** 405 for a method that the resource does not have, or that does not apply to a delete marker. */
export function methodNotAllowed(
  method: string,
  resourceType: string,
  headers: Readonly<Record<string, string>> = {},
): AwsError {
  return new AwsError(405, "MethodNotAllowed", "The specified method is not allowed against this resource.", {
    details: { Method: method, ResourceType: resourceType },
    headers,
  });
}

/** 412 for a condition that does not hold. */
export function preconditionFailed(condition: string): AwsError {
  return new AwsError(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
    details: { Condition: condition },
  });
}
