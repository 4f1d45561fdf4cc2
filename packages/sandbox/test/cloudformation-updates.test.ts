// Updates by difference: in place, by replacement, undone when they fail, refused when there is nothing to do.
import { describe, expect, test } from "vitest";
import { allow, HANDLE, role, startStacks, templateOf } from "./cloudformation-clients.js";
import { refusal, refusalLine } from "./iam-clients.js";

const TRUST = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" }],
};
const documentOf = (text: string | undefined): unknown => JSON.parse(decodeURIComponent(text ?? ""));
const managed = (document: object, more: object = {}) => ({
  Type: "AWS::IAM::ManagedPolicy",
  Properties: { PolicyDocument: document, ...more },
});
const inline = (name: string, document: object) => ({ PolicyName: name, PolicyDocument: document });

describe("an update", () => {
  test("changes everything of a role in place and leaves the rest alone", async () => {
    await using aws = await startStacks();
    const template = (properties: object) =>
      templateOf({
        Role: role(properties),
        One: managed(allow("s3:GetObject")),
        Two: managed(allow("s3:PutObject")),
        Untouched: managed(allow("s3:ListAllMyBuckets")),
      });
    await aws.create(
      "all",
      template({
        Description: "before",
        MaxSessionDuration: 3600,
        ManagedPolicyArns: [{ Ref: "One" }],
        Policies: [inline("kept", allow("s3:GetObject")), inline("dropped", allow("s3:GetObject"))],
        PermissionsBoundary: { Ref: "One" },
        Tags: [
          { Key: "a", Value: "1" },
          { Key: "b", Value: "1" },
        ],
      }),
    );
    const RoleName = await aws.physical("all", "Role");
    const { Role: before } = await aws.iam().getRole({ RoleName });
    await aws.update(
      "all",
      template({
        AssumeRolePolicyDocument: TRUST,
        MaxSessionDuration: "7200",
        ManagedPolicyArns: [{ Ref: "Two" }],
        Policies: [inline("kept", allow("s3:PutObject")), inline("added", allow("s3:GetObject"))],
        Tags: [
          { Key: "b", Value: "2" },
          { Key: "c", Value: "1" },
        ],
      }),
    );
    expect(await aws.status("all")).toBe("UPDATE_COMPLETE");
    const { Role: after } = await aws.iam().getRole({ RoleName });
    expect(after).toMatchObject({ RoleId: before?.RoleId, MaxSessionDuration: 7200 });
    expect(after?.Description).toBeUndefined();
    expect(after?.PermissionsBoundary).toBeUndefined();
    expect(documentOf(after?.AssumeRolePolicyDocument)).toEqual(TRUST);
    expect(after?.Tags).toEqual([
      { Key: "b", Value: "2" },
      { Key: "c", Value: "1" },
    ]);
    const { AttachedPolicies } = await aws.iam().listAttachedRolePolicies({ RoleName });
    expect(AttachedPolicies?.map(({ PolicyArn }) => PolicyArn)).toEqual([await aws.physical("all", "Two")]);
    expect((await aws.iam().listRolePolicies({ RoleName })).PolicyNames).toEqual(["added", "kept"]);
    const { PolicyDocument } = await aws.iam().getRolePolicy({ RoleName, PolicyName: "kept" });
    expect(documentOf(PolicyDocument)).toEqual(allow("s3:PutObject"));
    const touched = (await aws.events("all")).filter((event) => event.includes("UPDATE_COMPLETE"));
    expect(touched).toEqual(["Role UPDATE_COMPLETE", "all UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "all UPDATE_COMPLETE"]);
  });

  test("makes a new version of a managed policy, and room for it from the sixth on", async () => {
    await using aws = await startStacks();
    await aws.create("versions", templateOf({ Policy: managed(allow("s3:GetObject", "arn:aws:s3:::v0/*")) }));
    for (let version = 1; version <= 6; version++) {
      await aws.update(
        "versions",
        templateOf({ Policy: managed(allow("s3:GetObject", `arn:aws:s3:::v${version}/*`)) }),
      );
    }
    const PolicyArn = await aws.physical("versions", "Policy");
    const { Policy } = await aws.iam().getPolicy({ PolicyArn });
    expect(Policy?.DefaultVersionId).toBe("v7");
    const { Versions } = await aws.iam().listPolicyVersions({ PolicyArn });
    expect(Versions?.map(({ VersionId }) => VersionId)).toEqual(["v7", "v6", "v5", "v4", "v3"]);
    await aws.cfn().deleteStack({ StackName: "versions" });
    expect((await refusal(aws.iam().getPolicy({ PolicyArn }))).code).toBe("NoSuchEntity");
  });

  test.each([
    ["the same template", { Role: role({ Description: "x" }) }],
    [
      "members in another order",
      { Role: { Properties: role({ Description: "x" }).Properties, Type: "AWS::IAM::Role" } },
    ],
    ["other metadata", { Role: { ...role({ Description: "x" }), Metadata: { a: "b" } } }],
    ["another deletion policy", { Role: { ...role({ Description: "x" }), DeletionPolicy: "Retain" } }],
    ["a function with the same result", { Role: role({ Description: { "Fn::Join": ["", ["x"]] } }) }],
  ])("with nothing to do is refused: %s", async (_name, resources) => {
    await using aws = await startStacks();
    await aws.create("same", templateOf({ Role: role({ Description: "x" }) }));
    expect(await refusalLine(aws.update("same", templateOf(resources)))).toBe(
      "400 ValidationError No updates are to be performed.",
    );
    expect(await aws.status("same")).toBe("CREATE_COMPLETE");
  });

  test("of outputs or tags alone is an update", async () => {
    await using aws = await startStacks();
    await aws.create("alone", templateOf({ Role: role() }));
    await aws.update("alone", templateOf({ Role: role() }, { Outputs: { O: { Value: "new" } } }));
    expect(await aws.outputs("alone")).toEqual({ O: "new" });
    await aws.cfn().updateStack({
      StackName: "alone",
      UsePreviousTemplate: true,
      Tags: [{ Key: "team", Value: "red" }],
      Capabilities: ["CAPABILITY_IAM"],
    });
    const { Role } = await aws.iam().getRole({ RoleName: await aws.physical("alone", "Role") });
    expect(Role?.Tags).toEqual([{ Key: "team", Value: "red" }]);
    expect((await aws.stack("alone")).Tags).toEqual([{ Key: "team", Value: "red" }]);
  });

  test("that changes a resource's type is refused", async () => {
    await using aws = await startStacks();
    await aws.create("type", templateOf({ Thing: HANDLE }));
    expect(await refusalLine(aws.update("type", templateOf({ Thing: role() })))).toContain(
      "Update of resource type is not permitted. The new template modifies resource type of the following resources: [Thing]",
    );
  });
});

describe("a property that takes a new resource", () => {
  test.each([
    ["a role's path", (path: string) => role({ Path: path }), "/a/", "/b/"],
    ["a role's name", (name: string) => role({ RoleName: name }), "first", "second"],
    ["a policy's description", (text: string) => managed(allow("s3:GetObject"), { Description: text }), "a", "b"],
    ["a policy's path", (path: string) => managed(allow("s3:GetObject"), { Path: path }), "/a/", "/b/"],
    ["a user's name", (UserName: string) => ({ Type: "AWS::IAM::User", Properties: { UserName } }), "first", "second"],
    [
      "a bucket's name",
      (BucketName: string) => ({ Type: "AWS::S3::Bucket", Properties: { BucketName } }),
      "first",
      "second",
    ],
  ])("replaces it, and everything that refers to it follows: %s", async (_name, resource, before, after) => {
    await using aws = await startStacks();
    const template = (value: string) =>
      templateOf({ Thing: resource(value), User: role({ Description: { "Fn::Sub": "uses ${Thing}" } }) });
    await aws.create("replace", template(before));
    const old = await aws.physical("replace", "Thing");
    await aws.update("replace", template(after));
    expect(await aws.status("replace")).toBe("UPDATE_COMPLETE");
    const now = await aws.physical("replace", "Thing");
    expect(now).not.toBe(old);
    const { Role } = await aws.iam().getRole({ RoleName: await aws.physical("replace", "User") });
    expect(Role?.Description).toBe(`uses ${now}`);
    const events = await aws.events("replace");
    const from = events.findIndex((event) => event.startsWith("replace UPDATE_IN_PROGRESS"));
    expect(events.slice(from)).toEqual([
      "replace UPDATE_IN_PROGRESS User Initiated",
      "Thing UPDATE_IN_PROGRESS Requested update requires the creation of a new physical resource; hence creating one.",
      "Thing UPDATE_IN_PROGRESS Resource creation Initiated",
      "Thing UPDATE_COMPLETE",
      "User UPDATE_IN_PROGRESS",
      "User UPDATE_COMPLETE",
      "replace UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
      "Thing DELETE_IN_PROGRESS",
      "Thing DELETE_COMPLETE",
      "replace UPDATE_COMPLETE",
    ]);
    await aws.cfn().deleteStack({ StackName: "replace" });
    expect((await aws.iam().listRoles({})).Roles).toEqual([]);
    expect((await aws.iam().listPolicies({ Scope: "Local" })).Policies).toEqual([]);
  });

  test("does not replace a resource whose name the template gives", async () => {
    await using aws = await startStacks();
    const template = (Path: string) => templateOf({ Role: role({ RoleName: "custom", Path }) });
    await aws.create("custom", template("/a/"));
    await aws.update("custom", template("/b/"));
    expect(await aws.status("custom")).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect(await aws.events("custom")).toContain(
      "Role UPDATE_FAILED CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename custom and update the stack again.",
    );
    expect((await aws.iam().getRole({ RoleName: "custom" })).Role?.Path).toBe("/a/");
  });

  test("keeps the old resource where the template says so", async () => {
    await using aws = await startStacks();
    const template = (Path: string) => templateOf({ Role: { ...role({ Path }), UpdateReplacePolicy: "Retain" } });
    await aws.create("retain", template("/a/"));
    await aws.update("retain", template("/b/"));
    expect((await aws.iam().listRoles({})).Roles?.map(({ Path }) => Path).toSorted()).toEqual(["/a/", "/b/"]);
  });
});

describe("an update that fails", () => {
  const before = (extra: object = {}) =>
    templateOf({
      Bucket: { Type: "AWS::S3::Bucket", Properties: { VersioningConfiguration: { Status: "Suspended" } } },
      Role: role({
        Description: "before",
        Tags: [{ Key: "a", Value: "1" }],
        Policies: [inline("p", allow("s3:GetObject"))],
      }),
      Moved: managed(allow("s3:GetObject")),
      ...extra,
    });
  const after = (last: object) =>
    templateOf({
      Bucket: { Type: "AWS::S3::Bucket", Properties: { VersioningConfiguration: { Status: "Enabled" } } },
      Role: role({
        AssumeRolePolicyDocument: TRUST,
        Description: "after",
        Policies: [inline("q", allow("s3:PutObject"))],
      }),
      Moved: managed(allow("s3:GetObject"), { Path: "/moved/" }),
      Added: managed(allow("s3:GetObject")),
      ZLast: { ...last, DependsOn: ["Bucket", "Role", "Moved", "Added"] },
    });

  test("puts everything back as it was", async () => {
    await using aws = await startStacks();
    await aws.create("back", before({ ZLast: role({ Description: "last" }) }));
    const RoleName = await aws.physical("back", "Role");
    const moved = await aws.physical("back", "Moved");
    const { Role: was } = await aws.iam().getRole({ RoleName });
    await aws.update(
      "back",
      after(role({ Description: "last", PermissionsBoundary: "arn:aws:iam::222222222222:policy/none" })),
    );
    expect(await aws.stack("back")).toMatchObject({ StackStatus: "UPDATE_ROLLBACK_COMPLETE" });
    const { Role: is } = await aws.iam().getRole({ RoleName });
    expect({ ...is, RoleLastUsed: undefined }).toEqual({ ...was, RoleLastUsed: undefined });
    expect((await aws.iam().listRolePolicies({ RoleName })).PolicyNames).toEqual(["p"]);
    expect(await aws.physical("back", "Moved")).toBe(moved);
    const { Policies } = await aws.iam().listPolicies({ Scope: "Local" });
    expect(Policies?.map(({ Arn }) => Arn)).toEqual([moved]);
    const Bucket = await aws.physical("back", "Bucket");
    expect((await aws.s3().getBucketVersioning({ Bucket })).Status).toBe("Suspended");
    const { StackResourceSummaries } = await aws.cfn().listStackResources({ StackName: "back" });
    expect(StackResourceSummaries?.map(({ LogicalResourceId }) => LogicalResourceId)).toEqual([
      "Bucket",
      "Moved",
      "Role",
      "ZLast",
    ]);
    const stackEvents = (await aws.events("back")).filter((event) => event.startsWith("back UPDATE"));
    expect(stackEvents).toEqual([
      "back UPDATE_IN_PROGRESS User Initiated",
      "back UPDATE_ROLLBACK_IN_PROGRESS The following resource(s) failed to update: [ZLast]. ",
      "back UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS",
      "back UPDATE_ROLLBACK_COMPLETE",
    ]);
    expect(await aws.cfn().getTemplate({ StackName: "back" })).toMatchObject({
      TemplateBody: JSON.stringify(before({ ZLast: role({ Description: "last" }) })),
    });
    await aws.update("back", after(role({ Description: "at last" })));
    expect(await aws.status("back")).toBe("UPDATE_COMPLETE");
  });

  test("keeps the parameters that the stack had", async () => {
    await using aws = await startStacks();
    const template = templateOf(
      { Role: role({ MaxSessionDuration: { Ref: "Seconds" } }) },
      { Parameters: { Seconds: { Type: "String" } } },
    );
    await aws.create("kept", template, { Seconds: "3600" });
    await aws.update("kept", template, { Seconds: "60" });
    expect(await aws.stack("kept")).toMatchObject({
      StackStatus: "UPDATE_ROLLBACK_COMPLETE",
      Parameters: [{ ParameterKey: "Seconds", ParameterValue: "3600" }],
    });
  });

  test("removes what was added, also when that is what failed", async () => {
    await using aws = await startStacks();
    await aws.create("added", templateOf({ Handle: HANDLE }));
    const broken = role({ ManagedPolicyArns: ["arn:aws:iam::222222222222:policy/none"] });
    await aws.update("added", templateOf({ Handle: HANDLE, Broken: broken }));
    expect(await aws.stack("added")).toMatchObject({ StackStatus: "UPDATE_ROLLBACK_COMPLETE" });
    expect((await aws.iam().listRoles({})).Roles).toEqual([]);
  });

  test("stays as it is with DisableRollback, and can be updated again", async () => {
    await using aws = await startStacks();
    const template = (first: string, second: string) =>
      templateOf({
        First: role({ Description: first }),
        Second: { ...role({ PermissionsBoundary: second }), DependsOn: "First" },
      });
    const boundary = "arn:aws:iam::aws:policy/AdministratorAccess";
    await aws.create("stay", template("before", boundary));
    await aws.update("stay", template("after", "arn:aws:iam::222222222222:policy/none"), {}, { DisableRollback: true });
    expect(await aws.status("stay")).toBe("UPDATE_FAILED");
    const { Role } = await aws.iam().getRole({ RoleName: await aws.physical("stay", "First") });
    expect(Role?.Description).toBe("after");
    await aws.update("stay", template("again", boundary));
    expect(await aws.status("stay")).toBe("UPDATE_COMPLETE");
  });

  test("and cannot be put back is UPDATE_ROLLBACK_FAILED and can only be deleted", async () => {
    await using aws = await startStacks();
    const template = (description: string, seconds: number) =>
      templateOf({
        First: role({ Description: description }),
        Second: { ...role({ MaxSessionDuration: seconds }), DependsOn: "First" },
      });
    await aws.create("stuck", template("before", 3600));
    const fault = aws.sandbox.fault({
      service: "iam",
      action: "GetRole",
      status: 503,
      code: "ServiceUnavailable",
      message: "down",
    });
    await aws.update("stuck", template("after", 7200));
    fault.lift();
    expect(await aws.status("stuck")).toBe("UPDATE_ROLLBACK_FAILED");
    expect(await refusalLine(aws.update("stuck", template("after", 7200)))).toMatch(
      /Stack:arn:aws:cloudformation:us-east-1:222222222222:stack\/stuck\/\S+ is in UPDATE_ROLLBACK_FAILED state and can not be updated\./,
    );
    await aws.cfn().deleteStack({ StackName: "stuck" });
    expect((await aws.iam().listRoles({})).Roles).toEqual([]);
  });
});
