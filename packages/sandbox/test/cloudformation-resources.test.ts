// Each resource type as its template says, in the service that has it.
import { describe, expect, test } from "vitest";
import { allow, CUSTOMER, role, startStacks, templateOf, VENDOR } from "./cloudformation-clients.js";
import { refusal } from "./iam-clients.js";

const user = (properties: object = {}) => ({ Type: "AWS::IAM::User", Properties: properties });

describe("AWS::IAM", () => {
  test("User, AccessKey and UserPolicy make a user that can work", async () => {
    await using aws = await startStacks();
    const template = (status: string, serial: number) =>
      templateOf(
        {
          User: user({
            Path: "/tools/",
            Tags: [{ Key: "a", Value: "b" }],
            Policies: [{ PolicyName: "own", PolicyDocument: allow("s3:ListAllMyBuckets") }],
          }),
          Key: {
            Type: "AWS::IAM::AccessKey",
            Properties: { UserName: { Ref: "User" }, Status: status, Serial: serial },
          },
          More: {
            Type: "AWS::IAM::UserPolicy",
            Properties: { UserName: { Ref: "User" }, PolicyName: "more", PolicyDocument: allow("iam:ListRoles") },
          },
        },
        {
          Outputs: {
            Id: { Value: { Ref: "Key" } },
            Secret: { Value: { "Fn::GetAtt": ["Key", "SecretAccessKey"] } },
            Arn: { Value: { "Fn::GetAtt": ["User", "Arn"] } },
          },
        },
      );
    await aws.create("user", template("Active", 1));
    const keysOf = async () => {
      const { Id: accessKeyId = "", Secret: secretAccessKey = "" } = await aws.outputs("user");
      return { accessKeyId, secretAccessKey };
    };
    const first = await keysOf();
    const { Arn } = await aws.sts(first).getCallerIdentity({});
    expect((await aws.outputs("user"))["Arn"]).toBe(Arn);
    expect(Arn).toMatch(/^arn:aws:iam::222222222222:user\/tools\/user-User-[A-Z2-7]{12}$/);
    await aws.s3(first).listBuckets({});
    await aws.iam(first).listRoles({});
    expect((await refusal(aws.iam(first).listUsers({}))).code).toBe("AccessDenied");

    await aws.update("user", template("Inactive", 1));
    expect(await keysOf()).toMatchObject({
      accessKeyId: first.accessKeyId,
      secretAccessKey: first.secretAccessKey,
    });
    expect((await refusal(aws.sts(first).getCallerIdentity({}))).code).toBe("InvalidClientTokenId");
    await aws.update("user", template("Active", 2));
    const second = await keysOf();
    expect(second.accessKeyId).not.toBe(first.accessKeyId);
    await aws.sts(second).getCallerIdentity({});
    expect((await refusal(aws.sts(first).getCallerIdentity({}))).code).toBe("InvalidClientTokenId");
    await aws.cfn().deleteStack({ StackName: "user" });
    expect((await refusal(aws.sts(second).getCallerIdentity({}))).code).toBe("InvalidClientTokenId");
  });

  test("User refuses what the sandbox's IAM does not have", async () => {
    await using aws = await startStacks();
    await aws.create("path", templateOf({ User: user({ Path: "/a/" }) }));
    await aws.update("path", templateOf({ User: user({ Path: "/b/" }) }));
    expect(await aws.status("path")).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect((await aws.events("path")).join("\n")).toContain("The sandbox cannot change Path of AWS::IAM::User");
    await aws.create("groups", templateOf({ User: user({ Groups: ["g"] }) }));
    expect((await aws.events("groups")).join("\n")).toContain("extraneous key [Groups] is not permitted");
  });

  test("Policy is one document in roles and users, and moves with its lists and its name", async () => {
    await using aws = await startStacks();
    const template = (PolicyName: string, places: object) =>
      templateOf({
        One: role({ RoleName: "one" }),
        Two: role({ RoleName: "two" }),
        User: user({ UserName: "three" }),
        Policy: {
          Type: "AWS::IAM::Policy",
          DependsOn: ["One", "Two", "User"],
          Properties: { PolicyName, PolicyDocument: allow("s3:GetObject"), ...places },
        },
      });
    const found = async () => [
      ...((await aws.iam().listRolePolicies({ RoleName: "one" })).PolicyNames ?? []).map((name) => `one ${name}`),
      ...((await aws.iam().listRolePolicies({ RoleName: "two" })).PolicyNames ?? []).map((name) => `two ${name}`),
      ...((await aws.iam().listUserPolicies({ UserName: "three" })).PolicyNames ?? []).map((name) => `three ${name}`),
    ];
    await aws.create("policy", template("p", { Roles: ["one"], Users: ["three"] }));
    expect(await found()).toEqual(["one p", "three p"]);
    await aws.update("policy", template("p", { Roles: ["two"], Users: ["three"] }));
    expect(await found()).toEqual(["two p", "three p"]);
    await aws.update("policy", template("q", { Roles: ["one", "two"] }));
    expect(await found()).toEqual(["one q", "two q"]);
    await aws.update("policy", template("q", {}));
    expect((await aws.events("policy")).join("\n")).toContain(
      "At least one of [Groups,Roles,Users] must be non-empty.",
    );
    expect(await found()).toEqual(["one q", "two q"]);
    await aws.cfn().deleteStack({ StackName: "policy" });
    expect((await aws.iam().listRoles({})).Roles).toEqual([]);
  });

  test("ManagedPolicy attaches itself and leaves with whatever versions it has", async () => {
    await using aws = await startStacks();
    const template = (places: object) =>
      templateOf({
        One: role({ RoleName: "one" }),
        User: user({ UserName: "two" }),
        Policy: {
          Type: "AWS::IAM::ManagedPolicy",
          DependsOn: ["One", "User"],
          Properties: { PolicyDocument: allow("s3:GetObject"), ManagedPolicyName: "managed", Path: "/p/", ...places },
        },
      });
    await aws.create("managed", template({ Roles: ["one"] }));
    const PolicyArn = await aws.physical("managed", "Policy");
    expect(PolicyArn).toBe(`arn:aws:iam::${CUSTOMER}:policy/p/managed`);
    expect((await aws.iam().listEntitiesForPolicy({ PolicyArn })).PolicyRoles).toHaveLength(1);
    await aws.update("managed", template({ Users: ["two"] }));
    expect(await aws.iam().listEntitiesForPolicy({ PolicyArn })).toMatchObject({
      PolicyRoles: [],
      PolicyUsers: [{ UserName: "two" }],
    });
    await aws
      .iam()
      .createPolicyVersion({ PolicyArn, PolicyDocument: JSON.stringify(allow("s3:PutObject")), SetAsDefault: true });
    await aws.cfn().deleteStack({ StackName: "managed" });
    expect((await refusal(aws.iam().getPolicy({ PolicyArn }))).code).toBe("NoSuchEntity");
  });

  test("InstanceProfile holds one role", async () => {
    await using aws = await startStacks();
    const profile = (Roles: unknown) => ({
      Type: "AWS::IAM::InstanceProfile",
      Properties: { InstanceProfileName: "profile", Roles },
    });
    const Outputs = { Arn: { Value: { "Fn::GetAtt": ["Profile", "Arn"] } } };
    await aws.create("profile", templateOf({ Role: role(), Profile: profile([{ Ref: "Role" }]) }, { Outputs }));
    expect(await aws.outputs("profile")).toEqual({ Arn: `arn:aws:iam::${CUSTOMER}:instance-profile/profile` });
    await aws.create("second", templateOf({ Role: role(), Profile: profile([{ Ref: "Role" }]) }));
    expect((await aws.events("second")).join("\n")).toContain("Instance Profile profile already exists.");
    await aws.cfn().deleteStack({ StackName: "profile" });
    await aws.create("again", templateOf({ Role: role(), Profile: profile([{ Ref: "Role" }, "other"]) }));
    expect((await aws.events("again")).join("\n")).toContain(
      "Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1",
    );
  });
});

describe("AWS::S3", () => {
  test("Bucket and BucketPolicy make a bucket as the template describes it", async () => {
    await using aws = await startStacks();
    const statement = {
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${VENDOR}:root` },
      Action: "s3:GetObject",
      Resource: { "Fn::Sub": "${Bucket.Arn}/*" },
    };
    const template = (properties: object) =>
      templateOf(
        {
          Bucket: { Type: "AWS::S3::Bucket", Properties: properties },
          Policy: {
            Type: "AWS::S3::BucketPolicy",
            Properties: {
              Bucket: { Ref: "Bucket" },
              PolicyDocument: { Version: "2012-10-17", Statement: [statement] },
            },
          },
        },
        {
          Outputs: {
            Name: { Value: { Ref: "Bucket" } },
            Host: { Value: { "Fn::GetAtt": ["Bucket", "RegionalDomainName"] } },
          },
        },
      );
    const open = {
      BlockPublicAcls: true,
      IgnorePublicAcls: true,
      BlockPublicPolicy: false,
      RestrictPublicBuckets: false,
    };
    await aws.create(
      "bucket",
      template({
        VersioningConfiguration: { Status: "Enabled" },
        PublicAccessBlockConfiguration: open,
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: "BucketOwnerEnforced" }] },
        Tags: [{ Key: "own", Value: "1" }],
      }),
      {},
      {
        Tags: [
          { Key: "own", Value: "stack" },
          { Key: "team", Value: "red" },
        ],
      },
    );
    const { Name: Bucket, Host } = await aws.outputs("bucket");
    expect(Host).toBe(`${Bucket}.s3.us-east-1.amazonaws.com`);
    expect((await aws.s3().getBucketVersioning({ Bucket })).Status).toBe("Enabled");
    expect((await aws.s3().getPublicAccessBlock({ Bucket })).PublicAccessBlockConfiguration).toEqual(open);
    expect((await aws.s3().getBucketTagging({ Bucket })).TagSet).toEqual([
      { Key: "own", Value: "1" },
      { Key: "team", Value: "red" },
    ]);
    await aws.s3().putObject({ Bucket, Key: "k", Body: "x" });
    await aws.s3(aws.admin(VENDOR)).getObject({ Bucket, Key: "k" });

    await aws.cfn().updateStack({ StackName: "bucket", TemplateBody: JSON.stringify(template({})), Tags: [] });
    expect(await aws.status("bucket")).toBe("UPDATE_COMPLETE");
    expect((await aws.s3().getBucketVersioning({ Bucket })).Status).toBe("Suspended");
    expect((await refusal(aws.s3().getPublicAccessBlock({ Bucket }))).code).toBe(
      "NoSuchPublicAccessBlockConfiguration",
    );
    expect((await refusal(aws.s3().getBucketTagging({ Bucket }))).code).toBe("NoSuchTagSet");
  });

  test.each([
    [
      "encryption with a key of KMS",
      {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms" } }],
        },
      },
      "aws:kms is not a valid enum value",
    ],
    [
      "lifecycle rules",
      { LifecycleConfiguration: { Rules: [] } },
      "extraneous key [LifecycleConfiguration] is not permitted",
    ],
    [
      "ACLs",
      { OwnershipControls: { Rules: [{ ObjectOwnership: "ObjectWriter" }] } },
      "ObjectWriter is not a valid enum value",
    ],
  ])("Bucket refuses what the sandbox's buckets are not: %s", async (_name, properties, reason) => {
    await using aws = await startStacks();
    await aws.create("refused", templateOf({ Bucket: { Type: "AWS::S3::Bucket", Properties: properties } }));
    expect(await aws.status("refused")).toBe("ROLLBACK_COMPLETE");
    expect((await aws.events("refused")).join("\n")).toContain(reason);
  });

  test("Bucket is made in the stack's region", async () => {
    await using aws = await startStacks();
    const TemplateBody = JSON.stringify(
      templateOf({ Bucket: { Type: "AWS::S3::Bucket", Properties: { BucketName: "in-frankfurt" } } }),
    );
    await aws.cfn(undefined, "eu-central-1").createStack({ StackName: "eu", TemplateBody });
    expect((await aws.s3().listBuckets({})).Buckets).toMatchObject([{ BucketRegion: "eu-central-1" }]);
    expect(await refusal(aws.stack("eu"))).toMatchObject({ code: "ValidationError" });
  });
});

test("a changed property of a policy, a key or a profile is changed where it is, and undone with its stack", async () => {
  await using aws = await startStacks();
  const template = (action: string, status: string, held: string) =>
    templateOf({
      User: user({ UserName: "holder" }),
      Key: { Type: "AWS::IAM::AccessKey", Properties: { UserName: { Ref: "User" }, Status: status } },
      Own: {
        Type: "AWS::IAM::UserPolicy",
        Properties: { UserName: { Ref: "User" }, PolicyName: "own", PolicyDocument: allow(action) },
      },
      One: role(),
      Two: role(),
      Profile: { Type: "AWS::IAM::InstanceProfile", Properties: { Roles: [{ Ref: held }] } },
      Bucket: { Type: "AWS::S3::Bucket" },
      Policy: {
        Type: "AWS::S3::BucketPolicy",
        Properties: {
          Bucket: { Ref: "Bucket" },
          PolicyDocument: {
            Version: "2012-10-17",
            Statement: [
              {
                Effect: "Allow",
                Principal: { AWS: `arn:aws:iam::${VENDOR}:root` },
                Action: action,
                Resource: { "Fn::Sub": "${Bucket.Arn}/*" },
              },
            ],
          },
        },
      },
    });
  await aws.create("change", template("s3:GetObject", "Inactive", "One"));
  const status = async () =>
    (await aws.iam().listAccessKeys({ UserName: "holder" })).AccessKeyMetadata?.map(({ Status }) => Status);
  expect(await status()).toEqual(["Inactive"]);
  const ids = { key: await aws.physical("change", "Key"), profile: await aws.physical("change", "Profile") };
  await aws.update("change", template("s3:PutObject", "Active", "Two"));
  expect(await aws.status("change")).toBe("UPDATE_COMPLETE");
  expect({ key: await aws.physical("change", "Key"), profile: await aws.physical("change", "Profile") }).toEqual(ids);
  expect(await status()).toEqual(["Active"]);
  const { PolicyDocument } = await aws.iam().getUserPolicy({ UserName: "holder", PolicyName: "own" });
  expect(decodeURIComponent(PolicyDocument ?? "")).toContain("s3:PutObject");
  const Bucket = await aws.physical("change", "Bucket");
  expect((await aws.s3().getBucketPolicy({ Bucket })).Policy).toContain("s3:PutObject");
  await aws.cfn().deleteStack({ StackName: "change" });
  expect((await refusal(aws.s3().headBucket({ Bucket }))).status).toBe(404);
  expect((await aws.iam().listUsers({})).Users?.map(({ UserName }) => UserName)).toEqual(["admin"]);
});

test("the stack's tags go to roles, and the role's own come first", async () => {
  await using aws = await startStacks();
  const Tags = [
    { Key: "Team", Value: "blue" },
    { Key: "cost", Value: "1" },
  ];
  await aws.create("tags", templateOf({ Role: role({ Tags: [{ Key: "team", Value: "red" }] }) }), {}, { Tags });
  const { Role } = await aws.iam().getRole({ RoleName: await aws.physical("tags", "Role") });
  expect(Role?.Tags).toEqual([
    { Key: "team", Value: "red" },
    { Key: "cost", Value: "1" },
  ]);
});

test("names that CloudFormation gives are cut to what the service takes", async () => {
  await using aws = await startStacks();
  const StackName = "s".repeat(128);
  await aws.create(StackName, templateOf({ ["L".repeat(200)]: role(), Short: role() }));
  const names = (await aws.iam().listRoles({})).Roles?.map(({ RoleName }) => RoleName ?? "") ?? [];
  expect(names.map((name) => name.length)).toEqual([64, 64]);
  expect(names.find((name) => name.includes("-Short-"))).toMatch(/^s{45}-Short-[A-Z2-7]{12}$/);
  expect(names.find((name) => name.includes("-L"))).toMatch(/^s{25}-L{25}-[A-Z2-7]{12}$/);
});
