// What vendors really ask for, written soundly: nothing may be found, or nobody will read what is.
import { lintPermissions } from "@daypass/templates";
import type { PermissionStatement, PolicyConditions } from "@daypass/templates";
import { describe, expect, it } from "vitest";
import { allow, deny, OWN_ACCOUNT, role } from "./lint-describe.js";

const MANAGED: PolicyConditions = { StringEquals: { "aws:ResourceTag/ManagedBy": "acme" } };
const HERE = "arn:${AWS::Partition}";

const SOUND: readonly (readonly [string, readonly PermissionStatement[]])[] = [
  ["describing instances", [allow(["ec2:DescribeInstances", "ec2:DescribeTags", "ec2:DescribeVolumes"], "*")]],
  ["describing in one region", [allow("ec2:DescribeInstances", "*", { StringEquals: { "ec2:Region": "eu-west-1" } })]],
  [
    "describing in some regions",
    [
      allow(["ec2:DescribeInstances", "rds:DescribeDBInstances"], "*", {
        StringEquals: { "aws:RequestedRegion": ["eu-west-1", "eu-central-1"] },
      }),
    ],
  ],
  ["stopping what is tagged", [allow(["ec2:StopInstances", "ec2:StartInstances"], "*", MANAGED)]],
  [
    "stopping what is tagged, by EC2's own key",
    [
      allow("ec2:TerminateInstances", `${HERE}:ec2:*:\${AWS::AccountId}:instance/*`, {
        StringEquals: { "ec2:ResourceTag/ManagedBy": "acme" },
      }),
    ],
  ],
  [
    "launching with a tag, in two statements and a third for the tag",
    [
      allow(
        "ec2:RunInstances",
        ["arn:aws:ec2:*:*:instance/*", "arn:aws:ec2:*:*:volume/*", "arn:aws:ec2:*:*:network-interface/*"],
        {
          StringEquals: { "aws:RequestTag/ManagedBy": "acme" },
        },
        { sid: "Launch" },
      ),
      allow(
        "ec2:RunInstances",
        [
          "arn:aws:ec2:*::image/*",
          "arn:aws:ec2:*:*:subnet/*",
          "arn:aws:ec2:*:*:security-group/*",
          "arn:aws:ec2:*:*:key-pair/*",
        ],
        undefined,
        { sid: "LaunchFrom" },
      ),
      allow(
        "ec2:CreateTags",
        "arn:aws:ec2:*:*:*/*",
        { StringEquals: { "ec2:CreateAction": "RunInstances" } },
        { sid: "Tag" },
      ),
    ],
  ],
  [
    "snapshots of tagged volumes",
    [
      allow("ec2:CreateSnapshot", "arn:aws:ec2:*:*:volume/*", MANAGED, { sid: "From" }),
      allow(
        "ec2:CreateSnapshot",
        "arn:aws:ec2:*::snapshot/*",
        { StringEquals: { "aws:RequestTag/ManagedBy": "acme" } },
        { sid: "To" },
      ),
      allow(
        "ec2:CreateTags",
        "arn:aws:ec2:*::snapshot/*",
        { StringEquals: { "ec2:CreateAction": "CreateSnapshot" } },
        { sid: "Tag" },
      ),
      allow("ec2:DeleteSnapshot", "arn:aws:ec2:*::snapshot/*", MANAGED, { sid: "Prune" }),
    ],
  ],
  ["listing buckets", [allow("s3:ListAllMyBuckets", "*")]],
  ["listing buckets, as AWS's examples do", [allow("s3:ListAllMyBuckets", "arn:aws:s3:::*")]],
  [
    "reading a bucket and its objects",
    [
      allow(
        ["s3:GetObject", "s3:ListBucket", "s3:GetBucketLocation"],
        ["arn:aws:s3:::acme-*", "arn:aws:s3:::acme-*/*"],
        OWN_ACCOUNT,
      ),
    ],
  ],
  [
    "reading below one prefix",
    [
      allow(
        "s3:ListBucket",
        "arn:aws:s3:::acme-reports-${AWS::AccountId}",
        { ...OWN_ACCOUNT, StringLike: { "s3:prefix": "in/*" } },
        { sid: "Look" },
      ),
      allow(
        ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
        "arn:aws:s3:::acme-reports-${AWS::AccountId}/in/*",
        OWN_ACCOUNT,
        { sid: "Use" },
      ),
    ],
  ],
  [
    "how buckets are configured",
    [
      allow(
        ["s3:GetBucketPolicy", "s3:GetEncryptionConfiguration", "s3:GetBucketTagging", "s3:GetBucketPublicAccessBlock"],
        "*",
        OWN_ACCOUNT,
      ),
    ],
  ],
  ["the account's public access block", [allow("s3:GetAccountPublicAccessBlock", "*")]],
  [
    "writing encrypted only",
    [
      allow("s3:PutObject", "arn:aws:s3:::acme-drop/*", {
        StringEquals: { "aws:ResourceAccount": "${AWS::AccountId}", "s3:x-amz-server-side-encryption": "aws:kms" },
      }),
    ],
  ],
  ["metrics", [allow(["cloudwatch:GetMetricData", "cloudwatch:ListMetrics", "cloudwatch:GetMetricStatistics"], "*")]],
  [
    "writing metrics of one namespace",
    [allow("cloudwatch:PutMetricData", "*", { StringEquals: { "cloudwatch:namespace": "Acme" } })],
  ],
  ["log groups", [allow(["logs:DescribeLogGroups", "logs:DescribeLogStreams"], "*")]],
  [
    "reading one log group",
    [allow(["logs:GetLogEvents", "logs:FilterLogEvents"], "arn:aws:logs:*:${AWS::AccountId}:log-group:/acme/*:*")],
  ],
  ["writing logs", [allow(["logs:CreateLogStream", "logs:PutLogEvents"], "arn:aws:logs:*:*:log-group:/acme/*:*")]],
  [
    "using a key through S3",
    [
      allow(["kms:Decrypt", "kms:GenerateDataKey"], "arn:aws:kms:*:*:key/*", {
        StringLike: { "kms:ViaService": "s3.*.amazonaws.com" },
      }),
    ],
  ],
  ["describing keys", [allow(["kms:ListAliases", "kms:ListKeys", "kms:DescribeKey"], "*")]],
  [
    "grants for EBS",
    [allow("kms:CreateGrant", "arn:aws:kms:*:*:key/*", { Bool: { "kms:GrantIsForAWSResource": "true" } })],
  ],
  ["one secret", [allow("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:*:${AWS::AccountId}:secret:acme/*")]],
  [
    "parameters below a path",
    [allow(["ssm:GetParameter", "ssm:GetParametersByPath"], "arn:aws:ssm:*:*:parameter/acme/*")],
  ],
  [
    "commands on tagged instances",
    [
      allow(
        "ssm:SendCommand",
        "arn:aws:ec2:*:*:instance/*",
        { StringEquals: { "ssm:resourceTag/ManagedBy": "acme" } },
        { sid: "On" },
      ),
      allow("ssm:SendCommand", "arn:aws:ssm:*::document/AWS-RunShellScript", undefined, { sid: "What" }),
    ],
  ],
  ["calling one function", [allow("lambda:InvokeFunction", "arn:aws:lambda:*:*:function:acme-*")]],
  ["updating one function", [allow("lambda:UpdateFunctionCode", "arn:aws:lambda:*:*:function:acme-*")]],
  ["a queue", [allow(["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"], "arn:aws:sqs:*:*:acme-*")]],
  ["publishing to a topic", [allow("sns:Publish", "arn:aws:sns:*:*:acme-*")]],
  [
    "a table and its indexes",
    [
      allow(
        ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem"],
        ["arn:aws:dynamodb:*:*:table/acme-*", "arn:aws:dynamodb:*:*:table/acme-*/index/*"],
        {
          "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["acme"] },
        },
      ),
    ],
  ],
  [
    "passing one role to one service",
    [
      allow("iam:PassRole", "arn:aws:iam::${AWS::AccountId}:role/acme-workers/*", {
        StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" },
      }),
    ],
  ],
  [
    "reading roles at another path",
    [allow(["iam:GetRole", "iam:ListRolePolicies"], "arn:aws:iam::*:role/acme-workers/*")],
  ],
  [
    "auditing IAM without the canary",
    [
      allow(
        ["iam:ListRoles", "iam:GetRole", "iam:ListUsers", "iam:GetAccountSummary", "iam:GenerateCredentialReport"],
        "*",
      ),
    ],
  ],
  ["one role in other accounts", [allow("sts:AssumeRole", "arn:aws:iam::*:role/acme-spoke")]],
  ["cost and usage", [allow(["ce:GetCostAndUsage", "ce:GetCostForecast", "organizations:ListAccounts"], "*")]],
  ["clusters", [allow(["eks:ListClusters", "eks:DescribeCluster", "ecs:ListClusters", "ecs:DescribeClusters"], "*")]],
  [
    "everything but what is denied",
    [
      allow(["s3:GetObject"], "arn:aws:s3:::acme-*/*", OWN_ACCOUNT),
      deny("s3:*", "arn:aws:s3:::acme-*/private/*"),
      deny("*", "*", { Bool: { "aws:SecureTransport": "false" } }, { sid: "Encrypted" }),
      deny(
        ["ec2:RunInstances", "rds:CreateDBInstance"],
        "*",
        { StringNotEquals: { "aws:RequestedRegion": "eu-west-1" } },
        { sid: "Here" },
      ),
    ],
  ],
  [
    "only small instances, whatever else",
    [
      allow(
        ["ec2:RunInstances"],
        "arn:aws:ec2:*:*:*",
        { StringEqualsIfExists: { "ec2:InstanceType": ["t3.micro", "t3.small"] } },
        { sid: "Run" },
      ),
      allow("ec2:RunInstances", "arn:aws:ec2:*::image/*", undefined, { sid: "Image" }),
    ],
  ],
  [
    "tagged requests only",
    [
      allow(["s3:GetObject"], "arn:aws:s3:::acme-*/*", {
        ...OWN_ACCOUNT,
        StringLike: { "s3:ExistingObjectTag/team": "acme-*" },
      }),
    ],
  ],
];

describe("sound permissions", () => {
  it.each(SOUND)("%s: nothing is found", (_, statements) => {
    expect(lintPermissions(role(statements))).toEqual([]);
  });

  it("finds nothing in all of them together", () => {
    const statements = SOUND.flatMap(([, each], index) =>
      each.map((statement) => ({ ...statement, sid: `${statement.sid}${index}` })),
    );
    expect(lintPermissions(role(statements))).toEqual([]);
  });

  it("finds nothing when what creates and changes is setup", () => {
    const setup = [
      allow(["sns:CreateTopic", "sns:Subscribe"], "arn:aws:sns:*:*:acme-*"),
      allow("s3:PutBucketPolicy", "arn:aws:s3:::acme-*", OWN_ACCOUNT, { sid: "Bucket" }),
    ];
    expect(
      lintPermissions(role(allow("sns:Publish", "arn:aws:sns:*:*:acme-*", undefined, { sid: "Use" }), setup)),
    ).toEqual([]);
  });

  it("knows the partition of China and of GovCloud", () => {
    const statement = allow("sqs:ReceiveMessage", "arn:aws-cn:sqs:*:*:acme-*");
    const vendorPrincipals = ["arn:aws-cn:iam::111122223333:role/acme-service"];
    expect(lintPermissions(role(statement, [], { partition: "aws-cn", vendorPrincipals }))).toEqual([]);
  });
});
