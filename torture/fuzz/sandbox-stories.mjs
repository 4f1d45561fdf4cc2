// Calls to the sandbox as plain data, `[service, operation, parameters]` or `["s3", method, path, headers, body]`: short
// stories to begin with, and the words that occur in them.
import { queryServices } from "../../packages/sandbox/dist/services.js";
import { POLICY_SEEDS } from "./policy-words.mjs";
import { TEMPLATE_SEEDS } from "./template-words.mjs";

const TRUST = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS: "222222222222" }, Action: "sts:AssumeRole" }],
});
const ALLOW = JSON.stringify({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "s3:*", Resource: "*" }],
});
const ROLE = "arn:aws:iam::222222222222:role/r";
const POLICY = "arn:aws:iam::222222222222:policy/p";
const TAGS = [{ Key: "k", Value: "v" }];
const STACK = JSON.stringify({
  Parameters: { Name: { Type: "String", Default: "made", AllowedPattern: "[a-z]+", NoEcho: true } },
  Conditions: { Yes: { "Fn::Equals": [{ Ref: "Name" }, "made"] } },
  Mappings: { M: { a: { b: "/x/" } } },
  Resources: {
    Role: {
      Type: "AWS::IAM::Role",
      Condition: "Yes",
      Properties: {
        RoleName: { Ref: "Name" },
        Path: { "Fn::FindInMap": ["M", "a", "b"] },
        AssumeRolePolicyDocument: JSON.parse(TRUST),
        Policies: [{ PolicyName: "q", PolicyDocument: JSON.parse(ALLOW) }],
        Tags: TAGS,
      },
    },
    Bucket: {
      Type: "AWS::S3::Bucket",
      DependsOn: "Role",
      Properties: { BucketName: { "Fn::Join": ["-", ["bucket", { Ref: "Name" }]] } },
    },
    User: { Type: "AWS::IAM::User", Properties: { UserName: { "Fn::Select": [0, { "Fn::Split": [",", "u,v"] }] } } },
    Policy: {
      Type: "AWS::IAM::ManagedPolicy",
      Properties: { PolicyDocument: JSON.parse(ALLOW), Roles: [{ Ref: "Role" }] },
    },
  },
  Outputs: {
    Arn: { Value: { "Fn::GetAtt": ["Role", "Arn"] }, Export: { Name: "exported" } },
    Text: { Value: { "Fn::Sub": ["${A}-${AWS::Region}", { A: { "Fn::ImportValue": "exported" } }] } },
  },
});
const CAPABLE = ["CAPABILITY_NAMED_IAM"];

const STORIES = [
  [
    ["iam", "CreateRole", { RoleName: "r", AssumeRolePolicyDocument: TRUST, Tags: TAGS, Path: "/a/" }],
    ["iam", "PutRolePolicy", { RoleName: "r", PolicyName: "q", PolicyDocument: ALLOW }],
    [
      "sts",
      "AssumeRole",
      { RoleArn: ROLE, RoleSessionName: "s1", ExternalId: "id", Policy: ALLOW, Tags: TAGS, DurationSeconds: 900 },
    ],
    ["iam", "UpdateAssumeRolePolicy", { RoleName: "r", PolicyDocument: POLICY_SEEDS[0] }],
    ["iam", "DeleteRole", { RoleName: "r" }],
  ],
  [
    ["iam", "CreatePolicy", { PolicyName: "p", PolicyDocument: ALLOW, Description: "d" }],
    ["iam", "CreatePolicyVersion", { PolicyArn: POLICY, PolicyDocument: POLICY_SEEDS[1], SetAsDefault: true }],
    ["iam", "PutUserPolicy", { UserName: "admin", PolicyName: "q", PolicyDocument: ALLOW.replace("Allow", "allow") }],
    ["iam", "CreateUser", { UserName: "u", PermissionsBoundary: POLICY }],
    ["iam", "AttachUserPolicy", { UserName: "u", PolicyArn: POLICY }],
    ["iam", "ListEntitiesForPolicy", { PolicyArn: POLICY, MaxItems: 1 }],
    ["iam", "CreateAccessKey", { UserName: "u" }],
  ],
  [
    [
      "cloudformation",
      "CreateStack",
      {
        StackName: "s",
        TemplateBody: STACK,
        Capabilities: CAPABLE,
        Parameters: [{ ParameterKey: "Name", ParameterValue: "made" }],
        Tags: TAGS,
        OnFailure: "DELETE",
      },
    ],
    [
      "cloudformation",
      "UpdateStack",
      {
        StackName: "s",
        UsePreviousTemplate: true,
        Capabilities: CAPABLE,
        Parameters: [{ ParameterKey: "Name", ParameterValue: "other" }],
      },
    ],
    ["cloudformation", "DescribeStackEvents", { StackName: "s" }],
    ["cloudformation", "DescribeStacks", { StackName: "s" }],
    ["cloudformation", "DeleteStack", { StackName: "s", ClientRequestToken: "t" }],
  ],
  [
    [
      "cloudformation",
      "CreateChangeSet",
      {
        StackName: "s",
        ChangeSetName: "c",
        ChangeSetType: "CREATE",
        TemplateBody: TEMPLATE_SEEDS[2],
        Capabilities: CAPABLE,
      },
    ],
    ["cloudformation", "DescribeChangeSet", { StackName: "s", ChangeSetName: "c" }],
    ["cloudformation", "ExecuteChangeSet", { StackName: "s", ChangeSetName: "c" }],
    ["cloudformation", "GetTemplateSummary", { TemplateBody: TEMPLATE_SEEDS[0] }],
    [
      "cloudformation",
      "CreateStack",
      { StackName: "t", TemplateURL: "https://letters.s3.eu-central-1.amazonaws.com/t.json" },
    ],
  ],
  [
    [
      "s3",
      "PUT",
      "/letters/t.json",
      { "content-type": "application/json", "x-amz-tagging": "a=b", "x-amz-meta-k": "v" },
      STACK,
    ],
    [
      "s3",
      "PUT",
      "/letters?versioning",
      {},
      "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
    ],
    [
      "s3",
      "PUT",
      "/letters/k%20k",
      { "x-amz-copy-source": "/letters/t.json", "x-amz-metadata-directive": "REPLACE", "if-none-match": "*" },
      "",
    ],
    ["s3", "GET", "/letters?list-type=2&prefix=k&delimiter=%2F&max-keys=1&encoding-type=url", {}, ""],
    [
      "s3",
      "GET",
      "/letters/t.json?versionId=null",
      { range: "bytes=1-3", "if-match": "*", "if-modified-since": "Sat, 31 Jan 2026 12:00:00 GMT" },
      "",
    ],
    ["s3", "POST", "/letters?delete", {}, "<Delete><Quiet>true</Quiet><Object><Key>t.json</Key></Object></Delete>"],
  ],
  [
    [
      "s3",
      "PUT",
      "/new-bucket",
      { "x-amz-acl": "private" },
      "<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>",
    ],
    ["s3", "PUT", "/letters?policy", {}, POLICY_SEEDS[2]],
    ["s3", "GET", "/letters?policyStatus", {}, ""],
    [
      "s3",
      "PUT",
      "/letters/t?tagging",
      {},
      "<Tagging><TagSet><Tag><Key>k</Key><Value>v</Value></Tag></TagSet></Tagging>",
    ],
    ["s3", "GET", "/letters?versions&key-marker=a&version-id-marker=b&max-keys=0", {}, ""],
    ["s3", "GET", "/letters/t?attributes", { "x-amz-object-attributes": "ETag,ObjectSize" }, ""],
  ],
  [
    ["page", "GET", "/_console/", {}, ""],
    ["page", "GET", "/cloudformation/home?region=eu-central-1#/stacks/create/review?stackName=s&templateURL=x", {}, ""],
    [
      "page",
      "POST",
      "/_console/sign-in",
      { "content-type": "application/x-www-form-urlencoded", origin: "http://127.0.0.1:4566" },
      "account=222222222222&user=admin",
    ],
    ["page", "GET", "/_sandbox/calls", { authorization: "Bearer x" }, ""],
  ],
];

const VALUES = {
  RoleName: "r",
  UserName: "u",
  PolicyName: "q",
  PolicyArn: POLICY,
  PolicyDocument: ALLOW,
  StackName: "s",
  ChangeSetName: "c",
  AccessKeyId: "AKIAEXAMPLEEXAMPLE12",
  Status: "Inactive",
  VersionId: "v1",
  TemplateBody: STACK,
  Marker: "m",
  NextToken: "n",
};

/** One call of every operation, with a value for every parameter that it knows. */
function everyOperation() {
  return [...queryServices].flatMap(([service, { operations }]) =>
    Object.entries(operations).map(([name, { input }]) => [
      [service, name, Object.fromEntries(Object.entries(input).map(([key, shape]) => [key, valueFor(key, shape)]))],
    ]),
  );
}

function valueFor(name, shape) {
  if (shape.type === "string") return shape.enum?.[0] ?? VALUES[name] ?? "x";
  if (shape.type === "integer") return String(shape.min ?? 1);
  if (shape.type === "boolean") return "true";
  if (shape.type === "list") return [valueFor(name, shape.of)];
  return Object.fromEntries(Object.entries(shape.members).map(([key, one]) => [key, valueFor(key, one)]));
}

export const STORY_SEEDS = [...STORIES, ...everyOperation()].map((story) => JSON.stringify(story));

export const STORY_WORDS = [
  [
    "r",
    "u",
    "p",
    "q",
    "s",
    "c",
    "made",
    "letters",
    "/letters/k",
    "/letters",
    "/",
    ROLE,
    POLICY,
    TRUST,
    ALLOW,
    STACK,
    ...POLICY_SEEDS,
    ...TEMPLATE_SEEDS,
  ],
  [
    "arn:aws:iam::aws:policy/AdministratorAccess",
    "arn:aws:iam::222222222222:user/admin",
    "admin",
    "DELETE_COMPLETE",
    "__proto__",
    "constructor",
    "toString",
  ],
  [
    "0",
    "-1",
    "1e9",
    "2147483647",
    "9007199254740993",
    "true",
    "",
    " ",
    "*",
    "\u0000",
    "\r\n",
    "é",
    "\u{1f600}",
    "<b>",
    "&amp;",
    "%00",
    "a".repeat(1000),
  ],
  [
    "Tags",
    "Marker",
    "MaxItems",
    "NextToken",
    "Path",
    "PathPrefix",
    "ClientRequestToken",
    "RoleARN",
    "TemplateURL",
    "x-amz-copy-source",
    "range",
    "if-match",
  ],
  [
    "bytes=0-",
    "bytes=-1",
    "bytes=9-1",
    "max-keys=-1",
    "continuation-token=x",
    "versionId=x",
    "?acl",
    "?tagging",
    "?policy",
    "?versions",
    "?delete",
    "?uploads",
  ],
].flat();
