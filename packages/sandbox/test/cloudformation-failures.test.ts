// What happens when a resource cannot be made or removed, and with whose permissions they are made.
import { describe, expect, test } from "vitest";
import { allow, HANDLE, role, startStacks, templateOf, VENDOR } from "./cloudformation-clients.js";
import { refusal, refusalLine } from "./iam-clients.js";

const BROKEN = { ...role({ PermissionsBoundary: "arn:aws:iam::222222222222:policy/none" }), DependsOn: "First" };
const TEMPLATE = templateOf({ First: role({ RoleName: "first" }), Broken: BROKEN }, { Outputs: { O: { Value: "x" } } });
const REASON = "The following resource(s) failed to create: [Broken]. ";

describe("a creation that fails", () => {
  test("is rolled back, with AWS's events in AWS's order", async () => {
    await using aws = await startStacks();
    await aws.create("back", TEMPLATE);
    expect(await aws.stack("back")).toMatchObject({ StackStatus: "ROLLBACK_COMPLETE" });
    expect(await aws.outputs("back")).toEqual({});
    const events = await aws.events("back");
    expect(events[5]).toMatch(
      /^Broken CREATE_FAILED Resource handler returned message: "Scope ARN: arn:aws:iam::222222222222:policy\/none does not exist or is not attachable\. \(Service: Iam, Status Code: 404, Request ID: [0-9a-f-]{36}\)" \(RequestToken: [0-9a-f-]{36}, HandlerErrorCode: NotFound\)$/,
    );
    expect(events.toSpliced(5, 1)).toEqual([
      "back CREATE_IN_PROGRESS User Initiated",
      "First CREATE_IN_PROGRESS",
      "First CREATE_IN_PROGRESS Resource creation Initiated",
      "First CREATE_COMPLETE",
      "Broken CREATE_IN_PROGRESS",
      `back ROLLBACK_IN_PROGRESS ${REASON}Rollback requested by user.`,
      "First DELETE_IN_PROGRESS",
      "First DELETE_COMPLETE",
      "back ROLLBACK_COMPLETE",
    ]);
    expect((await refusal(aws.iam().getRole({ RoleName: "first" }))).code).toBe("NoSuchEntity");
    expect(await refusalLine(aws.update("back", TEMPLATE))).toContain(
      "is in ROLLBACK_COMPLETE state and can not be updated.",
    );
    expect(await refusalLine(aws.create("back", TEMPLATE))).toBe(
      "400 AlreadyExistsException Stack [back] already exists",
    );
    await aws.cfn().deleteStack({ StackName: "back" });
    expect(await refusalLine(aws.stack("back"))).toContain("does not exist");
  });

  test.each([
    ["OnFailure DO_NOTHING", { OnFailure: "DO_NOTHING" as const }],
    ["DisableRollback", { DisableRollback: true }],
  ])("stays with %s, and can be repaired", async (_name, more) => {
    await using aws = await startStacks();
    await aws.create("stay", TEMPLATE, {}, more);
    expect(await aws.stack("stay")).toMatchObject({ StackStatus: "CREATE_FAILED", StackStatusReason: REASON });
    await aws.iam().getRole({ RoleName: "first" });
    await aws.update("stay", templateOf({ First: role({ RoleName: "first" }), Broken: role() }));
    expect(await aws.status("stay")).toBe("UPDATE_COMPLETE");
  });

  test("takes the deployment mode that it has, and knows no other", async () => {
    await using aws = await startStacks();
    const good = templateOf({ First: role({ RoleName: "first" }) });
    await aws.create("plain", good, {}, { DeploymentConfig: { Mode: "STANDARD" } });
    expect(await aws.status("plain")).toBe("CREATE_COMPLETE");
    expect(await refusalLine(aws.create("fast", good, {}, { DeploymentConfig: { Mode: "EXPRESS" } }))).toContain(
      "failed to satisfy constraint",
    );
    const disabled = { DeploymentConfig: { Mode: "STANDARD" as const, DisableRollback: true } };
    expect(await refusalLine(aws.create("kept", good, {}, disabled))).toMatch(/^400 /);
  });

  test("leaves no stack with OnFailure DELETE", async () => {
    await using aws = await startStacks();
    const id = await aws.create("gone", TEMPLATE, {}, { OnFailure: "DELETE" });
    expect(await refusalLine(aws.stack("gone"))).toContain("Stack with id gone does not exist");
    expect(await aws.status(id)).toBe("DELETE_COMPLETE");
    expect((await aws.iam().listRoles({})).Roles).toEqual([]);
  });

  test("keeps what is to be retained, but for what is to be retained except on create", async () => {
    await using aws = await startStacks();
    const kept = { ...role({ RoleName: "kept" }), DeletionPolicy: "Retain" };
    const dropped = { ...role({ RoleName: "dropped" }), DeletionPolicy: "RetainExceptOnCreate" };
    await aws.create(
      "retain",
      templateOf({ First: kept, Second: dropped, Broken: { ...BROKEN, DependsOn: ["First", "Second"] } }),
    );
    expect((await aws.iam().listRoles({})).Roles?.map(({ RoleName }) => RoleName)).toEqual(["kept"]);
    expect(await aws.events("retain")).toContain("First DELETE_SKIPPED");
  });

  test("removes a resource that was made only in part", async () => {
    await using aws = await startStacks();
    const half = role({ RoleName: "half", ManagedPolicyArns: ["arn:aws:iam::222222222222:policy/none"] });
    await aws.create("half", templateOf({ Role: half }));
    expect(await aws.status("half")).toBe("ROLLBACK_COMPLETE");
    expect((await aws.iam().listRoles({})).Roles).toEqual([]);
  });

  test("names every property that is wrong", async () => {
    await using aws = await startStacks();
    const { AssumeRolePolicyDocument: _left, ...rest } = role().Properties as Record<string, unknown>;
    const properties = {
      ...rest,
      RoleNmae: "x",
      MaxSessionDuration: "long",
      ManagedPolicyArns: "arn",
      Tags: [{ Key: "a" }],
    };
    await aws.create("wrong", templateOf({ Role: { Type: "AWS::IAM::Role", Properties: properties } }));
    const failed = (await aws.events("wrong")).find((event) => event.startsWith("Role CREATE_FAILED"));
    expect(failed?.split("\n")).toEqual([
      "Role CREATE_FAILED Properties validation failed for resource Role with message:",
      "#: extraneous key [RoleNmae] is not permitted",
      "#/MaxSessionDuration: expected type: Integer, found: String",
      "#/ManagedPolicyArns: expected type: JSONArray, found: String",
      "#/Tags/0: required key [Value] not found",
      "#: required key [AssumeRolePolicyDocument] not found",
    ]);
  });

  test.each([
    ["a limit of IAM", role({ MaxSessionDuration: 60 }), "Member must have value greater than or equal to 3600"],
    [
      "a policy that IAM refuses",
      role({ AssumeRolePolicyDocument: allow("sts:AssumeRole") }),
      "HandlerErrorCode: InvalidRequest",
    ],
    [
      "a name that is taken",
      { ...role({ RoleName: "taken" }), DependsOn: "First" },
      "Role with name taken already exists.",
    ],
    [
      "a dynamic reference",
      role({ Description: "{{resolve:ssm:secret}}" }),
      "the sandbox does not have dynamic references",
    ],
  ])("tells the service's reason: %s", async (_name, resource, reason) => {
    await using aws = await startStacks();
    await aws.create("told", templateOf({ First: role({ RoleName: "taken" }), Role: resource }));
    const failed = (await aws.events("told")).find((event) => event.startsWith("Role CREATE_FAILED"));
    expect(failed).toContain(reason);
  });

  test("does so too when an outage is ordered", async () => {
    await using aws = await startStacks();
    aws.sandbox.fault({
      service: "iam",
      action: "AttachRolePolicy",
      status: 503,
      code: "ServiceUnavailable",
      message: "down",
      times: 1,
    });
    const arn = "arn:aws:iam::aws:policy/AdministratorAccess";
    await aws.create("outage", templateOf({ Role: role({ ManagedPolicyArns: [arn] }) }));
    expect(await aws.status("outage")).toBe("ROLLBACK_COMPLETE");
    expect((await aws.events("outage")).join("\n")).toContain("HandlerErrorCode: ServiceInternalError");
  });
});

describe("permissions", () => {
  const stackRights = { Effect: "Allow", Action: "cloudformation:*", Resource: "*" };
  const rights = (...statements: readonly object[]) => ({
    Version: "2012-10-17",
    Statement: [stackRights, ...statements],
  });
  const create = {
    StackName: "as-user",
    TemplateBody: JSON.stringify(templateOf({ Role: role() })),
    Capabilities: ["CAPABILITY_IAM" as const],
  };

  test("are the caller's: whoever may not make a role cannot make one through a stack", async () => {
    await using aws = await startStacks();
    const keys = await aws.userWith("limited", rights());
    await aws.cfn(keys).createStack(create);
    expect(await aws.status("as-user")).toBe("ROLLBACK_COMPLETE");
    const failed = (await aws.events("as-user")).find((event) => event.startsWith("Role CREATE_FAILED"));
    expect(failed).toMatch(
      /"User: arn:aws:iam::222222222222:user\/limited is not authorized to perform: iam:CreateRole on resource: arn:aws:iam::222222222222:role\/as-user-Role-[A-Z2-7]{12} because no identity-based policy allows the iam:CreateRole action \(Service: Iam, Status Code: 403, /,
    );
    expect((await aws.iam().listRoles({})).Roles).toEqual([]);
  });

  test("are those of whoever updates and deletes, not of who created", async () => {
    await using aws = await startStacks();
    const keys = await aws.userWith("limited", rights());
    await aws.create("as-user", templateOf({ Role: role({ RoleName: "guarded" }) }));
    await aws.cfn(keys).updateStack({
      ...create,
      TemplateBody: JSON.stringify(templateOf({ Role: role({ RoleName: "guarded", Description: "changed" }) })),
      Capabilities: ["CAPABILITY_NAMED_IAM"],
    });
    expect(await aws.status("as-user")).toBe("UPDATE_ROLLBACK_FAILED");
    await aws.cfn(keys).deleteStack({ StackName: "as-user" });
    expect(await aws.stack("as-user")).toMatchObject({
      StackStatus: "DELETE_FAILED",
      StackStatusReason: "The following resource(s) failed to delete: [Role]. ",
    });
    const { Role } = await aws.iam().getRole({ RoleName: "guarded" });
    expect(Role?.Description).toBeUndefined();
    await aws.cfn().deleteStack({ StackName: "as-user" });
    expect(await refusalLine(aws.stack("as-user"))).toContain("does not exist");
  });

  test("can depend on the call coming through CloudFormation", async () => {
    await using aws = await startStacks();
    const Condition = {
      Bool: { "aws:ViaAWSService": "true" },
      "ForAnyValue:StringEquals": { "aws:CalledVia": "cloudformation.amazonaws.com" },
      Null: { "aws:SourceIp": "true" },
    };
    const keys = await aws.userWith("through", rights({ Effect: "Allow", Action: "iam:*", Resource: "*", Condition }));
    await aws.cfn(keys).createStack(create);
    expect(await aws.status("as-user")).toBe("CREATE_COMPLETE");
    const direct = aws.iam(keys).createRole({ RoleName: "direct", AssumeRolePolicyDocument: "{}" });
    expect((await refusal(direct)).code).toBe("AccessDenied");
  });

  test("to pass a role are asked for an instance profile", async () => {
    await using aws = await startStacks();
    const template = templateOf({
      Role: role(),
      Profile: { Type: "AWS::IAM::InstanceProfile", Properties: { Roles: [{ Ref: "Role" }] } },
    });
    const deny = { Effect: "Deny", Action: "iam:PassRole", Resource: "*" };
    const keys = await aws.userWith("passing", rights({ Effect: "Allow", Action: "iam:*", Resource: "*" }, deny));
    await aws.cfn(keys).createStack({ ...create, TemplateBody: JSON.stringify(template) });
    expect((await aws.events("as-user")).join("\n")).toContain(
      "is not authorized to perform: iam:PassRole on resource: role as-user-Role-",
    );
    await aws.create("admin", template, {});
    expect(await aws.status("admin")).toBe("CREATE_COMPLETE");
  });
});

describe("a deletion", () => {
  test("goes in the opposite order and is fine with what is gone", async () => {
    await using aws = await startStacks();
    const resources = { C: { ...HANDLE, DependsOn: "A" }, A: HANDLE, B: { ...HANDLE, DependsOn: "C" }, Role: role() };
    const id = await aws.create("order", templateOf(resources));
    await aws.iam().deleteRole({ RoleName: await aws.physical("order", "Role") });
    await aws.cfn().deleteStack({ StackName: "order" });
    await aws.cfn().deleteStack({ StackName: "order" });
    await aws.cfn().deleteStack({ StackName: "never-was" });
    const deleted = (await aws.events(id)).filter((event) => / DELETE_COMPLETE/.test(event));
    expect(deleted).toEqual([
      "B DELETE_COMPLETE",
      "C DELETE_COMPLETE",
      "Role DELETE_COMPLETE",
      "A DELETE_COMPLETE",
      "order DELETE_COMPLETE",
    ]);
    const { StackResources } = await aws.cfn().describeStackResources({ StackName: id });
    expect(StackResources?.map(({ ResourceStatus }) => ResourceStatus)).toEqual(
      Array.from({ length: 4 }, () => "DELETE_COMPLETE"),
    );
  });

  test("stops at what somebody else added, keeps what that needs, and goes on when it may be retained", async () => {
    await using aws = await startStacks();
    const resources = {
      Policy: { Type: "AWS::IAM::ManagedPolicy", Properties: { PolicyDocument: allow("s3:GetObject") } },
      Role: role({ RoleName: "held", ManagedPolicyArns: [{ Ref: "Policy" }] }),
      Other: role(),
    };
    const id = await aws.create("held", templateOf(resources));
    await aws.iam().putRolePolicy({
      RoleName: "held",
      PolicyName: "foreign",
      PolicyDocument: JSON.stringify(allow("s3:GetObject")),
    });
    await aws.cfn().deleteStack({ StackName: "held" });
    expect(await aws.status("held")).toBe("DELETE_FAILED");
    expect((await aws.events("held")).join("\n")).toContain("Cannot delete entity, must delete policies first.");
    const { StackResourceSummaries } = await aws.cfn().listStackResources({ StackName: "held" });
    expect(StackResourceSummaries?.map((one) => `${one.LogicalResourceId} ${one.ResourceStatus}`)).toEqual([
      "Policy CREATE_COMPLETE",
      "Role DELETE_FAILED",
    ]);
    await aws.cfn().deleteStack({ StackName: "held", RetainResources: ["Role"] });
    expect(await aws.status(id)).toBe("DELETE_COMPLETE");
    await aws.iam().getRole({ RoleName: "held" });
  });

  test("retains resources only where a deletion has failed before", async () => {
    await using aws = await startStacks();
    await aws.create("whole", templateOf({ Role: role() }));
    const retain = aws.cfn().deleteStack({ StackName: "whole", RetainResources: ["Role"] });
    expect(await refusalLine(retain)).toContain("only when the stack is in the DELETE_FAILED state.");
  });

  test("leaves resources whose deletion policy is Retain", async () => {
    await using aws = await startStacks();
    const id = await aws.create(
      "leave",
      templateOf({ Role: { ...role({ RoleName: "left" }), DeletionPolicy: "Retain" } }),
    );
    await aws.cfn().deleteStack({ StackName: "leave" });
    expect(await aws.events(id)).toContain("Role DELETE_SKIPPED");
    await aws.iam().getRole({ RoleName: "left" });
  });

  test("fails for a bucket that is not empty", async () => {
    await using aws = await startStacks();
    await aws.create(
      "full",
      templateOf({ Bucket: { Type: "AWS::S3::Bucket", Properties: { BucketName: "not-empty" } } }),
    );
    await aws.s3().putObject({ Bucket: "not-empty", Key: "a", Body: "b" });
    await aws.cfn().deleteStack({ StackName: "full" });
    expect(await aws.status("full")).toBe("DELETE_FAILED");
    expect((await aws.events("full")).join("\n")).toContain("The bucket you tried to delete is not empty");
  });

  test("is refused while the stack is protected", async () => {
    await using aws = await startStacks();
    await aws.create("safe", templateOf({ Handle: HANDLE }), {}, { EnableTerminationProtection: true });
    expect(await refusalLine(aws.cfn().deleteStack({ StackName: "safe" }))).toBe(
      "400 ValidationError Stack [safe] cannot be deleted while TerminationProtection is enabled",
    );
    await aws.cfn().updateTerminationProtection({ StackName: "safe", EnableTerminationProtection: false });
    await aws.cfn().deleteStack({ StackName: "safe" });
    expect(await refusalLine(aws.stack("safe"))).toContain("does not exist");
  });
});

test("a stack cannot take over a bucket or a bucket policy that is there", async () => {
  await using aws = await startStacks();
  await aws.s3().createBucket({ Bucket: "already-mine" });
  await aws.create(
    "bucket",
    templateOf({ Bucket: { Type: "AWS::S3::Bucket", Properties: { BucketName: "already-mine" } } }),
  );
  expect(await aws.events("bucket")).toContain("Bucket CREATE_FAILED already-mine already exists");
  await aws.s3().headBucket({ Bucket: "already-mine" });
  const document = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${VENDOR}:root` },
        Action: "s3:GetObject",
        Resource: "arn:aws:s3:::already-mine/*",
      },
    ],
  };
  await aws.s3().putBucketPolicy({ Bucket: "already-mine", Policy: JSON.stringify(document) });
  const policy = { Type: "AWS::S3::BucketPolicy", Properties: { Bucket: "already-mine", PolicyDocument: document } };
  await aws.create("policy", templateOf({ Policy: policy }));
  expect(await aws.events("policy")).toContain(
    "Policy CREATE_FAILED The bucket policy already exists on bucket already-mine.",
  );
  expect((await aws.s3().getBucketPolicy({ Bucket: "already-mine" })).Policy).toBe(JSON.stringify(document));
});
