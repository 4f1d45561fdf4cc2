// The catalogue of condition keys: AWS's global ones, and those of the services that daypass deals with. Sources: IAM
// User Guide, "AWS global condition context keys" and "IAM and AWS STS condition context keys"; Service Authorization
// Reference, "Actions, resources, and condition keys for Amazon S3" and "for AWS Key Management Service".

const KEYS: Readonly<Record<string, string>> = {
  aws: `AssumedRoot CalledVia CalledViaFirst CalledViaLast ChatbotSourceArn CurrentTime Ec2InstanceSourcePrivateIPv4
    Ec2InstanceSourceVpc EpochTime FederatedProvider MultiFactorAuthAge MultiFactorAuthPresent PrincipalAccount
    PrincipalArn PrincipalIsAWSService PrincipalOrgID PrincipalOrgPaths PrincipalServiceName PrincipalServiceNamesList
    PrincipalType Referer RequestedRegion ResourceAccount ResourceOrgID ResourceOrgPaths SecureTransport SourceAccount
    SourceArn SourceIdentity SourceIp SourceOrgID SourceOrgPaths SourceVpc SourceVpcArn SourceVpce TagKeys
    TokenIssueTime UserAgent UserId UserName ViaAWSService VpceAccount VpceOrgID VpceOrgPaths VpcSourceIp`,
  iam: `AssociatedResourceArn AWSServiceName FIDO-certification FIDO-FIPS-140-2-certification
    FIDO-FIPS-140-3-certification OrganizationsPolicyId PassedToService PermissionsBoundary PolicyARN
    RegisterSecurityKey ServiceSpecificCredentialAgeDays ServiceSpecificCredentialServiceName`,
  sts: `AWSServiceName DurationSeconds ExternalId RequestContextProviders RoleSessionName SourceIdentity TaskPolicyArn
    TransitiveTagKeys`,
  s3: `AccessGrantsInstanceArn AccessPointNetworkOrigin AuthType DataAccessPointAccount DataAccessPointArn Delimiter
    if-match if-none-match InventoryAccessibleOptionalFields JobSuspendedCause LocationConstraint max-keys
    object-lock-legal-hold object-lock-mode object-lock-remaining-retention-days object-lock-retain-until-date
    ObjectCreationOperation Prefix RequestJobOperation RequestJobPriority RequestObjectTagKeys ResourceAccount
    SignatureAge SignatureVersion TlsVersion VersionId x-amz-acl x-amz-content-sha256 x-amz-copy-source
    x-amz-grant-full-control x-amz-grant-read x-amz-grant-read-acp x-amz-grant-write x-amz-grant-write-acp
    x-amz-metadata-directive x-amz-object-ownership x-amz-server-side-encryption
    x-amz-server-side-encryption-aws-kms-key-id x-amz-server-side-encryption-customer-algorithm x-amz-storage-class
    x-amz-website-redirect-location`,
  kms: `CallerAccount EncryptionAlgorithm EncryptionContextKeys GrantIsForAWSResource KeyOrigin KeySpec KeyUsage
    MultiRegion RequestAlias ResourceAliases ViaService`,
};

const PREFIXES: readonly string[] = [
  "aws:PrincipalTag/",
  "aws:RequestTag/",
  "aws:ResourceTag/",
  "iam:ResourceTag/",
  "kms:EncryptionContext:",
  "s3:BucketTag/",
  "s3:ExistingObjectTag/",
  "s3:RequestObjectTag/",
  "sts:RequestContext/",
].map((prefix) => prefix.toLowerCase());

const KNOWN: ReadonlySet<string> = new Set(
  Object.entries(KEYS).flatMap(([service, names]) =>
    names.split(/\s+/).map((name) => `${service}:${name}`.toLowerCase()),
  ),
);

/** What an OpenID Connect provider asserts, under the provider's own name and path: `accounts.google.com:aud`. */
const PROVIDER_KEY = /^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:\/[^\s:]*)?:(?:amr|aud|email|id|oaud|sub)$/;

/** Returns whether AWS documents the condition key. Case does not matter; a tag key needs its name. */
export function isKnownKey(key: string): boolean {
  const name = key.toLowerCase();
  return (
    KNOWN.has(name) ||
    PREFIXES.some((prefix) => name.length > prefix.length && name.startsWith(prefix)) ||
    PROVIDER_KEY.test(name)
  );
}
