// Reads role ARNs strictly, and says what makes two of them the same role.
import { CrossAccountError } from "./errors.js";
import type { ProvenRole } from "./types.js";

/** The parts of a role's ARN. */
export interface RoleArn {
  /** Canonical: exactly as AWS writes it. */
  readonly roleArn: string;
  readonly partition: string;
  readonly accountId: string;
  /** With both slashes; `/` when there is none. */
  readonly path: string;
  readonly roleName: string;
}

// Path and name: IAM API Reference, CreateRole. We take the path's printable characters narrower than AWS does.
const roleArnShape =
  /^arn:(aws|aws-cn|aws-us-gov):iam::([0-9]{12}):role(\/(?:[\w+=,.@-]{1,128}\/)*)([\w+=,.@-]{1,64})$/;

/**
 * Reads a pasted role ARN; blanks around it are dropped, nothing else is forgiven. Throws `CrossAccountError`
 * `invalid_option` for anything that is not the ARN of a role that a customer can create.
 */
export function parseRoleArn(text: string): RoleArn {
  const roleArn = text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
  const parts = roleArn.length <= 2048 ? roleArnShape.exec(roleArn) : null;
  const [, partition, accountId, path, roleName] = parts ?? [];
  if (partition === undefined || accountId === undefined || path === undefined || roleName === undefined) {
    throw new CrossAccountError("invalid_option", "this is not the ARN of an IAM role", {
      hint: "copy it from the role's page in the IAM console; it looks like arn:aws:iam::123456789012:role/NAME",
    });
  }
  // IAM User Guide, "Service-linked roles", and IAM Identity Center User Guide: nobody but AWS can edit their trust policies.
  if (path.startsWith("/aws-service-role/") || path.startsWith("/aws-reserved/")) {
    throw new CrossAccountError("invalid_option", "this role belongs to AWS, its trust policy cannot name a vendor", {
      hint: "create a role of its own for this integration",
    });
  }
  return { roleArn, partition, accountId, path, roleName };
}

/**
 * What a role occupies: no two integrations that are not revoked may share one of these texts. IAM names are unique in an
 * account whatever their case and path (IAM API Reference, CreateRole, RoleName), and the unique id is the role itself.
 */
export function roleClaims(role: ProvenRole): readonly string[] {
  const { partition, accountId, roleName } = parseRoleArn(role.roleArn);
  return [`name:${partition}:${accountId}:${roleName.toLowerCase()}`, `unique-id:${role.roleUniqueId}`];
}
