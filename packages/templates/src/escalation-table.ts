// The actions by which a principal can get more than it was given. Sources: IAM User Guide, "Security best practices in
// IAM" and "Permissions boundaries"; Service Authorization Reference, access level "Permissions management"; Rhino
// Security Labs, "AWS IAM Privilege Escalation: Methods and Mitigation".

export interface Escalation {
  /** What it leads to, as the end of a sentence that the action begins. */
  readonly leads: string;
  /** What it is when the resources are named: no matter, something to look at, or as grave. */
  readonly narrow: "sound" | "warning" | "error";
  /** Condition keys that take the sting out; one that ends in `/` goes on with a name. */
  readonly limits: readonly string[];
  /** The limits count only where the resources are named as well. */
  readonly widthMatters?: true;
  /** Actions that make use of it. */
  readonly together?: readonly string[];
}

const TAGGED = ["aws:ResourceTag/"];
const ATTACHING = ["iam:PolicyARN", "iam:PermissionsBoundary"];
const BOUNDED = ["iam:PermissionsBoundary"];

const always = (leads: string, limits: readonly string[] = []): Escalation => ({ leads, narrow: "error", limits });
const wide = (leads: string, limits: readonly string[] = TAGGED): Escalation => ({ leads, narrow: "sound", limits });

const OTHERS_POLICY = "gives any right to whoever has the policy";
const OTHERS_SECRET = "makes a secret for another person's user";
const OTHERS_CODE = "runs code with the rights of another's role";

/** Action → what it leads to. */
export const ESCALATIONS: ReadonlyMap<string, Escalation> = new Map<string, Escalation>(
  Object.entries({
    "cloudformation:CreateChangeSet": wide("changes stacks with the rights of the stack's role"),
    "cloudformation:SetStackPolicy": wide("takes the protection from stacks"),
    "cloudformation:UpdateStack": wide("changes stacks with the rights of the stack's role"),
    "codebuild:StartBuild": wide(OTHERS_CODE),
    "codebuild:UpdateProject": wide(OTHERS_CODE),
    "ec2-instance-connect:SendSSHPublicKey": wide("enters instances and takes their roles"),
    "ec2:ModifyInstanceAttribute": wide("changes what instances run with their roles at the next start", [
      "aws:ResourceTag/",
      "ec2:ResourceTag/",
      "ec2:Attribute",
      "ec2:Attribute/",
    ]),
    "ecs:ExecuteCommand": wide("enters containers and takes their roles", [
      ...TAGGED,
      "ecs:cluster",
      "ecs:ResourceTag/",
    ]),
    "glue:UpdateDevEndpoint": wide(OTHERS_CODE),
    "glue:UpdateJob": wide(OTHERS_CODE),
    "iam:AddUserToGroup": always("gives a user the rights of the group"),
    "iam:AttachGroupPolicy": always("gives a group any policy", ["iam:PolicyARN"]),
    "iam:AttachRolePolicy": always("gives a role any policy", ATTACHING),
    "iam:AttachUserPolicy": always("gives a user any policy", ATTACHING),
    "iam:CreateAccessKey": always(OTHERS_SECRET),
    "iam:CreateLoginProfile": always(OTHERS_SECRET),
    "iam:CreateOpenIDConnectProvider": always("lets strangers sign in wherever a role trusts them"),
    "iam:CreatePolicyVersion": always(OTHERS_POLICY),
    "iam:CreateSAMLProvider": always("lets strangers sign in wherever a role trusts them"),
    "iam:CreateServiceSpecificCredential": always(OTHERS_SECRET),
    "iam:DeactivateMFADevice": always("takes away a user's second factor"),
    "iam:DeleteRolePermissionsBoundary": always("takes the limit from a role"),
    "iam:DeleteUserPermissionsBoundary": always("takes the limit from a user"),
    "iam:PassRole": {
      leads: "hands a role to a service, which then acts with its rights",
      narrow: "warning",
      limits: ["iam:PassedToService"],
      widthMatters: true,
      together: [
        "autoscaling:CreateLaunchConfiguration",
        "cloudformation:CreateStack",
        "codebuild:CreateProject",
        "datapipeline:CreatePipeline",
        "ec2:AssociateIamInstanceProfile",
        "ec2:RunInstances",
        "ecs:RegisterTaskDefinition",
        "ecs:RunTask",
        "glue:CreateDevEndpoint",
        "glue:CreateJob",
        "lambda:CreateFunction",
        "sagemaker:CreateNotebookInstance",
        "sagemaker:CreateTrainingJob",
        "ssm:StartAutomationExecution",
        "states:CreateStateMachine",
      ],
    },
    "iam:PutGroupPolicy": always("gives a group any right"),
    "iam:PutRolePermissionsBoundary": always("widens the limit of a role", BOUNDED),
    "iam:PutRolePolicy": always("gives a role any right", BOUNDED),
    "iam:PutUserPermissionsBoundary": always("widens the limit of a user", BOUNDED),
    "iam:PutUserPolicy": always("gives a user any right", BOUNDED),
    "iam:SetDefaultPolicyVersion": always(OTHERS_POLICY),
    "iam:UpdateAccessKey": always("wakes a key that was put to rest"),
    "iam:UpdateAssumeRolePolicy": always("lets anybody into the role"),
    "iam:UpdateLoginProfile": always(OTHERS_SECRET),
    "iam:UpdateSAMLProvider": always("lets strangers sign in wherever a role trusts them"),
    "iam:UploadSSHPublicKey": always(OTHERS_SECRET),
    "iam:UploadSigningCertificate": always(OTHERS_SECRET),
    "identitystore:CreateGroupMembership": always("gives a person the rights of the group"),
    "kms:CreateGrant": wide("gives anybody the use of keys", [
      ...TAGGED,
      "kms:GrantConstraintType",
      "kms:GranteePrincipal",
      "kms:GrantIsForAWSResource",
      "kms:GrantOperations",
      "kms:RequestAlias",
      "kms:ResourceAliases",
      "kms:ViaService",
    ]),
    "kms:PutKeyPolicy": wide("gives anybody the use of keys", [...TAGGED, "kms:ResourceAliases"]),
    "lambda:AddPermission": wide("lets anybody call functions", [...TAGGED, "lambda:Principal"]),
    "lambda:UpdateFunctionCode": wide(OTHERS_CODE),
    "lambda:UpdateFunctionConfiguration": wide(OTHERS_CODE, [...TAGGED, "lambda:Layer"]),
    "organizations:AttachPolicy": wide("changes the limits of whole accounts", ["organizations:PolicyType"]),
    "organizations:DetachPolicy": wide("changes the limits of whole accounts", ["organizations:PolicyType"]),
    "s3:DeleteBucketPolicy": wide("takes the protection from buckets", [...TAGGED, "s3:BucketTag/"]),
    "s3:PutBucketAcl": wide("opens buckets to anybody", [...TAGGED, "s3:BucketTag/"]),
    "s3:PutBucketPolicy": wide("opens buckets to anybody", [...TAGGED, "s3:BucketTag/"]),
    "sagemaker:CreatePresignedNotebookInstanceUrl": wide("enters notebooks and takes their roles", [
      ...TAGGED,
      "sagemaker:ResourceTag/",
    ]),
    "secretsmanager:PutResourcePolicy": wide("gives anybody the secrets", [...TAGGED, "secretsmanager:ResourceTag/"]),
    "ssm:SendCommand": wide("runs commands on instances with their roles", [...TAGGED, "ssm:ResourceTag/"]),
    "ssm:StartSession": wide("enters instances and takes their roles", [...TAGGED, "ssm:ResourceTag/"]),
    "sso:AttachManagedPolicyToPermissionSet": always("gives people any policy in whole accounts"),
    "sso:CreateAccountAssignment": always("gives people whole accounts"),
    "sso:PutInlinePolicyToPermissionSet": always("gives people any right in whole accounts"),
    "states:UpdateStateMachine": wide(OTHERS_CODE),
    "sts:AssumeRole": wide("enters every role that trusts this account", [...TAGGED, "iam:ResourceTag/"]),
  }),
);

/** Actions on a role, user or policy by which it would change its own rights, or be handed on. */
export const SELF_CHANGES: ReadonlyMap<string, "role" | "user" | "policy"> = new Map([
  ["iam:AttachRolePolicy", "role"],
  ["iam:AttachUserPolicy", "user"],
  ["iam:CreateAccessKey", "user"],
  ["iam:CreateLoginProfile", "user"],
  ["iam:CreatePolicyVersion", "policy"],
  ["iam:CreateRole", "role"],
  ["iam:DeletePolicyVersion", "policy"],
  ["iam:DeleteRolePermissionsBoundary", "role"],
  ["iam:DeleteRolePolicy", "role"],
  ["iam:DeleteUserPermissionsBoundary", "user"],
  ["iam:DeleteUserPolicy", "user"],
  ["iam:DetachRolePolicy", "role"],
  ["iam:DetachUserPolicy", "user"],
  ["iam:PassRole", "role"],
  ["iam:PutRolePermissionsBoundary", "role"],
  ["iam:PutRolePolicy", "role"],
  ["iam:PutUserPermissionsBoundary", "user"],
  ["iam:PutUserPolicy", "user"],
  ["iam:SetDefaultPolicyVersion", "policy"],
  ["iam:TagRole", "role"],
  ["iam:TagUser", "user"],
  ["iam:UntagRole", "role"],
  ["iam:UntagUser", "user"],
  ["iam:UpdateAssumeRolePolicy", "role"],
  ["iam:UpdateRole", "role"],
] as const);
