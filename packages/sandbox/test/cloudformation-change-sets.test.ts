// Change sets: seen first, done later.
import { describe, expect, test } from "vitest";
import { allow, HANDLE, role, startStacks, templateOf } from "./cloudformation-clients.js";
import { refusalLine } from "./iam-clients.js";

const capable = { Capabilities: ["CAPABILITY_NAMED_IAM" as const] };

describe("a change set", () => {
  test("creates a stack once it is executed", async () => {
    await using aws = await startStacks();
    const cfn = aws.cfn();
    const TemplateBody = JSON.stringify(templateOf({ Role: role({ RoleName: "later" }) }));
    const named = { StackName: "new", ChangeSetName: "first" };
    const { StackId = "" } = await cfn.createChangeSet({ ...named, ChangeSetType: "CREATE", TemplateBody, ...capable });
    expect(await aws.status("new")).toBe("REVIEW_IN_PROGRESS");
    expect((await aws.iam().listRoles({})).Roles).toEqual([]);
    expect(await cfn.describeChangeSet(named)).toMatchObject({
      StackId,
      Status: "CREATE_COMPLETE",
      ExecutionStatus: "AVAILABLE",
      Changes: [
        {
          Type: "Resource",
          ResourceChange: { Action: "Add", LogicalResourceId: "Role", ResourceType: "AWS::IAM::Role" },
        },
      ],
    });
    expect(await refusalLine(aws.create("new", TemplateBody))).toContain("AlreadyExistsException");
    await cfn.executeChangeSet(named);
    expect(await aws.status("new")).toBe("CREATE_COMPLETE");
    expect(await aws.physical("new", "Role")).toBe("later");
    expect(await refusalLine(cfn.describeChangeSet(named))).toBe(
      "404 ChangeSetNotFound ChangeSet [first] does not exist",
    );
    const again = cfn.createChangeSet({ ...named, ChangeSetType: "CREATE", TemplateBody, ...capable });
    expect(await refusalLine(again)).toContain("already exists and cannot be created again with the changeSet [first]");
  });

  test("tells what an update would do, and does only that", async () => {
    await using aws = await startStacks();
    const cfn = aws.cfn();
    const before = templateOf({
      Gone: HANDLE,
      Role: role({ Description: "a" }),
      Moved: role({ Path: "/a/" }),
      Same: HANDLE,
    });
    const after = templateOf({
      Added: HANDLE,
      Role: role({ Description: "b" }),
      Moved: role({ Path: "/b/" }),
      Same: HANDLE,
      Policy: {
        Type: "AWS::IAM::Policy",
        Properties: { PolicyName: "p", PolicyDocument: allow("s3:GetObject"), Roles: [{ Ref: "Moved" }] },
      },
    });
    await aws.create("seen", before);
    const ids = { Role: await aws.physical("seen", "Role"), Moved: await aws.physical("seen", "Moved") };
    const named = { StackName: "seen", ChangeSetName: "next" };
    const { Id } = await cfn.createChangeSet({ ...named, TemplateBody: JSON.stringify(after), ...capable });
    const { Changes } = await cfn.describeChangeSet({ ChangeSetName: Id });
    const told = Changes?.map(({ ResourceChange: change }) => [
      change?.Action,
      change?.LogicalResourceId,
      change?.Replacement,
      change?.Details?.map(({ Target }) => `${Target?.Name} ${Target?.RequiresRecreation}`).join(),
    ]);
    expect(told).toEqual([
      ["Add", "Added", undefined, ""],
      ["Modify", "Role", "False", "Description Never"],
      ["Modify", "Moved", "True", "Path Always"],
      ["Add", "Policy", undefined, ""],
      ["Remove", "Gone", undefined, ""],
    ]);
    expect(await aws.status("seen")).toBe("CREATE_COMPLETE");
    expect(await aws.physical("seen", "Moved")).toBe(ids.Moved);
    await cfn.executeChangeSet(named);
    expect(await aws.status("seen")).toBe("UPDATE_COMPLETE");
    expect(await aws.physical("seen", "Role")).toBe(ids.Role);
    expect(await aws.physical("seen", "Moved")).not.toBe(ids.Moved);
  });

  test("without changes fails and cannot be executed", async () => {
    await using aws = await startStacks();
    const cfn = aws.cfn();
    await aws.create("same", templateOf({ Role: role() }));
    const named = { StackName: "same", ChangeSetName: "nothing" };
    await cfn.createChangeSet({ ...named, UsePreviousTemplate: true, ...capable });
    expect(await cfn.describeChangeSet(named)).toMatchObject({
      Status: "FAILED",
      ExecutionStatus: "UNAVAILABLE",
      StatusReason:
        "The submitted information didn't contain changes. Submit different information to create a change set.",
    });
    expect(await refusalLine(cfn.executeChangeSet(named))).toContain("400 InvalidChangeSetStatus ");
  });

  test("goes when the stack is changed in another way, or when it is deleted", async () => {
    await using aws = await startStacks();
    const cfn = aws.cfn();
    await aws.create("stale", templateOf({ Role: role() }));
    const next = {
      StackName: "stale",
      TemplateBody: JSON.stringify(templateOf({ Role: role({ Description: "x" }) })),
      ...capable,
    };
    await cfn.createChangeSet({ ...next, ChangeSetName: "one" });
    await cfn.createChangeSet({ ...next, ChangeSetName: "two" });
    expect(await refusalLine(cfn.createChangeSet({ ...next, ChangeSetName: "two" }))).toContain(
      "AlreadyExistsException",
    );
    expect((await cfn.listChangeSets({ StackName: "stale" })).Summaries).toHaveLength(2);
    await cfn.deleteChangeSet({ StackName: "stale", ChangeSetName: "one" });
    expect((await cfn.listChangeSets({ StackName: "stale" })).Summaries).toHaveLength(1);
    await aws.update("stale", templateOf({ Role: role({ Description: "y" }) }));
    const execute = cfn.executeChangeSet({ StackName: "stale", ChangeSetName: "two" });
    expect(await refusalLine(execute)).toContain("404 ChangeSetNotFound");
  });

  test("is executed with the permissions of whoever executes it", async () => {
    await using aws = await startStacks();
    const TemplateBody = JSON.stringify(templateOf({ Role: role() }));
    const named = { StackName: "theirs", ChangeSetName: "first" };
    await aws.cfn().createChangeSet({ ...named, ChangeSetType: "CREATE", TemplateBody, ...capable });
    const keys = await aws.userWith("executor", allow("cloudformation:*"));
    await aws.cfn(keys).executeChangeSet(named);
    expect(await aws.status("theirs")).toBe("ROLLBACK_COMPLETE");
  });

  test("can be permitted by its name", async () => {
    await using aws = await startStacks();
    await aws.create("named", templateOf({ Role: role() }));
    const Condition = { StringLike: { "cloudformation:ChangeSetName": "safe-*" } };
    const statement = { Effect: "Allow", Action: "cloudformation:*ChangeSet", Resource: "*", Condition };
    const keys = await aws.userWith("planner", { Version: "2012-10-17", Statement: [statement] });
    const next = { StackName: "named", UsePreviousTemplate: true, ...capable };
    await aws.cfn(keys).createChangeSet({ ...next, ChangeSetName: "safe-1" });
    expect(await refusalLine(aws.cfn(keys).createChangeSet({ ...next, ChangeSetName: "other" }))).toContain(
      "403 AccessDenied",
    );
  });

  test("of a stack that does not exist is refused", async () => {
    await using aws = await startStacks();
    const next = { StackName: "none", ChangeSetName: "c", TemplateBody: JSON.stringify(templateOf({ A: HANDLE })) };
    expect(await refusalLine(aws.cfn().createChangeSet(next))).toContain("Stack [none] does not exist");
    expect(await refusalLine(aws.cfn().describeChangeSet({ ChangeSetName: "c" }))).toContain(
      "StackName must be specified",
    );
    const id = "arn:aws:cloudformation:us-east-1:222222222222:changeSet/c/1";
    expect(await refusalLine(aws.cfn().describeChangeSet({ ChangeSetName: id }))).toContain("404 ChangeSetNotFound");
  });
});
