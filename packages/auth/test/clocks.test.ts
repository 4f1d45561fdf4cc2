// Clocks: of a laptop that slept, of a machine that is wrong, of a person's session that AWS ended before its time.
import { GetCallerIdentityCommand, STSClient } from "@aws-sdk/client-sts";
import { IAMClient, UpdateAccessKeyCommand } from "@aws-sdk/client-iam";
import { afterEach, describe, expect, test } from "vitest";
import { HUB } from "./hub-world.js";
import { startPersonsHome, type PersonsHome } from "./persons-home.js";

const HOUR = 3_600_000;
const START = Date.parse("2026-03-01T12:00:05Z");

const open: PersonsHome[] = [];
afterEach(async () => {
  for (const person of open.splice(0)) await person[Symbol.asyncDispose]();
});

/** A person whose machine and AWS have clocks of their own, in milliseconds. */
const start = async (skewMs = 0) => {
  const clock = { aws: START, machine: START + skewMs };
  const person = await startPersonsHome({ now: () => clock.machine, aws: () => clock.aws });
  open.push(person);
  await person.setUpHub();
  const pass = (ms: number): void => {
    clock.aws += ms;
    clock.machine += ms;
  };
  return { person, clock, pass, codes: () => person.prompt.asked.filter(({ kind }) => kind === "mfa_code").length };
};
const endOf = ({ expiration }: { readonly expiration?: Date }): number => expiration?.getTime() ?? Number.NaN;

describe("a laptop that sleeps", () => {
  test.each([
    ["a minute", 60_000, 1],
    ["two hours", 2 * HOUR, 1],
    ["eleven hours", 11 * HOUR, 1],
    ["a night and a day", 24 * HOUR, 2],
    ["three days", 72 * HOUR, 2],
  ])(
    "for %s is never given what expired meanwhile, and is asked for a code only where the hub's session is over",
    async (_, ms, codes) => {
      const laptop = await start();
      const { credentials } = await laptop.person.auth({ identity: "dev/DEVELOPER" }).getAwsConfig();
      for (let slept = 0; slept < 2; slept++) {
        expect(endOf(await credentials())).toBeGreaterThan(laptop.clock.aws);
        if (slept === 0) laptop.pass(ms);
      }
      expect(laptop.codes()).toBe(codes);
    },
  );
});

describe("a machine whose clock is wrong", () => {
  test.each([
    ["ten minutes fast", 600_000],
    ["ten minutes slow", -600_000],
    ["a day fast", 24 * HOUR],
    ["a day slow", -24 * HOUR],
  ])("by being %s signs in, assumes, keeps, and renews by AWS's clock", async (_, skewMs) => {
    const { person, clock, pass, codes } = await start(skewMs);
    const { credentials } = await person.auth({ identity: "dev/DEVELOPER" }).getAwsConfig();
    const first = await credentials();
    expect(endOf(first)).toBe(clock.aws + HOUR);
    expect(codes()).toBe(1);
    // Each question is asked at most twice: once by the wrong clock, once by AWS's.
    const all = person.sandbox.calls();
    const refused = all.filter(({ errorCode }) => errorCode !== undefined);
    expect(refused.length).toBeLessThanOrEqual(all.length / 2);
    // Another program of the tool, which heard no clock: what is kept on the disk says how far it was off.
    const other = await person.auth({ identity: "dev/DEVELOPER" }).getAwsConfig();
    expect((await other.credentials()).accessKeyId).toBe(first.accessKeyId);
    expect(person.sandbox.calls()).toHaveLength(all.length);
    pass(2 * HOUR);
    expect(endOf(await credentials())).toBe(clock.aws + HOUR);
    expect(codes()).toBe(1);
  });

  test("or jumps in the middle of a session is not given what AWS would refuse", async () => {
    const { person, clock } = await start();
    const { credentials } = await person.auth({ identity: "dev/DEVELOPER" }).getAwsConfig();
    for (const jump of [24 * HOUR, -48 * HOUR, 25 * HOUR]) {
      clock.machine += jump;
      clock.aws += HOUR / 4;
      const given = await credentials();
      const sts = new STSClient({
        region: "eu-west-1",
        endpoint: person.sandbox.endpoint,
        credentials: given,
        systemClockOffset: clock.aws - Date.now(),
      });
      const { Arn } = await sts.send(new GetCallerIdentityCommand({}));
      sts.destroy();
      expect(Arn).toContain("assumed-role/DEVELOPER/");
    }
  });
});

test("a hub's session that AWS ended before its time is not believed twice: the next asking makes a new one", async () => {
  const { person, pass, clock, codes } = await start();
  const { credentials } = await person.auth({ identity: "dev/DEVELOPER" }).getAwsConfig();
  const { admin } = person.sandbox.account(HUB);
  const iam = new IAMClient({
    region: "us-east-1",
    endpoint: person.sandbox.endpoint,
    credentials: { ...admin },
    systemClockOffset: clock.aws - Date.now(),
  });
  const turn = (Status: "Active" | "Inactive") =>
    iam.send(new UpdateAccessKeyCommand({ UserName: "alice", AccessKeyId: person.keys.accessKeyId, Status }));
  await turn("Inactive");
  pass(HOUR);
  await expect(credentials()).rejects.toMatchObject({ code: "caller_credentials" });
  await turn("Active");
  pass(60_000);
  expect(endOf(await credentials())).toBe(clock.aws + HOUR);
  expect(codes()).toBe(2);
});
