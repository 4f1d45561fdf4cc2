// What a test's author may get wrong is said at once, not answered with silence.
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { IAM } from "@aws-sdk/client-iam";
import { startSandbox, type Sandbox } from "@daypass/sandbox/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(() => sandbox.stop());

/** What a caller without types may write. */
const loosely = (value: unknown) => value as never;

describe("starting", () => {
  it.each([
    [{ wrold: {} }, 'startSandbox does not know "wrold"', /it knows port, world,/],
    [{ port: -1 }, "startSandbox needs `port` to be", /correct/],
    [{ port: "8080" }, "startSandbox needs `port` to be number", /correct/],
    [{ stackDurationMs: -5 }, "startSandbox needs `stackDurationMs` to be", /correct/],
    [{ now: 5 }, "startSandbox needs `now` to be Function", /correct/],
  ])("refuses %j", async (options, message, hint) => {
    await expect(startSandbox(loosely(options))).rejects.toMatchObject({
      code: "invalid_option",
      message: expect.stringContaining(message),
      hint: expect.stringMatching(hint),
    });
  });
});

describe("a fault", () => {
  const order = { service: "s3", status: 503, code: "SlowDown", message: "later" };
  it.each([
    [{ ...order, service: "sqs" }, "fault needs `service` to be"],
    [{ ...order, actoin: "GetObject" }, 'fault does not know "actoin"'],
    [{ ...order, status: 200 }, "fault needs `status` to be"],
    [{ service: "s3", status: 503 }, "fault needs `code` to be"],
    [{ ...order, times: 0 }, "fault needs `times` to be"],
  ])("refuses %j", (wrong, message) => {
    expect(() => sandbox.fault(loosely(wrong))).toThrow(
      expect.objectContaining({ code: "invalid_option", message: expect.stringContaining(message) }),
    );
  });
});

describe("the clock", () => {
  it.each([["1h"], [Number.NaN], [Number.POSITIVE_INFINITY], [1e15], [undefined]])("refuses %j", (wrong) => {
    expect(() => sandbox.advanceClock(loosely(wrong))).toThrow(expect.objectContaining({ code: "invalid_option" }));
  });
});

describe("DeleteRole", () => {
  it("refuses a role that is in an instance profile", async () => {
    const config = { endpoint: sandbox.endpoint, region: "us-east-1", credentials: sandbox.account("customer").admin };
    const trust = {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
    };
    const Resources = {
      Role: { Type: "AWS::IAM::Role", Properties: { RoleName: "profiled", AssumeRolePolicyDocument: trust } },
      Profile: { Type: "AWS::IAM::InstanceProfile", Properties: { Roles: [{ Ref: "Role" }] } },
    };
    await new CloudFormation(config).createStack({
      StackName: "profile",
      TemplateBody: JSON.stringify({ Resources }),
      Capabilities: ["CAPABILITY_NAMED_IAM"],
    });
    const iam = new IAM(config);
    await expect(iam.deleteRole({ RoleName: "profiled" })).rejects.toMatchObject({ name: "DeleteConflictException" });
    await new CloudFormation(config).deleteStack({ StackName: "profile" });
    await expect(iam.getRole({ RoleName: "profiled" })).rejects.toMatchObject({ name: "NoSuchEntityException" });
  });
});
