// What the lint finds, and what it says to write instead.
import { FINDING_CODES, lintPermissions } from "@daypass/templates";
import type { Finding, PermissionStatement, RoleDescription } from "@daypass/templates";
import { describe, expect, it } from "vitest";
import { allow, deny, OWN_ACCOUNT, role } from "./lint-describe.js";

const TAGGED = { StringEquals: { "ec2:ResourceTag/ManagedBy": "acme" } };

type Expected = readonly [
  string,
  string | readonly PermissionStatement[] | PermissionStatement,
  string,
  RegExp,
  RegExp,
];

// What is written, the finding as `severity code`, its message, its fix.
const ACTIONS: readonly Expected[] = [
  [
    "s3:PutBucketEncryption is no action",
    "s3:PutBucketEncryption",
    "error unknown_action",
    /knows no action s3:PutBucketEncryption/,
    /s3:PutEncryptionConfiguration/,
  ],
  ["s3:ListBuckets is no action", "s3:ListBuckets", "error unknown_action", /s3:ListBuckets/, /s3:ListAllMyBuckets/],
  ["s3:HeadObject is no action", "s3:HeadObject", "error unknown_action", /s3:HeadObject/, /write s3:GetObject,/],
  [
    "a slip of the pen",
    "ec2:DescribeInstnces",
    "error unknown_action",
    /ec2:DescribeInstnces/,
    /write ec2:DescribeInstances;/,
  ],
  [
    "a service that is called otherwise",
    "stepfunctions:StartExecution",
    "error unknown_action",
    /stepfunctions/,
    /write states:StartExecution;/,
  ],
  ["a service with a slip", "dynamdb:GetItem", "error unknown_action", /dynamdb/, /write dynamodb:GetItem;/],
  [
    "a service that is none",
    "constructor:GetItem",
    "error unknown_action",
    /constructor:GetItem/,
    /accept the finding/,
  ],
  ["a pattern that stands for nothing", "s3:Fetch*", "error unknown_action", /s3:Fetch\*/, /actions of s3/],
  ["a Deny of nothing", deny("s3:ListBuckets", "*"), "error unknown_action", /s3:ListBuckets/, /s3:ListAllMyBuckets/],
  ["everything", "*", "error wildcard_action", /\* stands for 2\d{4} actions/, /name the actions/],
  ["everything of a service", "sqs:*", "error wildcard_action", /whatever AWS adds/, /name the actions/],
  ["everything of a service, disguised", "sqs:?*", "error wildcard_action", /sqs:\?\*/, /name the actions/],
  [
    "some of a service",
    "ec2:Describe*",
    "warning wildcard_action",
    /ec2:Describe\* stands for \d+ actions, 0 of which/,
    /name the actions/,
  ],
];

const RESOURCES: readonly Expected[] = [
  [
    "changing every instance",
    "ec2:StopInstances",
    "warning wildcard_resource",
    /ec2:StopInstances is granted on every resource/,
    /aws:ResourceTag/,
  ],
  [
    "reading every secret",
    "secretsmanager:GetSecretValue",
    "warning wildcard_resource",
    /every resource/,
    /name the resources/,
  ],
  [
    "changing everything in one region",
    allow("ec2:StopInstances", "*", { StringEquals: { "ec2:Region": "eu-west-1" } }),
    "warning wildcard_resource",
    /every/,
    /name/,
  ],
  [
    "describing one instance",
    allow("ec2:DescribeInstances", "arn:aws:ec2:*:*:instance/*"),
    "error scoped_wildcard_only",
    /ec2:DescribeInstances has no resources/,
    /resource \*/,
  ],
  [
    "objects on a bucket's ARN",
    allow("s3:GetObject", "arn:aws:s3:::acme-data", OWN_ACCOUNT),
    "error resource_never_matches",
    /s3:GetObject is never about arn:aws:s3:::acme-data/,
    /arn:\*:s3:::\*\/\*/,
  ],
  [
    "listing on objects",
    allow("s3:ListBucket", "arn:aws:s3:::acme-data/*", OWN_ACCOUNT),
    "error resource_never_matches",
    /s3:ListBucket is never about/,
    /arn:\*:s3:::\*/,
  ],
  [
    "an image with an account",
    allow("ec2:DeregisterImage", "arn:aws:ec2:*:${AWS::AccountId}:image/*", {
      StringEquals: { "aws:ResourceTag/a": "b" },
    }),
    "error resource_never_matches",
    /image/,
    /arn:\*:ec2:\*::image/,
  ],
  [
    "a role where a policy is meant",
    allow("iam:GetPolicy", "arn:aws:iam::*:role/acme-workers"),
    "error resource_never_matches",
    /iam:GetPolicy/,
    /policy/,
  ],
  [
    "another partition",
    allow("sqs:ReceiveMessage", "arn:aws-cn:sqs:*:*:acme"),
    "error wrong_partition",
    /arn:aws-cn:sqs/,
    /\$\{AWS::Partition\}/,
  ],
  [
    "another partition in a condition",
    allow("iam:PassRole", "arn:aws:iam::*:role/w/*", {
      StringEquals: { "iam:PassedToService": "ec2.amazonaws.com" },
      ArnLike: { "iam:AssociatedResourceArn": "arn:aws-us-gov:ec2:*:*:instance/*" },
    }),
    "error wrong_partition",
    /us-gov/,
    /\$\{AWS::Partition\}/,
  ],
  [
    "a bucket of anybody's",
    allow("s3:GetObject", "arn:aws:s3:::customer-data-*/*"),
    "error s3_without_resource_account",
    /anybody's account/,
    /"aws:ResourceAccount": "\$\{AWS::AccountId\}"/,
  ],
  [
    "a bucket of any account",
    allow("s3:GetObject", "arn:aws:s3:::b-*/*", { StringLike: { "aws:ResourceAccount": "*" } }),
    "error s3_without_resource_account",
    /anybody/,
    /ResourceAccount/,
  ],
  [
    "a bucket of another account",
    allow("s3:GetObject", "arn:aws:s3:::b-*/*", { StringNotEquals: { "aws:ResourceAccount": "${AWS::AccountId}" } }),
    "error s3_without_resource_account",
    /anybody/,
    /ResourceAccount/,
  ],
  [
    "a bucket of the account, if there is one",
    allow("s3:GetObject", "arn:aws:s3:::b-*/*", {
      StringEqualsIfExists: { "aws:ResourceAccount": "${AWS::AccountId}" },
    }),
    "error s3_without_resource_account",
    /anybody/,
    /ResourceAccount/,
  ],
  [
    "a bucket in upper case",
    allow("s3:GetObject", "arn:aws:s3:::ServiceIntegration-*/*", OWN_ACCOUNT),
    "error impossible_bucket_name",
    /ServiceIntegration/,
    /lower case/,
  ],
  [
    "a bucket with an underscore",
    allow("s3:ListBucket", "arn:aws:s3:::my_bucket", OWN_ACCOUNT),
    "error impossible_bucket_name",
    /my_bucket/,
    /lower case/,
  ],
  [
    "a bucket of two letters",
    allow("s3:ListBucket", "arn:aws:s3:::ab", OWN_ACCOUNT),
    "error impossible_bucket_name",
    /ab/,
    /3 to 63/,
  ],
  [
    "a bucket like an address",
    allow("s3:ListBucket", "arn:aws:s3:::192.168.5.4", OWN_ACCOUNT),
    "error impossible_bucket_name",
    /192/,
    /3 to 63/,
  ],
];

const CONDITIONS: readonly Expected[] = [
  [
    "describing what is tagged",
    allow("ec2:DescribeInstances", "*", TAGGED),
    "error condition_never_matches",
    /ec2:DescribeInstances is never allowed: its requests carry no ec2:ResourceTag\/ManagedBy/,
    /without the condition/,
  ],
  [
    "making what is tagged",
    allow("ec2:CreateVpc", "arn:aws:ec2:*:*:vpc/*", { StringEquals: { "aws:ResourceTag/team": "a" } }),
    "error condition_never_matches",
    /ec2:CreateVpc/,
    /aws:RequestTag\/team/,
  ],
  [
    "tagging while making, by the tag that is to come",
    [allow(["ec2:CreateVolume", "ec2:CreateTags"], "*", TAGGED)],
    "warning condition_never_matches",
    /never covers what ec2:CreateVolume creates/,
    /ec2:CreateAction/,
  ],
  [
    "a key of another service",
    allow("s3:GetObject", "arn:aws:s3:::acme-*/*", { ...OWN_ACCOUNT, StringLike: { "ec2:Region": "eu-*" } }),
    "error condition_never_matches",
    /ec2:Region/,
    /without/,
  ],
  [
    "a key with a slip",
    allow("s3:ListBucket", "arn:aws:s3:::acme-x", { ...OWN_ACCOUNT, StringLike: { "s3:prefx": "in/*" } }),
    "error condition_never_matches",
    /s3:prefx/,
    /write s3:prefix/,
  ],
  [
    "a trust policy's key",
    allow("sqs:ReceiveMessage", "arn:aws:sqs:*:*:acme", { StringEquals: { "sts:ExternalId": "x" } }),
    "error condition_never_matches",
    /sts:ExternalId/,
    /without/,
  ],
  [
    "a tag of no name",
    allow("sqs:ReceiveMessage", "arn:aws:sqs:*:*:acme", { Null: { "ec2:InstanceType": "false" } }),
    "error condition_never_matches",
    /ec2:InstanceType/,
    /without/,
  ],
  [
    "a set that is never there",
    allow("sqs:ReceiveMessage", "arn:aws:sqs:*:*:acme", { "ForAnyValue:StringNotEquals": { "ec2:Owner": "x" } }),
    "error condition_never_matches",
    /ec2:Owner/,
    /without/,
  ],
  [
    "a Deny that never denies",
    deny("ec2:DescribeInstances", "*", TAGGED),
    "error condition_never_matches",
    /is never denied/,
    /without/,
  ],
  [
    "most of a pattern",
    allow("ec2:Describe*", "*", TAGGED),
    "warning condition_never_matches",
    /ec2:Describe\w+, .* more is never allowed/,
    /without/,
  ],
  [
    "a limit that everything passes",
    allow("ec2:DescribeInstances", "*", { StringNotEquals: { "ec2:ResourceTag/env": "prod" } }),
    "error condition_without_effect",
    /StringNotEquals ec2:ResourceTag\/env holds for every request/,
    /take it out/,
  ],
  [
    "a limit if there is one, and there is none",
    allow("ec2:DescribeInstances", "*", { StringEqualsIfExists: { "ec2:InstanceType": "t3.micro" } }),
    "error condition_without_effect",
    /IfExists/,
    /take it out/,
  ],
  [
    "no key, please, where there is none",
    allow("ec2:DescribeInstances", "*", { Null: { "ec2:ResourceTag/env": "true" } }),
    "error condition_without_effect",
    /Null/,
    /take it out/,
  ],
  [
    "all of no values",
    allow("ec2:DescribeInstances", "*", { "ForAllValues:StringEquals": { "aws:TagKeys": "team" } }),
    "error condition_without_effect",
    /ForAllValues/,
    /take it out/,
  ],
  [
    "no MFA",
    allow("sqs:ReceiveMessage", "arn:aws:sqs:*:*:acme", { Bool: { "aws:MultiFactorAuthPresent": "false" } }),
    "error mfa_false",
    /keeps out whoever has MFA/,
    /requireMfa/,
  ],
];

const GRANTS: readonly Expected[] = [
  [
    "launching what is tagged",
    allow("ec2:RunInstances", "*", TAGGED),
    "error incomplete_grant",
    /ec2:RunInstances needs instance and network-interface/,
    /arn:\*:ec2:\*:\*:instance\/\*/,
  ],
  [
    "launching without a subnet or an image",
    allow("ec2:RunInstances", [
      "arn:aws:ec2:*:*:instance/*",
      "arn:aws:ec2:*:*:security-group/*",
      "arn:aws:ec2:*:*:network-interface/*",
    ]),
    "error incomplete_grant",
    /needs image and subnet/,
    /image/,
  ],
  [
    "an alias without its key",
    allow("kms:UpdateAlias", "arn:aws:kms:*:*:alias/acme"),
    "error incomplete_grant",
    /kms:UpdateAlias needs key/,
    /key/,
  ],
  [
    "tags without ec2:CreateTags",
    allow("ec2:CreateVolume", "arn:aws:ec2:*:*:volume/*", { StringEquals: { "aws:RequestTag/a": "b" } }),
    "error incomplete_grant",
    /needs ec2:CreateTags as well/,
    /"ec2:CreateAction": "CreateVolume"/,
  ],
  [
    "tags on what has tags already",
    [
      allow("ec2:CreateVolume", "arn:aws:ec2:*:*:volume/*", { StringEquals: { "aws:RequestTag/a": "b" } }),
      allow("ec2:CreateTags", "arn:aws:ec2:*:*:volume/*", TAGGED, { sid: "Tag" }),
    ],
    "error incomplete_grant",
    /needs ec2:CreateTags as well/,
    /CreateVolume/,
  ],
];

const PHASES: readonly Expected[] = [
  [
    "making buckets for ever",
    allow("s3:CreateBucket", "arn:aws:s3:::acme-*", OWN_ACCOUNT),
    "warning setup_rights_ongoing",
    /s3:CreateBucket looks like setup/,
    /`setup`/,
  ],
  [
    "bucket policies for ever",
    allow("s3:PutBucketPolicy", "arn:aws:s3:::acme-*", OWN_ACCOUNT),
    "warning setup_rights_ongoing",
    /s3:PutBucketPolicy/,
    /`setup`/,
  ],
  [
    "deleting queues for ever",
    allow("sqs:DeleteQueue", "arn:aws:sqs:*:*:acme-*"),
    "warning setup_rights_ongoing",
    /sqs:DeleteQueue/,
    /`setup`/,
  ],
  ["nothing at all", [], "error empty_set", /nothing is asked for/, /`ongoing`/],
  ["nothing but a Deny", deny("s3:*", "*"), "error empty_set", /allows nothing/, /`ongoing`/],
];

function describeRole(written: Expected[1]): RoleDescription {
  return role(typeof written === "string" ? allow(written, "*") : written);
}

function brief({ severity, code }: Finding): string {
  return `${severity} ${code}`;
}

describe("the lint", () => {
  it.each([...ACTIONS, ...RESOURCES, ...CONDITIONS, ...GRANTS, ...PHASES])(
    "finds: %s",
    (_, written, expected, message, fix) => {
      const found = lintPermissions(describeRole(written)).filter((each) => brief(each) === expected);
      expect(found).toHaveLength(1);
      expect(found[0]?.message).toMatch(message);
      expect(found[0]?.fix).toMatch(fix);
      expect(found[0]?.accepted).toBeNull();
    },
  );

  it("names statement and phase", () => {
    const findings = lintPermissions(
      role(allow("sqs:ListQueues", "*"), [allow("s3:ListBuckets", "*", undefined, { sid: "Prepare" })]),
    );
    expect(findings.map(({ sid, phase, code }) => [sid, phase, code])).toEqual([
      ["Prepare", "setup", "unknown_action"],
    ]);
  });

  it("finds nothing twice", () => {
    const statement = allow(
      ["ec2:DescribeInstances", "ec2:DescribeTags", "ec2:RunInstances", "ec2:RunInstances"],
      "*",
      TAGGED,
    );
    const found = lintPermissions(role(statement)).map(({ code, message }) => `${code} ${message}`);
    expect(new Set(found).size).toBe(found.length);
  });

  it("lets setup rights complete themselves with the ongoing ones, not the other way round", () => {
    const key = allow("kms:UpdateAlias", "arn:aws:kms:*:*:key/*", undefined, { sid: "Key" });
    const alias = allow("kms:UpdateAlias", "arn:aws:kms:*:*:alias/acme", undefined, { sid: "Alias" });
    expect(lintPermissions(role(key, [alias])).filter(({ code }) => code === "incomplete_grant")).toMatchObject([
      { sid: "Key" },
    ]);
  });

  it("leaves a sound pattern alone, though not all of it reaches the resource", () => {
    const found = lintPermissions(role(allow("s3:GetObject*", "arn:aws:s3:::acme-*/*", OWN_ACCOUNT)));
    expect(found.map(brief)).toEqual(["warning wildcard_action"]);
  });

  it("only warns of an empty ongoing set while there is a setup", () => {
    const found = lintPermissions(role([], [allow("sqs:CreateQueue", "arn:aws:sqs:*:*:acme")]));
    expect(found.map(brief)).toEqual(["warning empty_set"]);
  });

  it("asks why something is denied in the setup only", () => {
    const found = lintPermissions(role(allow("sqs:ListQueues", "*"), [deny("sqs:DeleteQueue", "*")]));
    expect(found).toMatchObject([{ code: "empty_set", phase: "setup" }]);
  });

  it("does not take AWS's way of asking for MFA for a mistake", () => {
    const statement = deny("s3:DeleteObject", "*", { BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } });
    expect(lintPermissions(role([allow("sqs:ListQueues", "*"), statement]))).toEqual([]);
  });

  it("has every code, once", () => {
    expect(new Set(FINDING_CODES).size).toBe(FINDING_CODES.length);
    expect(FINDING_CODES).toContain("canary_granted");
  });

  it("refuses what is no description", () => {
    expect(() => lintPermissions({ ...role(allow("sqs:ListQueues", "*")), rolePath: "/" })).toThrow(
      expect.objectContaining({ code: "invalid_description" }),
    );
  });
});
