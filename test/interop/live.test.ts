// The run in real accounts, rehearsed on a sandbox: it takes everything away again, records no secret, and refuses what
// it must not touch.
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { CreateUserCommand, IAMClient } from "@aws-sdk/client-iam";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { findPython } from "../../conformance/drive-python.mjs";
import { CUSTOMER, openLiveWorld, VENDOR, type LiveWorld, type RunOptions } from "./live-world.js";
import { runProgram } from "./run-program.js";

const { missing } = findPython();

let world: LiveWorld;
beforeEach(async () => {
  world = await openLiveWorld();
});
afterEach(() => world.close());

const madeBy = ({ sandbox }: LiveWorld) =>
  sandbox.calls().filter(({ action }) => /^(?:Create|Put|Attach)/.test(action ?? ""));
const runOf = (stderr: string) => /^run ([0-9a-f]{12}):/m.exec(stderr)?.[1] ?? "";

describe("a run", () => {
  it("begins when both numbers are typed, finds the sandbox right, and leaves nothing in the accounts", async () => {
    const { code, stdout, stderr } = await world.run({ stdin: `${VENDOR} ${CUSTOMER}\n` });
    expect([stdout.trim().split("\n").slice(1), code]).toEqual([
      [expect.stringMatching(/^not AWS +sdk +1\d\d +0 +\d+$/)],
      0,
    ]);
    expect(madeBy(world).length).toBeGreaterThan(80);
    expect(await world.leftOver()).toEqual([]);
    expect(stderr).toContain("everything that the run made is gone");
  });

  it("records what was said, and no key, token, request id or real account number", async () => {
    await world.run({ args: ["--yes"] });
    const [text = ""] = world.records();
    const record = JSON.parse(text) as { isAws: boolean; endpoint: string; cases: { name: string; said: object }[] };
    expect([record.isAws, record.endpoint]).toEqual([false, world.sandbox.endpoint]);
    expect(record.cases.length).toBeGreaterThan(140);
    expect(record.cases.find(({ name }) => name === "trust: across accounts, a wrong external ID")?.said).toEqual({
      allowed: false,
      code: "AccessDenied",
      status: 403,
      message: expect.stringMatching(
        /^User: arn:aws:iam::111111111111:user\/\{path\}\{run\}bob is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::222222222222:role\/\{path\}\{run\}Customer/,
      ),
    });
    const admins = [VENDOR, CUSTOMER].map((account) => world.sandbox.account(account).admin);
    for (const secret of admins.flatMap(Object.values)) expect(text).not.toContain(secret);
    expect(text).not.toMatch(/(?:AKIA|ASIA|AROA|AIDA)(?!0{16})[A-Z0-9]{8,}/);
    // Some cases are about long names: those are one letter over and over.
    expect(text.replaceAll(/(.)\1{20,}/g, "").match(/[A-Za-z0-9+/]{40,}/g) ?? []).toEqual([]);
    expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}/);
    expect(text).not.toMatch(/333333333333|444444444444/);
    const runs = world.sandbox.calls().map(({ resource = "" }) => /conformance\/([0-9a-f]{12})/.exec(resource)?.[1]);
    for (const run of new Set(runs.filter((each) => each !== undefined))) expect(text).not.toContain(run);
  });
});

describe("a run that does not end well", () => {
  it("takes everything away when the set-up is refused", async () => {
    world.sandbox.fault({ service: "sts", action: "AssumeRole", code: "AccessDenied", status: 403, message: "no" });
    const { code, stderr } = await world.run({ args: ["--yes"] });
    expect([code, stderr]).toEqual([2, expect.stringContaining("the set-up was refused: sts:AssumeRole as reader")]);
    expect(madeBy(world).length).toBeGreaterThan(50);
    expect(await world.leftOver()).toEqual([]);
  });

  it("takes everything away after Ctrl-C, also after a second one, and records nothing", async () => {
    const { code, stderr } = await world.run({
      args: ["--yes"],
      async during(interrupt) {
        await vi.waitFor(() => expect(madeBy(world).length).toBeGreaterThan(20), { timeout: 60_000, interval: 2 });
        interrupt();
        const isDeleting = () => world.sandbox.calls().some(({ action }) => action === "DeleteRole");
        await vi.waitFor(() => expect(isDeleting()).toBe(true), { timeout: 60_000, interval: 2 });
        interrupt();
      },
    });
    expect([code, await world.leftOver()]).toEqual([130, []]);
    expect(stderr).toContain("stopped; cleaning up");
    expect(() => world.records()).toThrow("ENOENT");
  });

  it("names what it could not take away, and --clean takes it away later", async () => {
    const faults = [
      { service: "iam", action: "DeletePolicy", code: "ServiceFailure", status: 500, message: "later" },
      { service: "s3", action: "DeleteBucket", code: "InternalError", status: 500, message: "later" },
    ].map((order) => world.sandbox.fault(order));
    const { code, stdout, stderr } = await world.run({ args: ["--yes"] });
    const run = runOf(stderr);
    expect([code, stdout.split("\n").filter((line) => line.startsWith("left over"))]).toEqual([
      1,
      [
        `left over: customer ${CUSTOMER}: bucket daypass-conformance-${run}: 500 InternalError`,
        `left over: customer ${CUSTOMER}: policy dpc-${run}-Trip-sdk: 500 ServiceFailure`,
      ],
    ]);
    expect(stderr).toContain(`--live --clean ${run}`);
    expect(await world.leftOver()).toHaveLength(2);

    for (const fault of faults) fault.lift();
    const later = await world.run({ args: ["--yes", "--clean", run] });
    expect([later.code, await world.leftOver()]).toEqual([0, []]);
  });
});

describe("what a run does not touch", () => {
  const refusals: readonly [string, RunOptions, string][] = [
    [
      "two profiles of one account",
      { args: ["--yes"], profiles: ["customer", "customer"] },
      "both profiles are of the",
    ],
    ["accounts whose numbers nobody types", { stdin: "yes\n" }, "the numbers are not those of the two accounts"],
    ["accounts in the wrong order", { stdin: `${CUSTOMER} ${VENDOR}\n` }, "the numbers are not those"],
    ["accounts when nobody is there to type", {}, "the numbers are not those of the two accounts"],
    ["a profile that there is not", { args: ["--yes"], profiles: ["vendor", "nobody"] }, "has no credentials"],
  ];

  it.each(refusals)("refuses %s, before anything is made", async (_, options, message) => {
    const { code, stderr } = await world.run(options);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(stderr).toMatch(/conformance: hint: .+\n$/);
    const actions = world.sandbox.calls().map(({ action }) => action);
    expect(actions.filter((action) => action !== "GetCallerIdentity")).toEqual([]);
  });

  it("refuses the root user of an account, and asks nothing else of it", async () => {
    const aws = await fakeIdentity(`arn:aws:iam::${VENDOR}:root`);
    const { code, stderr } = await world.run({ args: ["--yes"], endpoint: aws.endpoint });
    expect([code, stderr]).toEqual([2, expect.stringContaining("the profile vendor is the root user of its account")]);
    expect(await aws.stop()).toBe(1);
  });

  it("never takes somebody else for a profile: not the environment, not the machine's own role", async () => {
    const { accessKeyId, secretAccessKey } = world.sandbox.account(VENDOR).admin;
    const machine = await fakeIdentity("nobody");
    const env = {
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${machine.endpoint}/credentials`,
      AWS_EC2_METADATA_DISABLED: "false",
      AWS_EC2_METADATA_SERVICE_ENDPOINT: machine.endpoint,
    };
    const { code, stderr } = await world.run({ args: ["--yes"], profiles: ["nobody", "customer"], env });
    expect([code, stderr]).toEqual([2, expect.stringContaining("the profile nobody has no credentials")]);
    expect([await machine.stop(), world.sandbox.calls()]).toEqual([0, []]);
  });

  it("refuses another partition, whose ARNs the table does not have", async () => {
    const aws = await fakeIdentity(`arn:aws-cn:iam::${VENDOR}:user/admin`);
    const { code, stderr } = await world.run({ args: ["--yes"], endpoint: aws.endpoint });
    expect([code, stderr]).toEqual([2, expect.stringContaining("is in the partition aws-cn")]);
    expect(await aws.stop()).toBe(1);
  });

  it("keeps its hands off what lies under a run's path with another name", async () => {
    const run = "0123456789ab";
    const path = `/daypass-conformance/${run}/`;
    const { endpoint } = world.sandbox;
    const iam = new IAMClient({ endpoint, region: "us-east-1", credentials: world.sandbox.account(CUSTOMER).admin });
    await iam.send(new CreateUserCommand({ UserName: "precious", Path: path }));
    await iam.send(new CreateUserCommand({ UserName: `dpc-${run}-reader`, Path: path }));
    const { code, stdout } = await world.run({ args: ["--yes", "--clean", run] });
    expect([code, stdout]).toEqual([
      1,
      `left over: customer ${CUSTOMER}: user precious: its name is not the run's, so somebody else made it\n`,
    ]);
    expect(await world.leftOver()).toEqual([`arn:aws:iam::${CUSTOMER}:user${path}precious`]);
  });

  it("makes no call for --dry-run, and names every call and everything that it would take away", async () => {
    const { code, stdout, stderr } = await world.run({ args: ["--dry-run"] });
    expect([code, stderr, world.sandbox.calls()]).toEqual([0, "", []]);
    const lines = stdout.trim().split("\n");
    const count = (start: string) => lines.filter((line) => line.startsWith(start)).length;
    await world.run({ args: ["--yes"] });
    const made = world.sandbox
      .calls()
      .filter(({ action, status }) => /^Create(?:User|Role|Policy|Bucket)$/.test(action ?? "") && status < 300);
    expect(count("clean-up: as ")).toBeGreaterThan(made.length);
    expect(count("set-up: as ")).toBeGreaterThan(60);
    expect(count("sdk: as ")).toBeGreaterThan(140);
    expect(lines).toContain(
      'set-up: as customer: iam:CreateUser {"UserName":"dpc-000000000000-reader","Path":"/daypass-conformance/000000000000/"}',
    );
    expect(lines).toContain(
      "clean-up: as customer: delete the bucket daypass-conformance-000000000000 and what is in it",
    );
  });

  it.skipIf(missing !== undefined)("asks boto3 in the same way", { timeout: 240_000 }, async () => {
    const { code, stdout } = await world.run({ args: ["--yes", "--clients", "boto3"] });
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^not AWS +boto3 +1\d\d +0 +\d+$/m)]);
    expect(await world.leftOver()).toEqual([]);
  });
});

describe("a run that could be mistaken for AWS", () => {
  const live = ["--live", "--vendor-profile", "a", "--customer-profile", "b"];

  it.each<[string, readonly string[], Readonly<Record<string, string>>, string]>([
    ["an endpoint that is not said to be none of AWS", [...live, "--endpoint", "http://127.0.0.1:1"], {}, "is not AWS"],
    ["a promise about no endpoint", [...live, "--endpoint-is-not-aws"], {}, "names no endpoint"],
    [
      "a record beside those of AWS",
      [...live, "--endpoint", "http://127.0.0.1:1", "--endpoint-is-not-aws"],
      {},
      "is not recorded beside what AWS said",
    ],
    ["an environment that leads elsewhere", live, { AWS_ENDPOINT_URL: "http://127.0.0.1:1" }, "leads away from AWS"],
    ["a service that leads elsewhere", live, { AWS_ENDPOINT_URL_STS: "http://127.0.0.1:1" }, "leads away from AWS"],
    ["a run to clean up that is none", [...live, "--clean", "*"], {}, "not 12 hexadecimal digits"],
  ])("is refused: %s", async (_, args, env, message) => {
    const { code, stderr } = await runProgram([...args, "--clients", "sdk"], { env });
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(world.sandbox.calls()).toEqual([]);
  });
});

/** A service that says one thing to everybody: who they are. `stop` resolves with how often it was asked. */
async function fakeIdentity(arn: string) {
  let asked = 0;
  const server = createServer((_, response) => {
    asked++;
    const result = `<Arn>${arn}</Arn><UserId>x</UserId><Account>${VENDOR}</Account>`;
    response.end(
      `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>${result}</GetCallerIdentityResult></GetCallerIdentityResponse>`,
    );
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
      return asked;
    },
  };
}
