// CloudFormation's refusals: the codes and HTTP statuses of its service model (API version 2010-05-15).
import { AwsError } from "../errors.js";

/** 400: CloudFormation's word for nearly everything that is wrong with a request or a template. */
export function validationError(message: string): AwsError {
  return new AwsError(400, "ValidationError", message);
}

/** 400: the template is not of CloudFormation's form. */
export function templateFormatError(message: string): AwsError {
  return validationError(`Template format error: ${message}`);
}

/** 400: the template has the right form and cannot be evaluated. */
export function templateError(message: string): AwsError {
  return validationError(`Template error: ${message}`);
}

/** 400: a stack or change set of this name is there. */
export function alreadyExists(message: string): AwsError {
  return new AwsError(400, "AlreadyExistsException", message);
}

/** 400: the caller has not acknowledged what the template makes. */
export function insufficientCapabilities(missing: readonly string[]): AwsError {
  return new AwsError(400, "InsufficientCapabilitiesException", `Requires capabilities : [${missing.join(", ")}]`);
}

/** 404: there is no change set of this name. */
export function noSuchChangeSet(name: string): AwsError {
  return new AwsError(404, "ChangeSetNotFound", `ChangeSet [${name}] does not exist`);
}

/** 400: the change set cannot be executed, or not be deleted, as it is. */
export function invalidChangeSetStatus(message: string): AwsError {
  return new AwsError(400, "InvalidChangeSetStatus", message);
}

const VERBATIM = "HandlerFailure";

/** A resource cannot be made, and the words are CloudFormation's own: they become the event's reason as they are. */
export function handlerFailure(reason: string): AwsError {
  return new AwsError(400, VERBATIM, reason);
}

/** Returns the reason of a failed resource's event, in the form that CloudFormation wraps a service's refusal in. */
export function reasonOf(
  error: AwsError,
  resourceType: string,
  ids: { readonly request: string; readonly token: string },
): string {
  if (error.code === VERBATIM) return error.message;
  const service = resourceType.startsWith("AWS::S3::") ? "S3" : "Iam";
  const told = `${error.message} (Service: ${service}, Status Code: ${error.status}, Request ID: ${ids.request})`;
  return `Resource handler returned message: "${told}" (RequestToken: ${ids.token}, HandlerErrorCode: ${handlerCode(error)})`;
}

/** CloudFormation CLI User Guide, "Handler error codes". */
function handlerCode({ code, status }: AwsError): string {
  if (status >= 500) return "ServiceInternalError";
  if (code.startsWith("AccessDenied")) return "AccessDenied";
  if (/AlreadyExists|AlreadyOwnedByYou/.test(code)) return "AlreadyExists";
  if (/^(NoSuch|NotFound)/.test(code)) return "NotFound";
  if (/LimitExceeded/.test(code)) return "ServiceLimitExceeded";
  if (/Conflict|BucketNotEmpty/.test(code)) return "ResourceConflict";
  return /Throttl|SlowDown/.test(code) ? "Throttling" : "InvalidRequest";
}
