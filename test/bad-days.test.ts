// The engine on AWS's bad days, with the real SDK over real HTTP: regions down, throttling, late, cut and malformed answers.
import {
  createAssumeRole,
  createCredentialsBroker,
  CredentialsError,
  type AuditEvent,
  type CredentialsBrokerOptions,
} from "@daypass/credentials";
import { startSandbox, type FaultOrder, type Sandbox, type WorldFile } from "@daypass/sandbox/testing";
import { afterEach, describe, expect, test } from "vitest";

const MINUTE = 60_000;
const EXTERNAL_ID = "vYx3mHc0Qk2sVb7nTfWq5g";
const world: WorldFile = {
  accounts: [
    {
      id: "222222222222",
      roles: [
        {
          name: "reader",
          trustPolicy: {
            Version: "2012-10-17",
            Statement: [
              {
                Effect: "Allow",
                Principal: { AWS: "arn:aws:iam::111111111111:root" },
                Action: "sts:AssumeRole",
                Condition: { StringEquals: { "sts:ExternalId": EXTERNAL_ID } },
              },
            ],
          },
        },
      ],
    },
  ],
};

const open: Sandbox[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((sandbox) => sandbox.stop()));
});

const realTime = { now: Date.now, sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) };

/** Everything real but the time, which passes where somebody waits. */
const setUp = async (over: Partial<CredentialsBrokerOptions> = {}) => {
  let time = Date.UTC(2030, 0, 1);
  const now = over.now ?? (() => time);
  const sandbox = await startSandbox({ world, now });
  open.push(sandbox);
  const { endpoint } = sandbox;
  const events: AuditEvent[] = [];
  const assumeRole = createAssumeRole({
    credentials: sandbox.account("vendor").admin,
    endpoint,
    now,
    timeoutMs: over.timeoutMs ?? 1500,
  });
  const broker = createCredentialsBroker({
    assumeRole,
    record: async (event) => void events.push(event),
    now,
    jitter: () => 0.5,
    sleep: async (ms) => {
      time += ms;
    },
    ...over,
  });
  const provider = (roleSessionName = "acme.report", region = "eu-west-1") =>
    broker.provider({
      roleArn: "arn:aws:iam::222222222222:role/reader",
      roleSessionName,
      externalId: EXTERNAL_ID,
      durationSeconds: 3600,
      region,
    });
  const calls = (status?: number) => sandbox.calls().filter((call) => status === undefined || call.status === status);
  const pass = (ms: number) => {
    time += ms;
  };
  return { sandbox, broker, events, provider, calls, pass };
};
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "granted",
    (error: unknown) => (error instanceof CredentialsError ? error.code : String(error)),
  );

describe("a region whose STS is down", () => {
  test.each(["unavailable", "html", "reset", "hang"] as const)(
    "in the manner of %s is replaced by the next one",
    async (mode) => {
      const { sandbox, events, provider } = await setUp({ fallbackRegions: { "eu-west-1": ["eu-central-1"] } });
      const outage = sandbox.fault({ kind: "outage", service: "sts", region: "eu-west-1", mode });
      for (let n = 0; n < 20; n++) expect(await codeOf(provider(`report.${n}`)())).toBe("granted");
      const asked = events.filter(({ type }) => type === "assume_role.intent").map(({ region }) => region);
      expect(asked.filter((region) => region === "eu-west-1")).toHaveLength(1);
      expect(asked.filter((region) => region === "eu-central-1")).toHaveLength(20);
      outage.lift();
    },
  );

  test("is asked again when it is back, and its sessions were good in the meantime", async () => {
    const { sandbox, events, provider, pass } = await setUp({ fallbackRegions: { "eu-west-1": ["eu-central-1"] } });
    const outage = sandbox.fault({ kind: "outage", service: "sts", region: "eu-west-1", mode: "unavailable" });
    const held = await provider()();
    outage.lift();
    pass(6 * MINUTE);
    expect(await provider()()).toEqual(held);
    await provider("another")();
    expect(events.at(-1)).toMatchObject({ type: "assume_role.granted", region: "eu-west-1" });
  });

  test("without another one fails, and is left alone by those who ask for other sessions", async () => {
    const { sandbox, calls, provider } = await setUp({ waitMs: 0 });
    sandbox.fault({ kind: "outage", service: "sts", region: "eu-west-1", mode: "unavailable" });
    for (let n = 0; n < 40; n++) expect(await codeOf(provider(`report.${n}`)())).toBe("sts_unavailable");
    expect(calls(503)).toHaveLength(5);
    expect(await codeOf(provider("there", "eu-central-1")())).toBe("granted");
  });
});

describe("AWS's quota", () => {
  // In real time: a hundred sessions at forty a second.
  test("is not reached by a herd that our own budget paces", async () => {
    const { sandbox, calls, provider } = await setUp({
      callsPerSecond: 40,
      waitMs: 60_000,
      timeoutMs: 30_000,
      ...realTime,
    });
    sandbox.fault({ kind: "throttle", service: "sts", ratePerSecond: 60, burst: 60 });
    const asks = Array.from({ length: 120 }, (_, n) => codeOf(provider(`person.${n}`)()));
    expect(new Set(await Promise.all(asks))).toEqual(new Set(["granted"]));
    expect(calls(400)).toHaveLength(0);
    expect(calls()).toHaveLength(120);
  });

  test("that is spent by others makes callers wait, and takes nothing from a session in hand", async () => {
    const { sandbox, provider, pass } = await setUp();
    const held = await provider()();
    const spent = sandbox.fault({ kind: "throttle", service: "sts", ratePerSecond: 0.001, burst: 1 });
    expect(await codeOf(provider("first")())).toBe("granted");
    expect(await codeOf(provider("second")())).toBe("throttled");
    for (let minute = 0; minute < 50; minute += 5) {
      pass(5 * MINUTE);
      expect((await provider()()).accessKeyId).toMatch(/^ASIA/);
    }
    expect(held.accessKeyId).toMatch(/^ASIA/);
    spent.lift();
  });
});

describe("an answer that is not whole", () => {
  test.each<[string, FaultOrder]>([
    ["cut after a hundred bytes, with a reset", { kind: "cut", afterBytes: 100, how: "reset" }],
    ["cut in the middle, with an end", { kind: "cut", afterBytes: 600, how: "close" }],
    ["cut in the middle, as if that were all", { kind: "cut", afterBytes: 600, how: "short" }],
    ["empty with 200", { kind: "malformed", form: "empty" }],
    ["a web page with 200", { kind: "malformed", form: "html" }],
    ["about something else", { kind: "malformed", form: "root" }],
  ])("%s gives nobody credentials", async (_, fault) => {
    const { sandbox, events, provider } = await setUp({ waitMs: 0 });
    sandbox.fault(fault);
    expect(await codeOf(provider()())).toBe("sts_unavailable");
    expect(events.map(({ type }) => type)).toEqual(["assume_role.intent", "assume_role.refused"]);
  });

  test("and late is waited for no longer than was said, and then taken from nobody's session", async () => {
    const { sandbox, provider, pass } = await setUp({ waitMs: 0 });
    const held = await provider()();
    const slow = sandbox.fault({ kind: "slow", service: "sts", delayMs: 3000 });
    pass(35 * MINUTE);
    expect(await provider()()).toEqual(held);
    expect(await codeOf(provider("another")())).toBe("sts_unavailable");
    slow.lift();
  });
});
