// Throttling by rate: an allowance for each account and region, refilled by the sandbox's clock.
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { ListBucketsCommand, S3Client } from "@aws-sdk/client-s3";
import type { STSClient } from "@aws-sdk/client-sts";
import { startSandbox } from "@daypass/sandbox/testing";
import type { Sandbox } from "@daypass/sandbox/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ask, assumeRole, identity, stsIn, theWorld } from "./rehearsal-clients.js";
import { CUSTOMER, outcome } from "./sts-clients.js";

let sandbox: Sandbox;
let time: number;
beforeEach(async () => {
  time = Date.parse("2026-03-01T12:00:00Z");
  sandbox = await startSandbox({ world: theWorld, now: () => time });
});
afterEach(() => sandbox.stop());

/** A client that signs by the sandbox's clock. */
const client = (options: Parameters<typeof stsIn>[1] = {}) => stsIn(sandbox, { ...options, now: () => time });
const THROTTLED = "400 Throttling Rate exceeded";
/** Outcomes of so many calls, one after the other. */
async function calls(count: number, sts: STSClient = client(), call = identity): Promise<readonly string[]> {
  const outcomes: string[] = [];
  for (let index = 0; index < count; index += 1) outcomes.push(await outcome(call(sts)));
  return outcomes;
}

describe("a throttle", () => {
  it("lets a burst pass and refuses what comes above it, in AWS's words, and mints nothing", async () => {
    sandbox.fault({ kind: "throttle", service: "sts", ratePerSecond: 1, burst: 3 });
    expect(await calls(5, client(), assumeRole)).toEqual(["ok", "ok", "ok", THROTTLED, THROTTLED]);
    expect(sandbox.calls().at(-1)).toMatchObject({ status: 400, errorCode: "Throttling", faults: ["throttle"] });
  });

  it("refills by the sandbox's clock, up to the burst and no further", async () => {
    sandbox.fault({ kind: "throttle", service: "sts", ratePerSecond: 2, burst: 3 });
    await calls(4);
    time += 499;
    expect(await calls(1)).toEqual([THROTTLED]);
    time += 1;
    expect(await calls(2)).toEqual(["ok", THROTTLED]);
    time += 3_600_000;
    expect(await calls(4)).toEqual(["ok", "ok", "ok", THROTTLED]);
  });

  it("with a rate of 0 never refills, and a clock that goes back adds nothing", async () => {
    sandbox.fault({ kind: "throttle", service: "sts", ratePerSecond: 0, burst: 1 });
    await calls(1);
    time += 3_600_000;
    expect(await calls(1)).toEqual([THROTTLED]);
    time -= 7_200_000;
    expect(await calls(1)).toEqual([THROTTLED]);
  });

  it("counts each account by itself", async () => {
    sandbox.fault({ kind: "throttle", service: "sts", ratePerSecond: 0, burst: 1 });
    const customer = client({ keys: sandbox.account("customer").admin });
    expect([...(await calls(2)), ...(await calls(2, customer))]).toEqual(["ok", THROTTLED, "ok", THROTTLED]);
  });

  it("counts each region by itself", async () => {
    sandbox.fault({ kind: "throttle", service: "sts", ratePerSecond: 0, burst: 1 });
    const elsewhere = client({ region: "us-west-2" });
    expect([...(await calls(2)), ...(await calls(2, elsewhere))]).toEqual(["ok", THROTTLED, "ok", THROTTLED]);
  });

  it("of one action leaves the others alone", async () => {
    sandbox.fault({ kind: "throttle", service: "sts", action: "AssumeRole", ratePerSecond: 0, burst: 1 });
    expect(await calls(2, client(), assumeRole)).toEqual(["ok", THROTTLED]);
    expect(await calls(2)).toEqual(["ok", "ok"]);
  });

  it("of a service is shared by its actions", async () => {
    sandbox.fault({ kind: "throttle", service: "sts", ratePerSecond: 0, burst: 1 });
    expect(await calls(1)).toEqual(["ok"]);
    expect(await calls(1, client(), assumeRole)).toEqual([THROTTLED]);
  });

  it("can be for one account in one region", async () => {
    sandbox.fault({
      kind: "throttle",
      service: "sts",
      accountId: CUSTOMER,
      region: "us-west-2",
      ratePerSecond: 0,
      burst: 1,
    });
    const keys = sandbox.account("customer").admin;
    expect(await calls(2)).toEqual(["ok", "ok"]);
    expect(await calls(2, client({ keys }))).toEqual(["ok", "ok"]);
    expect(await calls(2, client({ keys, region: "us-west-2" }))).toEqual(["ok", THROTTLED]);
  });

  it("does not count who is not authenticated", async () => {
    sandbox.fault({ kind: "throttle", service: "sts", ratePerSecond: 0, burst: 1 });
    const { accessKeyId } = sandbox.account("vendor").admin;
    expect(await calls(1, client({ keys: { accessKeyId, secretAccessKey: "guessed" } }))).toEqual([
      expect.stringMatching(/^403 SignatureDoesNotMatch/),
    ]);
    expect(await calls(1)).toEqual(["ok"]);
  });

  it("of S3 is S3's SlowDown", async () => {
    const s3 = new S3Client({
      endpoint: sandbox.endpoint,
      region: "us-east-1",
      credentials: sandbox.account("vendor").admin,
      maxAttempts: 1,
      systemClockOffset: time - Date.now(),
    });
    sandbox.fault({ kind: "throttle", service: "s3", ratePerSecond: 0, burst: 1 });
    const list = () => outcome(s3.send(new ListBucketsCommand({})));
    expect([await list(), await list()]).toEqual(["ok", "503 SlowDown Please reduce your request rate."]);
  });

  it("of IAM holds up stacks too: CloudFormation calls it for the same account", async () => {
    const { admin } = sandbox.account("customer");
    const cloudFormation = new CloudFormation({
      endpoint: sandbox.endpoint,
      region: "us-east-1",
      credentials: admin,
      systemClockOffset: time - Date.now(),
    });
    sandbox.fault({ kind: "throttle", service: "iam", ratePerSecond: 0, burst: 1 });
    const user = { Type: "AWS::IAM::User" };
    await cloudFormation.createStack({
      StackName: "two",
      TemplateBody: JSON.stringify({ Resources: { One: user, Two: user } }),
      Capabilities: ["CAPABILITY_IAM"],
    });
    const { StackEvents } = await cloudFormation.describeStackEvents({ StackName: "two" });
    expect(JSON.stringify(StackEvents)).toContain("Rate exceeded");
  });

  it("is over when it is lifted, and when its time is", async () => {
    const { body } = await ask(sandbox, "POST", "faults", {
      kind: "throttle",
      service: "sts",
      ratePerSecond: 0,
      burst: 1,
    });
    expect(await calls(2)).toEqual(["ok", THROTTLED]);
    await ask(sandbox, "DELETE", `faults/${String(body["id"])}`);
    expect(await calls(1)).toEqual(["ok"]);
    sandbox.fault({ kind: "throttle", service: "sts", ratePerSecond: 0, burst: 1, forMs: 1000 });
    expect(await calls(2)).toEqual(["ok", THROTTLED]);
    time += 1000;
    expect(await calls(1)).toEqual(["ok"]);
  });

  it("is ridden out by an SDK's retries once there is allowance again", async () => {
    sandbox.fault({ kind: "throttle", service: "sts", ratePerSecond: 1, burst: 1 });
    await calls(1);
    const patient = client({ maxAttempts: 3 });
    const answer = identity(patient);
    // The first attempt is refused; a second of the sandbox's time passes before the next.
    while (sandbox.calls().length < 2) await new Promise((resolve) => setImmediate(resolve));
    time += 1000;
    expect(await outcome(answer)).toBe("ok");
    expect(sandbox.calls().map(({ status }) => status)).toEqual([200, 400, 200]);
  });
});
