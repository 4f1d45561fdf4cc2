// Outages, and answers that come late, in part or as something else, as real SDK clients meet them.
import { CloudFormation } from "@aws-sdk/client-cloudformation";
import { IAM } from "@aws-sdk/client-iam";
import {
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { startSandbox } from "@daypass/sandbox/testing";
import type { CutOrder, Sandbox } from "@daypass/sandbox/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ask, assumeRole, failure, identity, stsIn, theWorld } from "./rehearsal-clients.js";
import { send, signIdentityCall } from "./signed-request.js";
import { CUSTOMER, outcome, VENDOR } from "./sts-clients.js";

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({
    world: {
      ...theWorld,
      buckets: [
        { name: "reports", account: VENDOR, region: "us-east-1", objects: [{ key: "a.txt", body: "0123456789" }] },
      ],
    },
  });
});
afterEach(() => sandbox.stop());

const raw = async () => {
  const keys = sandbox.account("vendor").admin;
  return send(sandbox.endpoint, await signIdentityCall({ endpoint: sandbox.endpoint, keys }));
};
const last = () => sandbox.calls().at(-1);
const s3 = () =>
  new S3Client({
    endpoint: sandbox.endpoint,
    region: "us-east-1",
    credentials: sandbox.account("vendor").admin,
    maxAttempts: 1,
  });

const cloudFormation = () =>
  new CloudFormation({
    endpoint: sandbox.endpoint,
    region: "us-east-1",
    credentials: sandbox.account("customer").admin,
    maxAttempts: 1,
  });

describe("an outage", () => {
  it("of a region hits every service that is signed for it, and no other region", async () => {
    const outage = sandbox.fault({ kind: "outage", region: "eu-central-1", mode: "unavailable" });
    const iam = new IAM({
      endpoint: sandbox.endpoint,
      region: "eu-central-1",
      credentials: sandbox.account("vendor").admin,
      maxAttempts: 1,
    });
    expect(await outcome(identity(stsIn(sandbox)))).toMatch(/^503 ServiceUnavailable/);
    expect(await outcome(iam.listUsers({}))).toMatch(/^503 ServiceUnavailable/);
    expect(await outcome(identity(stsIn(sandbox, { region: "eu-west-1" })))).toBe("ok");
    outage.lift();
    expect(await outcome(identity(stsIn(sandbox)))).toBe("ok");
  });

  it("of a service leaves the others alone, and S3's has S3's words", async () => {
    sandbox.fault({ kind: "outage", service: "s3", mode: "unavailable" });
    expect(await outcome(s3().send(new ListBucketsCommand({})))).toBe(
      "503 ServiceUnavailable Service is unable to handle request.",
    );
    expect(await outcome(identity(stsIn(sandbox)))).toBe("ok");
  });

  it("of a service in a region is nowhere else", async () => {
    sandbox.fault({ kind: "outage", service: "sts", region: "us-east-1", mode: "unavailable" });
    expect(await outcome(identity(stsIn(sandbox)))).toBe("ok");
    expect(await outcome(identity(stsIn(sandbox, { region: "us-east-1" })))).toMatch(/^503/);
    expect(await outcome(s3().send(new ListBucketsCommand({})))).toBe("ok");
  });

  it("is met by strangers too: nobody is told who they are", async () => {
    sandbox.fault({ kind: "outage", service: "sts", mode: "unavailable" });
    const stranger = { accessKeyId: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "x" };
    expect(await outcome(identity(stsIn(sandbox, { keys: stranger })))).toMatch(/^503/);
    expect(last()).toMatchObject({ status: 503, principalArn: undefined, action: undefined, faults: ["outage"] });
  });

  it("can be a page that no SDK can read", async () => {
    sandbox.fault({ kind: "outage", service: "sts", mode: "html" });
    const reply = await raw();
    expect(reply.status).toBe(500);
    expect(reply.headers).toMatch(/content-type: text\/html/i);
    expect(await outcome(identity(stsIn(sandbox)))).toMatch(/^500/);
  });

  it("can reset the connection, and nothing is done", async () => {
    sandbox.fault({ kind: "outage", service: "sts", mode: "reset" });
    expect(await failure(assumeRole(stsIn(sandbox)))).toBe("ECONNRESET");
    expect(last()).toMatchObject({ status: 0, faults: ["outage"] });
  });

  it("can leave the caller without any answer", async () => {
    sandbox.fault({ kind: "outage", service: "sts", mode: "hang" });
    expect(await failure(identity(stsIn(sandbox, { timeoutMs: 100 })))).toBe("ETIMEDOUT");
    expect(last()).toMatchObject({ status: 0, faults: ["outage"] });
  });

  it("does not keep a sandbox from stopping", async () => {
    sandbox.fault({ kind: "outage", service: "sts", mode: "hang" });
    sandbox.fault({ kind: "slow", service: "iam", delayMs: 600_000 });
    const waiting = failure(identity(stsIn(sandbox)));
    while (sandbox.calls().length === 0) await new Promise((resolve) => setImmediate(resolve));
    await sandbox.stop();
    expect(await waiting).toMatch(/ECONNRESET|socket hang up/);
  });

  it("is over when its time is, by the sandbox's clock, and does not come back when the clock does", async () => {
    sandbox.fault({ kind: "outage", service: "sts", mode: "unavailable", forMs: 60_000 });
    sandbox.advanceClock(59_000);
    expect(await outcome(identity(stsIn(sandbox)))).toMatch(/^503/);
    sandbox.advanceClock(2000);
    expect((await ask(sandbox, "GET", "state")).body["faults"]).toEqual([]);
    sandbox.advanceClock(-61_000);
    expect(await outcome(identity(stsIn(sandbox)))).toBe("ok");
  });

  it("is ridden out by an SDK whose attempts last longer", async () => {
    sandbox.fault({ kind: "outage", service: "sts", mode: "reset", times: 1 });
    expect(await failure(identity(stsIn(sandbox, { maxAttempts: 2 })))).toBe("ok");
    expect(sandbox.calls().map(({ status }) => status)).toEqual([0, 200]);
  });

  it("of IAM reaches stacks: what CloudFormation asks of it fails", async () => {
    sandbox.fault({ kind: "outage", service: "iam", mode: "hang" });
    await cloudFormation().createStack({
      StackName: "s",
      TemplateBody: JSON.stringify({ Resources: { User: { Type: "AWS::IAM::User" } } }),
      Capabilities: ["CAPABILITY_IAM"],
    });
    const { StackEvents } = await cloudFormation().describeStackEvents({ StackName: "s" });
    expect(JSON.stringify(StackEvents)).toContain("temporary failure of the server");
  });

  it("of S3 keeps CloudFormation from reading templates there", async () => {
    const TemplateURL = `${sandbox.endpoint}/reports/a.txt`;
    const outage = sandbox.fault({ kind: "outage", service: "s3", mode: "unavailable" });
    expect(await outcome(cloudFormation().validateTemplate({ TemplateURL }))).toContain("unable to handle request");
    outage.lift();
    expect(await outcome(cloudFormation().validateTemplate({ TemplateURL }))).toContain("Access Denied");
  });
});

describe("a slow answer", () => {
  it("comes after the client has given up, and what was asked for is done all the same", async () => {
    sandbox.fault({ kind: "slow", service: "sts", action: "AssumeRole", delayMs: 600_000 });
    expect(await failure(assumeRole(stsIn(sandbox, { timeoutMs: 100 })))).toBe("ETIMEDOUT");
    expect(last()).toMatchObject({ action: "AssumeRole", status: 200, faults: ["slow"] });
    expect(await failure(identity(stsIn(sandbox, { timeoutMs: 60_000 })))).toBe("ok");
  });

  it("arrives whole when it is waited for", async () => {
    sandbox.fault({ kind: "slow", delayMs: { fromMs: 1, toMs: 3 }, times: 1 });
    expect((await assumeRole(stsIn(sandbox))).Credentials?.AccessKeyId).toMatch(/^ASIA/);
    expect(last()?.faults).toEqual(["slow"]);
  });

  it("can be for one account's calls", async () => {
    sandbox.fault({ kind: "slow", accountId: CUSTOMER, delayMs: 600_000 });
    expect(await failure(identity(stsIn(sandbox, { timeoutMs: 60_000 })))).toBe("ok");
    const keys = sandbox.account("customer").admin;
    expect(await failure(identity(stsIn(sandbox, { keys, timeoutMs: 100 })))).toBe("ETIMEDOUT");
  });
});

describe("a cut answer", () => {
  const cut = (order: Pick<CutOrder, "afterBytes" | "how">) => sandbox.fault({ kind: "cut", service: "sts", ...order });

  it.each(["reset", "close"] as const)("never arrives whole, wherever it is cut: %s", async (how) => {
    const client = stsIn(sandbox);
    const whole = (await raw()).body;
    for (const afterBytes of [0, 1, 100, whole.length - 1, whole.length, whole.length + 1, 1_000_000]) {
      const fault = cut({ afterBytes, how });
      expect(await failure(identity(client))).toMatch(/ECONNRESET|aborted|socket hang up/);
      fault.lift();
    }
    expect(await failure(identity(client))).toBe("ok");
  });

  it("has the bytes that were ordered before it breaks off", async () => {
    cut({ afterBytes: 20, how: "close" });
    const reply = await raw();
    expect(reply.status).toBe(200);
    expect(reply.body).toBe("<GetCallerIdentityRe");
    expect(Number(/content-length: (\d+)/i.exec(reply.headers)?.[1])).toBeGreaterThan(100);
  });

  it("to HEAD, whose head is the whole answer, is none", async () => {
    sandbox.fault({ kind: "cut", service: "s3", action: "HeadObject", afterBytes: 1_000_000, how: "close" });
    const head = s3().send(new HeadObjectCommand({ Bucket: "reports", Key: "a.txt" }));
    expect(await failure(head)).toMatch(/ECONNRESET|socket hang up/);
  });

  it("can hide the cut from HTTP: only the document is not whole", async () => {
    cut({ afterBytes: 150, how: "short" });
    const reply = await raw();
    expect([reply.status, reply.body.length]).toEqual([200, 150]);
    expect(reply.headers).toMatch(/content-length: 150\r/i);
    expect(await failure(identity(stsIn(sandbox)))).not.toBe("ok");
  });

  it("of S3 is noticed by who reads the object", async () => {
    sandbox.fault({ kind: "cut", service: "s3", action: "GetObject", afterBytes: 4, how: "reset" });
    const read = async () => {
      const { Body } = await s3().send(new GetObjectCommand({ Bucket: "reports", Key: "a.txt" }));
      return Body?.transformToString();
    };
    expect(await failure(read())).toMatch(/ECONNRESET|aborted/);
    expect(last()).toMatchObject({ status: 200, faults: ["cut"] });
  });

  it("without a body breaks off before the head, and a shortened one is not counted", async () => {
    sandbox.fault({ kind: "cut", service: "s3", afterBytes: 0, how: "short", times: 1 });
    const head = () => s3().send(new HeadBucketCommand({ Bucket: "reports" }));
    expect(await failure(head())).toBe("ok");
    expect((await ask(sandbox, "GET", "state")).body["faults"]).toMatchObject([{ remaining: 1 }]);
    sandbox.fault({ kind: "cut", service: "s3", afterBytes: 0, how: "reset" });
    await failure(s3().send(new ListBucketsCommand({})));
    expect(await failure(head())).toBe("ECONNRESET");
  });
});

describe("a malformed answer", () => {
  it.each(["empty", "html", "root", "content-type"] as const)("%s", async (form) => {
    const fault = sandbox.fault({ kind: "malformed", service: "sts", form });
    const reply = await raw();
    expect(reply.status).toBe(200);
    expect(last()?.faults).toEqual(["malformed"]);
    expect({ body: reply.body.slice(0, 14), type: /content-type: ([^\r]*)/i.exec(reply.headers)?.[1] }).toEqual(
      {
        empty: { body: "", type: "text/xml" },
        html: { body: "<!DOCTYPE html", type: "text/html; charset=utf-8" },
        root: { body: "<Unexpected/>\n", type: "text/xml" },
        "content-type": { body: "<GetCallerIden", type: "application/octet-stream" },
      }[form],
    );
    fault.lift();
    expect(await failure(identity(stsIn(sandbox)))).toBe("ok");
  });

  it("can be cut and late as well", async () => {
    sandbox.fault({ kind: "malformed", form: "html" });
    sandbox.fault({ kind: "cut", afterBytes: 9, how: "close" });
    sandbox.fault({ kind: "slow", delayMs: 1 });
    const reply = await raw();
    expect(reply.body).toBe("<!DOCTYPE");
    expect(last()?.faults).toEqual(["malformed", "cut", "slow"]);
  });
});
