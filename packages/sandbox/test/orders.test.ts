// What a test's author may get wrong is said at once, not answered with silence.
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { IAM } from "@aws-sdk/client-iam";
import { createSandbox } from "@daypass/sandbox";
import type { HttpRequest } from "@daypass/sandbox";
import { startSandbox, type FaultOrder, type Sandbox } from "@daypass/sandbox/testing";
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
    [{ service: "s3", status: 503 }, "fault needs `code`: it is missing"],
    [{ ...order, times: 0 }, "fault needs `times` to be"],
    [{ ...order, region: "frankfurt" }, "fault needs `region` to be"],
    [{ ...order, accountId: "999999999999" }, "there is no account 999999999999"],
    [{ ...order, kind: "outrage" }, 'fault does not know the kind "outrage"'],
    [{ ...order, kind: "toString" }, 'fault does not know the kind "toString"'],
    [{ ...order, kind: 5 }, "fault does not know the kind number"],
    [undefined, "fault needs"],
    [{ kind: "outage", mode: "hang" }, "an outage needs `service`, `region` or both"],
    [{ kind: "outage", service: "sts", mode: "off" }, "fault needs `mode` to be"],
    [{ kind: "outage", service: "sts", mode: "hang", action: "AssumeRole" }, 'fault does not know "action"'],
    [{ kind: "throttle", service: "sts", ratePerSecond: -1, burst: 1 }, "fault needs `ratePerSecond` to be"],
    [{ kind: "throttle", service: "sts", ratePerSecond: 1, burst: 0 }, "fault needs `burst` to be"],
    [{ kind: "throttle", ratePerSecond: 1, burst: 1 }, "fault needs `service`: it is missing"],
    [{ kind: "throttle", service: "sts", ratePerSecond: 1, burst: 1, times: 1 }, 'fault does not know "times"'],
    [{ kind: "slow", delayMs: 600_001 }, "fault needs `delayMs` to be"],
    [{ kind: "slow", delayMs: { fromMs: 2, toMs: 1 } }, "fault needs `delayMs` to be"],
    [{ kind: "slow", delayMs: { fromMs: 2 } }, "fault needs `delayMs"],
    [{ kind: "cut", afterBytes: -1, how: "reset" }, "fault needs `afterBytes` to be"],
    [{ kind: "cut", afterBytes: 1 }, "fault needs `how`: it is missing"],
    [{ kind: "malformed", form: "odd" }, "fault needs `form` to be"],
    [{ kind: "propagation", delayMs: 1, service: "iam" }, 'fault does not know "service"'],
    [{ kind: "propagation", delayMs: -1 }, "fault needs `delayMs` to be"],
    [{ kind: "propagation" }, "fault needs `delayMs`: it is missing"],
  ])("refuses %j", (wrong, message) => {
    expect(() => sandbox.fault(loosely(wrong))).toThrow(
      expect.objectContaining({ code: "invalid_option", message: expect.stringContaining(message) }),
    );
  });

  it("is refused by the control door in the same words, with what to do", async () => {
    const response = await fetch(`${sandbox.control}faults`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ kind: "slow", service: "sts", delayMs: { fromMs: 2, toMs: 1 } }),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      error: "fault needs `delayMs` to be a range whose fromMs is at most its toMs, not object",
      hint: "correct it",
    });
  });

  it("can be among the options, and is refused there as well", async () => {
    await using begun = await startSandbox({ faults: [order] });
    expect((await fetch(`${begun.control}state`)).status).toBe(200);
    await expect(startSandbox({ faults: [loosely({ kind: "slow" })] })).rejects.toMatchObject({
      code: "invalid_option",
    });
  });
});

describe("without a server", () => {
  const core = createSandbox();
  it.each<[FaultOrder]>([
    [{ kind: "outage", service: "sts", mode: "hang" }],
    [{ kind: "outage", service: "sts", mode: "reset" }],
    [{ kind: "slow", delayMs: 5 }],
    [{ kind: "cut", afterBytes: 1, how: "reset" }],
    [{ kind: "cut", afterBytes: 1, how: "close" }],
  ])("a fault that needs a connection is refused, not forgotten: %j", (wrong) => {
    const refusal = expect.objectContaining({
      code: "invalid_option",
      message: expect.stringContaining("needs a connection"),
      hint: expect.stringContaining("startSandbox"),
    });
    expect(() => core.fault(wrong)).toThrow(refusal);
    expect(() => createSandbox({ faults: [wrong] })).toThrow(refusal);
    const answer = core.handle(controlRequest(core.controlToken, wrong));
    expect([answer.status, String(answer.body)]).toEqual([400, expect.stringContaining("needs a connection")]);
  });

  it("the others are answers like any", () => {
    const outage = core.fault({ kind: "outage", service: "sts", mode: "html" });
    const identity = {
      ...controlRequest("", {}),
      rawPath: "/",
      query: new URLSearchParams("Action=GetCallerIdentity"),
    };
    expect(core.handle(identity)).toMatchObject({ status: 500, body: expect.stringContaining("<html>") });
    outage.lift();
    core.fault({ kind: "cut", afterBytes: 10, how: "short" });
    expect(String(core.handle(identity).body)).toBe("<ErrorRespo".slice(0, 10));
  });
});

/** As a client of the control door would send it. */
function controlRequest(token: string, body: unknown): HttpRequest {
  return {
    method: "POST",
    rawPath: `/_sandbox/${token}/faults`,
    rawQuery: "",
    query: new URLSearchParams(),
    headers: new Map([["content-type", "application/json"]]),
    body: Buffer.from(JSON.stringify(body)),
    remoteAddress: "127.0.0.1",
  };
}

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
