// Stacks as such: names, ids, permissions, tokens, pages, exports, and what can be seen while an operation runs.
import { waitUntilStackCreateComplete, waitUntilStackDeleteComplete } from "@aws-sdk/client-cloudformation";
import { describe, expect, test } from "vitest";
import { allow, CUSTOMER, HANDLE, role, startStacks, templateOf, VENDOR } from "./cloudformation-clients.js";
import { refusal, refusalLine } from "./iam-clients.js";

const ONE = templateOf({ A: HANDLE });
const BODY = JSON.stringify(ONE);

describe("a stack", () => {
  test.each(["1st", "under_score", "-x", "s".repeat(129), "a b", "ä"])("cannot be called %s", async (StackName) => {
    await using aws = await startStacks();
    expect(await refusalLine(aws.create(StackName, ONE))).toMatch(
      /^400 ValidationError 1 validation error detected: Value /,
    );
  });

  test("is found by name and by id, and after its deletion by id alone", async () => {
    await using aws = await startStacks();
    const id = await aws.create("found", ONE);
    expect(id).toMatch(/^arn:aws:cloudformation:us-east-1:222222222222:stack\/found\/[0-9a-f-]{36}$/);
    expect((await aws.stack(id)).StackName).toBe("found");
    await aws.cfn().deleteStack({ StackName: id });
    expect(await refusalLine(aws.stack("found"))).toContain("Stack with id found does not exist");
    expect(await aws.stack(id)).toMatchObject({
      StackStatus: "DELETE_COMPLETE",
      DeletionTime: expect.any(Date) as Date,
    });
    const second = await aws.create("found", ONE);
    expect(second).not.toBe(id);
    const { StackSummaries } = await aws.cfn().listStacks({});
    expect(StackSummaries?.map(({ StackId, StackStatus }) => [StackId, StackStatus])).toEqual([
      [second, "CREATE_COMPLETE"],
      [id, "DELETE_COMPLETE"],
    ]);
    const deleted = await aws.cfn().listStacks({ StackStatusFilter: ["DELETE_COMPLETE"] });
    expect(deleted.StackSummaries).toHaveLength(1);
    expect((await aws.cfn().describeStacks({})).Stacks?.map(({ StackId }) => StackId)).toEqual([second]);
  });

  test.each(["arn:none", "arn:aws:cloudformation:US:333333333333:stack/a/b", "arn:aws:iam::222222222222:role/a"])(
    "is not found under an ARN that is no stack's: %s",
    async (StackName) => {
      await using aws = await startStacks();
      for (const attempt of [
        aws.cfn().describeStacks({ StackName }),
        aws.cfn().deleteStack({ StackName }),
        aws.cfn().getTemplate({ StackName }),
      ]) {
        expect(await refusalLine(attempt)).toMatch(/^400 ValidationError /);
      }
    },
  );

  test("is of one account and one region", async () => {
    await using aws = await startStacks();
    const id = await aws.create("mine", ONE);
    const vendor = aws.cfn(aws.admin(VENDOR));
    expect(await refusalLine(vendor.describeStacks({ StackName: "mine" }))).toContain("does not exist");
    for (const attempt of [
      vendor.describeStacks({ StackName: id }),
      vendor.updateStack({ StackName: id, UsePreviousTemplate: true }),
      vendor.deleteStack({ StackName: id }),
      vendor.getTemplate({ StackName: id }),
    ]) {
      expect(await refusalLine(attempt)).toContain(
        "403 AccessDenied User: arn:aws:iam::111111111111:user/admin is not authorized",
      );
    }
    expect(await refusalLine(aws.cfn(undefined, "eu-west-1").describeStacks({ StackName: "mine" }))).toContain(
      "does not exist",
    );
    await aws.cfn(undefined, "eu-west-1").createStack({ StackName: "mine", TemplateBody: BODY });
    expect(await aws.status("mine")).toBe("CREATE_COMPLETE");
  });

  test("that does not exist is told of in each operation's words", async () => {
    await using aws = await startStacks();
    const cfn = aws.cfn();
    const StackName = "none";
    for (const [call, message] of [
      [cfn.describeStacks({ StackName }), "Stack with id none does not exist"],
      [cfn.describeStackEvents({ StackName }), "Stack [none] does not exist"],
      [cfn.listStackResources({ StackName }), "Stack with id none does not exist"],
      [cfn.describeStackResources({ StackName }), "Stack with id none does not exist"],
      [cfn.describeStackResource({ StackName, LogicalResourceId: "A" }), "Stack 'none' does not exist"],
      [cfn.getTemplate({ StackName }), "Stack with id none does not exist"],
      [cfn.updateStack({ StackName, TemplateBody: BODY }), "Stack [none] does not exist"],
    ] as const) {
      expect(await refusalLine(call)).toBe(`400 ValidationError ${message}`);
    }
  });

  test("is created once for a token, and updated once", async () => {
    await using aws = await startStacks();
    const create = { StackName: "once", TemplateBody: BODY, ClientRequestToken: "create-1" };
    const { StackId } = await aws.cfn().createStack(create);
    expect((await aws.cfn().createStack(create)).StackId).toBe(StackId);
    expect(await refusalLine(aws.cfn().createStack({ ...create, ClientRequestToken: "create-2" }))).toBe(
      "400 AlreadyExistsException Stack [once] already exists",
    );
    const TemplateBody = JSON.stringify(templateOf({ A: HANDLE, B: HANDLE }));
    const update = { StackName: "once", TemplateBody, ClientRequestToken: "update-1" };
    await aws.cfn().updateStack(update);
    await aws.cfn().updateStack(update);
    const { StackEvents } = await aws.cfn().describeStackEvents({ StackName: "once" });
    const updates = StackEvents?.filter(({ ClientRequestToken }) => ClientRequestToken === "update-1");
    expect(updates?.map(({ ResourceStatus }) => ResourceStatus)).toEqual([
      "UPDATE_COMPLETE",
      "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS",
      "CREATE_COMPLETE",
      "CREATE_IN_PROGRESS",
      "CREATE_IN_PROGRESS",
      "UPDATE_IN_PROGRESS",
    ]);
  });

  test("has events with ids of their own, read in pages", async () => {
    await using aws = await startStacks();
    await aws.create(
      "pages",
      templateOf(Object.fromEntries(Array.from({ length: 70 }, (_, index) => [`R${index}`, HANDLE]))),
    );
    const seen: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await aws.cfn().describeStackEvents({ StackName: "pages", ...(NextToken && { NextToken }) });
      seen.push(...(page.StackEvents ?? []).map(({ EventId }) => EventId ?? ""));
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
    expect(seen).toHaveLength(70 * 3 + 2);
    expect(new Set(seen).size).toBe(seen.length);
    const wrong = aws.cfn().describeStackEvents({ StackName: "pages", NextToken: "bm9uc2Vuc2U" });
    expect((await refusal(wrong)).code).toBe("ValidationError");
  });

  test("tells of one resource and of the stack that has it", async () => {
    await using aws = await startStacks();
    await aws.create(
      "detail",
      templateOf({ Role: { ...role({ RoleName: "detailed" }), Metadata: { why: "test" } }, A: HANDLE }),
    );
    const { StackResourceDetail } = await aws
      .cfn()
      .describeStackResource({ StackName: "detail", LogicalResourceId: "Role" });
    expect(StackResourceDetail).toMatchObject({
      PhysicalResourceId: "detailed",
      ResourceStatus: "CREATE_COMPLETE",
      Metadata: '{"why":"test"}',
    });
    const { StackResources } = await aws.cfn().describeStackResources({ PhysicalResourceId: "detailed" });
    expect(StackResources?.map(({ LogicalResourceId }) => LogicalResourceId)).toEqual(["Role", "A"]);
    expect(await refusalLine(aws.cfn().describeStackResource({ StackName: "detail", LogicalResourceId: "No" }))).toBe(
      "400 ValidationError Resource No does not exist for stack detail",
    );
  });

  test.each([
    ["RoleARN", { RoleARN: "arn:aws:iam::222222222222:role/x" }],
    ["NotificationARNs", { NotificationARNs: ["arn:aws:sns:us-east-1:222222222222:x"] }],
    ["StackPolicyBody", { StackPolicyBody: "{}" }],
    ["TimeoutInMinutes", { TimeoutInMinutes: 1 }],
    ["ResourceTypes", { ResourceTypes: ["AWS::IAM::*"] }],
  ])("is not made with what the sandbox would not do: %s", async (name, more) => {
    await using aws = await startStacks();
    const line = await refusalLine(aws.create("extra", ONE, {}, more));
    expect(line).toMatch(new RegExp(`^400 InvalidQueryParameter .*'${name}`));
  });

  test("cannot be asked for what the sandbox does not have", async () => {
    await using aws = await startStacks();
    await aws.create("drift", ONE);
    expect(await refusalLine(aws.cfn().detectStackDrift({ StackName: "drift" }))).toContain("InvalidAction");
  });
});

describe("permissions on stacks", () => {
  test("are judged by the stack's ARN, its tags and the tags of the request", async () => {
    await using aws = await startStacks();
    const arn = `arn:aws:cloudformation:us-east-1:${CUSTOMER}:stack/team-*/*`;
    const keys = await aws.userWith("team", {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Action: "cloudformation:CreateStack",
          Resource: arn,
          Condition: { StringEquals: { "aws:RequestTag/team": "red" } },
        },
        {
          Effect: "Allow",
          Action: ["cloudformation:DescribeStacks", "cloudformation:DeleteStack"],
          Resource: "*",
          Condition: { StringEquals: { "aws:ResourceTag/team": "red" } },
        },
      ],
    });
    const cfn = aws.cfn(keys);
    const tags = { Tags: [{ Key: "team", Value: "red" }] };
    expect(await refusalLine(cfn.createStack({ StackName: "team-a", TemplateBody: BODY }))).toBe(
      `403 AccessDenied User: arn:aws:iam::${CUSTOMER}:user/team is not authorized to perform: cloudformation:CreateStack on resource: arn:aws:cloudformation:us-east-1:${CUSTOMER}:stack/team-a/* because no identity-based policy allows the cloudformation:CreateStack action`,
    );
    expect((await refusal(cfn.createStack({ StackName: "other", TemplateBody: BODY, ...tags }))).code).toBe(
      "AccessDenied",
    );
    await cfn.createStack({ StackName: "team-a", TemplateBody: BODY, ...tags });
    await aws.create("admins", ONE);
    await cfn.describeStacks({ StackName: "team-a" });
    expect((await refusal(cfn.describeStacks({ StackName: "admins" }))).code).toBe("AccessDenied");
    expect((await refusal(cfn.describeStacks({ StackName: "none" }))).code).toBe("AccessDenied");
    expect((await refusal(cfn.describeStacks({}))).code).toBe("AccessDenied");
    expect((await refusal(cfn.deleteStack({ StackName: "admins" }))).code).toBe("AccessDenied");
    await cfn.deleteStack({ StackName: "team-a" });
    expect(await aws.status("admins")).toBe("CREATE_COMPLETE");
  });

  test.each([
    ["CreateStack", (cfn: Client) => cfn.createStack({ StackName: "new", TemplateBody: BODY })],
    ["UpdateStack", (cfn: Client) => cfn.updateStack({ StackName: "one", TemplateBody: BODY })],
    ["DeleteStack", (cfn: Client) => cfn.deleteStack({ StackName: "one" })],
    [
      "UpdateTerminationProtection",
      (cfn: Client) => cfn.updateTerminationProtection({ StackName: "one", EnableTerminationProtection: true }),
    ],
    [
      "CreateChangeSet",
      (cfn: Client) => cfn.createChangeSet({ StackName: "one", ChangeSetName: "d", TemplateBody: BODY }),
    ],
    ["DescribeChangeSet", (cfn: Client) => cfn.describeChangeSet({ StackName: "one", ChangeSetName: "c" })],
    ["ExecuteChangeSet", (cfn: Client) => cfn.executeChangeSet({ StackName: "one", ChangeSetName: "c" })],
    ["DeleteChangeSet", (cfn: Client) => cfn.deleteChangeSet({ StackName: "one", ChangeSetName: "c" })],
    ["ListChangeSets", (cfn: Client) => cfn.listChangeSets({ StackName: "one" })],
    ["DescribeStacks", (cfn: Client) => cfn.describeStacks({ StackName: "one" })],
    ["ListStacks", (cfn: Client) => cfn.listStacks({})],
    ["DescribeStackEvents", (cfn: Client) => cfn.describeStackEvents({ StackName: "one" })],
    ["DescribeStackResources", (cfn: Client) => cfn.describeStackResources({ StackName: "one" })],
    ["DescribeStackResource", (cfn: Client) => cfn.describeStackResource({ StackName: "one", LogicalResourceId: "A" })],
    ["ListStackResources", (cfn: Client) => cfn.listStackResources({ StackName: "one" })],
    ["ListExports", (cfn: Client) => cfn.listExports({})],
    ["ValidateTemplate", (cfn: Client) => cfn.validateTemplate({ TemplateBody: BODY })],
    ["GetTemplate", (cfn: Client) => cfn.getTemplate({ StackName: "one" })],
    ["GetTemplateSummary", (cfn: Client) => cfn.getTemplateSummary({ StackName: "one" })],
  ])("are needed for %s", async (action, attempt) => {
    await using aws = await startStacks();
    await aws.create("one", ONE);
    await aws.cfn().createChangeSet({
      StackName: "one",
      ChangeSetName: "c",
      TemplateBody: JSON.stringify(templateOf({ B: HANDLE })),
    });
    const others = {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", NotAction: `cloudformation:${action}`, Resource: "*" }],
    };
    const denied = aws.cfn(await aws.userWith("denied", others));
    expect(await refusalLine(attempt(denied))).toContain(
      `403 AccessDenied User: arn:aws:iam::${CUSTOMER}:user/denied is not authorized to perform: cloudformation:${action} `,
    );
    const allowed = aws.cfn(await aws.userWith("allowed", allow(`cloudformation:${action}`)));
    const outcome = await attempt(allowed).then(
      () => "done",
      (error: unknown) => String(error),
    );
    expect(outcome).not.toContain("AccessDenied");
  });
});

type Client = ReturnType<Awaited<ReturnType<typeof startStacks>>["cfn"]>;

describe("exports", () => {
  const exporting = (value: string, name = "shared-name") =>
    templateOf({ A: HANDLE }, { Outputs: { O: { Value: value, Export: { Name: name } } } });
  const importing = templateOf(
    { Role: role({ Description: { "Fn::ImportValue": { "Fn::Sub": "${Prefix}-name" } } }) },
    {
      Parameters: { Prefix: { Type: "String", Default: "shared" } },
    },
  );

  test("are imported by other stacks, and bind their exporter as long as they are", async () => {
    await using aws = await startStacks();
    const id = await aws.create("exporter", exporting("first"));
    await aws.create("importer", importing);
    const { Role } = await aws.iam().getRole({ RoleName: await aws.physical("importer", "Role") });
    expect(Role?.Description).toBe("first");
    expect((await aws.cfn().listExports({})).Exports).toEqual([
      { ExportingStackId: id, Name: "shared-name", Value: "first" },
    ]);
    expect(await refusalLine(aws.update("importer", importing))).toContain("No updates are to be performed.");

    await aws.cfn().deleteStack({ StackName: "exporter" });
    expect(await aws.stack("exporter")).toMatchObject({
      StackStatus: "CREATE_COMPLETE",
      StackStatusReason: "Delete canceled. Cannot delete export shared-name as it is in use by importer.",
    });
    await aws.update("exporter", exporting("second"));
    expect(await aws.status("exporter")).toBe("UPDATE_ROLLBACK_COMPLETE");
    expect((await aws.events("exporter")).join("\n")).toContain(
      "Export shared-name cannot be updated as it is in use by importer",
    );
    await aws.update("exporter", templateOf({ A: HANDLE, B: HANDLE }));
    expect((await aws.events("exporter")).join("\n")).toContain(
      "Export shared-name cannot be deleted as it is in use by importer",
    );
    expect(await aws.outputs("exporter")).toEqual({ O: "first" });

    await aws.update("importer", templateOf({ Role: role() }));
    await aws.cfn().deleteStack({ StackName: "exporter" });
    expect(await refusalLine(aws.stack("exporter"))).toContain("does not exist");
    expect((await aws.cfn().listExports({})).Exports).toEqual([]);
  });

  test("that nobody has, or that somebody else has, undo the stack", async () => {
    await using aws = await startStacks();
    await aws.create("importer", importing);
    expect(await aws.status("importer")).toBe("ROLLBACK_COMPLETE");
    expect((await aws.events("importer")).join("\n")).toContain(
      "Role CREATE_FAILED No export named shared-name found.",
    );
    await aws.create("exporter", exporting("first"));
    await aws.create("second", exporting("other"));
    expect(await aws.status("second")).toBe("ROLLBACK_COMPLETE");
    expect((await aws.events("second")).join("\n")).toContain(
      "Export with name shared-name is already exported by stack exporter.",
    );
  });

  test("are not seen from another account", async () => {
    await using aws = await startStacks();
    await aws.create("exporter", exporting("first"));
    const vendor = aws.cfn(aws.admin(VENDOR));
    expect((await vendor.listExports({})).Exports).toEqual([]);
    await vendor.createStack({
      StackName: "importer",
      TemplateBody: JSON.stringify(importing),
      Capabilities: ["CAPABILITY_IAM"],
    });
    const { Stacks } = await vendor.describeStacks({ StackName: "importer" });
    expect(Stacks?.[0]?.StackStatus).toBe("ROLLBACK_COMPLETE");
  });
});

describe("an operation that takes its time", () => {
  test("shows its events one after the other, and its outputs at the end", async () => {
    let now = Date.now();
    await using aws = await startStacks({ now: () => now, stackDurationMs: 10_000 });
    const template = (value: string) => templateOf({ A: HANDLE, B: HANDLE }, { Outputs: { O: { Value: value } } });
    await aws.create("slow", template("first"));
    expect(await aws.status("slow")).toBe("CREATE_IN_PROGRESS");
    expect(await aws.outputs("slow")).toEqual({});
    expect(await aws.events("slow")).toEqual(["slow CREATE_IN_PROGRESS User Initiated"]);
    expect(await refusalLine(aws.update("slow", template("second")))).toContain(
      "is in CREATE_IN_PROGRESS state and can not be updated.",
    );
    now += 5000;
    const half = await aws.events("slow");
    expect(half.length).toBeGreaterThan(2);
    expect(half).not.toContain("slow CREATE_COMPLETE");
    now += 5000;
    expect(await aws.status("slow")).toBe("CREATE_COMPLETE");
    expect(await aws.outputs("slow")).toEqual({ O: "first" });

    await aws.update("slow", template("second"));
    expect(await aws.status("slow")).toBe("UPDATE_IN_PROGRESS");
    expect(await aws.outputs("slow")).toEqual({ O: "first" });
    expect(await refusalLine(aws.cfn().deleteStack({ StackName: "slow" }))).toContain(
      "cannot be deleted while in status UPDATE_IN_PROGRESS",
    );
    aws.sandbox.advanceClock(10_000);
    expect(await aws.outputs("slow")).toEqual({ O: "second" });

    const { StackId: id = "" } = await aws.stack("slow");
    await aws.cfn().deleteStack({ StackName: "slow" });
    await aws.cfn().deleteStack({ StackName: "slow" });
    expect(await aws.status("slow")).toBe("DELETE_IN_PROGRESS");
    expect(await refusalLine(aws.create("slow", template("third")))).toContain("already exists");
    aws.sandbox.advanceClock(10_000);
    expect(await refusalLine(aws.stack("slow"))).toContain("does not exist");
    expect(await aws.status(id)).toBe("DELETE_COMPLETE");
  });

  test("can be cut short by a deletion", async () => {
    let now = Date.now();
    await using aws = await startStacks({ now: () => now, stackDurationMs: 10_000 });
    const id = await aws.create("cut", templateOf({ Role: role() }));
    now += 1000;
    await aws.cfn().deleteStack({ StackName: "cut" });
    now += 20_000;
    expect(await aws.status(id)).toBe("DELETE_COMPLETE");
    expect((await aws.events(id)).join("\n")).not.toContain("cut CREATE_COMPLETE");
    expect((await aws.iam().listRoles({})).Roles).toEqual([]);
  });

  test("is over at once by default, so that waiters need not wait, and stays over when the clock goes back", async () => {
    await using aws = await startStacks();
    const id = await aws.create("quick", ONE);
    await waitUntilStackCreateComplete({ client: aws.cfn(), maxWaitTime: 60 }, { StackName: "quick" });
    aws.sandbox.advanceClock(-60_000);
    expect(await aws.status("quick")).toBe("CREATE_COMPLETE");
    await aws.cfn().deleteStack({ StackName: "quick" });
    await waitUntilStackDeleteComplete({ client: aws.cfn(), maxWaitTime: 60 }, { StackName: id });
    // Each waiter looked once, and so did we.
    expect(aws.sandbox.calls().filter(({ action }) => action === "DescribeStacks")).toHaveLength(3);
  });

  test("cannot take less than no time, or a part of a millisecond", async () => {
    await expect(startStacks({ stackDurationMs: -1 })).rejects.toMatchObject({ code: "invalid_option" });
    await expect(startStacks({ stackDurationMs: 0.5 })).rejects.toMatchObject({ code: "invalid_option" });
  });
});
