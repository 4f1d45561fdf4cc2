/** AWS's limits. IAM User Guide, "IAM and AWS STS quotas"; CloudFormation User Guide, "CloudFormation quotas". */
export const limits = {
  /** Of one managed policy; white space is not counted by IAM, and is not written by us. */
  managedPolicyCharacters: 6144,
  /** On one role, unless the account has a higher quota. */
  managedPoliciesPerRole: 10,
  /** Of a trust policy, unless the account has a higher quota. */
  trustPolicyCharacters: 2048,
  roleNameCharacters: 64,
  /** Of a template in S3. */
  templateBytes: 1_000_000,
  /** Of a template sent as text. */
  templateBodyBytes: 51_200,
  /** Of a template's Description. */
  descriptionBytes: 1024,
  /** CloudFormation API Reference, CreateStack, TemplateURL. */
  templateUrlCharacters: 1024,
} as const;
