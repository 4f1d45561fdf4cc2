// IAM's refusals: the codes and HTTP statuses of the IAM service model, so that no operation spells them out.
import { AwsError } from "../errors.js";

/** 404: what the caller named does not exist. */
export function noSuchEntity(message: string): AwsError {
  return new AwsError(404, "NoSuchEntity", message);
}

/** 409: the name is taken. */
export function entityAlreadyExists(message: string): AwsError {
  return new AwsError(409, "EntityAlreadyExists", message);
}

/** 409: something still hangs on what is to be deleted. */
export function deleteConflict(message: string): AwsError {
  return new AwsError(409, "DeleteConflict", message);
}

/** 409: a quota of the IAM User Guide, "IAM and AWS STS quotas", would be exceeded. */
export function limitExceeded(message: string): AwsError {
  return new AwsError(409, "LimitExceeded", message);
}

/**
 * 400: the role is AWS's own to change. The text is as users of Identity Center report it
 * (https://github.com/hashicorp/terraform-provider-aws/issues/15158).
 */
export function protectedRole(name: string): AwsError {
  return new AwsError(
    400,
    "UnmodifiableEntity",
    `Cannot perform the operation on the protected role '${name}' - this role is only modifiable by AWS`,
  );
}

/** Returns whether things of this path are AWS's own, such as Identity Center's roles. */
export function isReserved(path: string): boolean {
  return path.startsWith("/aws-reserved/");
}

/** 400: a parameter has the right form and a meaning that IAM refuses. */
export function invalidInput(message: string): AwsError {
  return new AwsError(400, "InvalidInput", message);
}

/** 400: a parameter has a form that IAM refuses. */
export function validationError(message: string): AwsError {
  return new AwsError(400, "ValidationError", message);
}

/** 400: the document is no policy that IAM would save. */
export function malformedPolicyDocument(message: string): AwsError {
  return new AwsError(400, "MalformedPolicyDocument", message);
}
