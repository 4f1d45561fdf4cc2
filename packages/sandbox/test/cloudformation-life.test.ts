// The whole life of a cross-account role through its stack, as the vendor sees it with AssumeRole.
import { describe, expect, test } from "vitest";
import { CUSTOMER, parametersOf, startStacks, VENDOR } from "./cloudformation-clients.js";
import { refusal } from "./iam-clients.js";

const TEMPLATE = `AWSTemplateFormatVersion: 2010-09-09
Description: What a customer grants to a vendor
Parameters:
  ExternalId: { Type: String, MinLength: 8, AllowedPattern: '[\\w+=,.@:\\/-]*' }
  Suffix: { Type: String, Default: acme }
  SetupPhase: { Type: String, Default: 'true', AllowedValues: ['true', 'false'] }
  ExpectedAccount: { Type: String, AllowedPattern: '\\d{12}' }
Rules:
  RightAccount:
    Assertions:
      - Assert: !Equals [!Ref ExpectedAccount, !Ref 'AWS::AccountId']
        AssertDescription: This link was made for another account
Conditions:
  IsSetup: !Equals [!Ref SetupPhase, 'true']
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Sub 'vendor-\${Suffix}'
      Path: /vendor/
      MaxSessionDuration: 7200
      AssumeRolePolicyDocument:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Principal: { AWS: !Sub 'arn:\${AWS::Partition}:iam::${VENDOR}:root' }
            Action: sts:AssumeRole
            Condition: { StringEquals: { sts:ExternalId: !Ref ExternalId } }
      ManagedPolicyArns:
        - !Ref Ongoing
        - !If [IsSetup, !Ref Setup, !Ref 'AWS::NoValue']
      Tags: [{ Key: integration, Value: !Ref Suffix }]
  Ongoing:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: 2012-10-17
        Statement:
          - { Effect: Allow, Action: s3:ListAllMyBuckets, Resource: '*' }
          - !If
            - IsSetup
            - { Effect: Allow, Action: s3:GetBucketLocation, Resource: '*' }
            - !Ref AWS::NoValue
  Setup:
    Type: AWS::IAM::ManagedPolicy
    Condition: IsSetup
    Properties:
      PolicyDocument:
        Version: 2012-10-17
        Statement: [{ Effect: Allow, Action: s3:CreateBucket, Resource: '*' }]
Outputs:
  RoleArn: { Value: !GetAtt Role.Arn }
`;
const ROLE_ARN = `arn:aws:iam::${CUSTOMER}:role/vendor/vendor-acme`;

describe("the role of a vendor", () => {
  test("is created with its external ID, changed, stripped of its setup rights and deleted by its stack", async () => {
    await using aws = await startStacks();
    const parameters = { ExternalId: "first-external-id", ExpectedAccount: CUSTOMER };
    await aws.create("vendor", TEMPLATE, parameters);
    expect(await aws.status("vendor")).toBe("CREATE_COMPLETE");
    expect(await aws.outputs("vendor")).toEqual({ RoleArn: ROLE_ARN });
    const assume = (ExternalId: string) =>
      aws.sts().assumeRole({ RoleArn: ROLE_ARN, RoleSessionName: "test", ExternalId, DurationSeconds: 7200 });
    const { Credentials } = await assume("first-external-id");
    const session = {
      accessKeyId: Credentials?.AccessKeyId ?? "",
      secretAccessKey: Credentials?.SecretAccessKey ?? "",
      sessionToken: Credentials?.SessionToken ?? "",
    };
    await aws.s3(session).createBucket({ Bucket: "made-during-setup" });
    expect((await refusal(assume("another-external-id"))).code).toBe("AccessDenied");

    const keep = (ParameterKey: string) => ({ ParameterKey, UsePreviousValue: true });
    await aws.cfn().updateStack({
      StackName: "vendor",
      UsePreviousTemplate: true,
      Parameters: [...parametersOf({ ExternalId: "other-external-id" }), keep("ExpectedAccount")],
      Capabilities: ["CAPABILITY_NAMED_IAM"],
    });
    expect(await aws.status("vendor")).toBe("UPDATE_COMPLETE");
    expect((await refusal(assume("first-external-id"))).code).toBe("AccessDenied");
    await assume("other-external-id");

    const setup = await aws.physical("vendor", "Setup");
    await aws.cfn().updateStack({
      StackName: "vendor",
      UsePreviousTemplate: true,
      Parameters: [
        keep("ExternalId"),
        keep("Suffix"),
        keep("ExpectedAccount"),
        { ParameterKey: "SetupPhase", ParameterValue: "false" },
      ],
      Capabilities: ["CAPABILITY_NAMED_IAM"],
    });
    await assume("other-external-id");
    const { AttachedPolicies } = await aws.iam().listAttachedRolePolicies({ RoleName: "vendor-acme" });
    expect(AttachedPolicies?.map(({ PolicyArn }) => PolicyArn)).toEqual([await aws.physical("vendor", "Ongoing")]);
    expect((await refusal(aws.iam().getPolicy({ PolicyArn: setup }))).code).toBe("NoSuchEntity");
    expect((await refusal(aws.s3(session).createBucket({ Bucket: "made-after-setup" }))).code).toBe("AccessDenied");
    expect((await refusal(aws.s3(session).headBucket({ Bucket: "made-during-setup" }))).status).toBe(403);
    await aws.s3(session).listBuckets({});

    await aws.cfn().deleteStack({ StackName: "vendor" });
    expect((await refusal(assume("other-external-id"))).code).toBe("AccessDenied");
    expect((await refusal(aws.iam().getRole({ RoleName: "vendor-acme" }))).code).toBe("NoSuchEntity");
    const { Policies } = await aws.iam().listPolicies({ Scope: "Local" });
    expect(Policies).toEqual([]);
    expect((await refusal(aws.stack("vendor"))).message).toBe("Stack with id vendor does not exist");
    await aws.create("vendor", TEMPLATE, parameters);
    expect(await aws.status("vendor")).toBe("CREATE_COMPLETE");
  });

  test("is not made in another account than the link was made for", async () => {
    await using aws = await startStacks();
    const parameters = { ExternalId: "first-external-id", ExpectedAccount: VENDOR };
    const { code, message } = await refusal(aws.create("vendor", TEMPLATE, parameters));
    expect(code).toBe("ValidationError");
    expect(message).toContain("This link was made for another account");
    expect((await refusal(aws.stack("vendor"))).code).toBe("ValidationError");
  });
});
