// AWS counts AssumeRole by account and region. A vendor's customers share that quota, and must not spend each other's.
import { createCredentialsBroker, type CredentialsBrokerOptions } from "@daypass/credentials";
import { describe, expect, test } from "vitest";
import {
  codeOf,
  createAudit,
  createClock,
  createFakeSts,
  failureOf,
  MINUTE,
  requestOf,
  requestOfCustomer,
  settle,
} from "./fake-sts.js";

/** A broker whose waits end when the test moves the clock. `starts` says when STS was asked. */
const setUp = (over: Partial<CredentialsBrokerOptions> = {}) => {
  const clock = createClock();
  const sts = createFakeSts(clock.now);
  const audit = createAudit();
  const start = clock.now();
  const starts: number[] = [];
  const backgrounds: boolean[] = [];
  const sleepers: { readonly until: number; readonly wake: () => void }[] = [];
  sts.script = () => void starts.push(clock.now() - start);
  const broker = createCredentialsBroker({
    assumeRole: sts.assumeRole,
    record: audit.record,
    now: clock.now,
    jitter: () => 0.5,
    callsPerSecond: 10,
    sleep: (ms, signal, isBackground = false) =>
      new Promise((resolve, reject) => {
        backgrounds.push(isBackground);
        sleepers.push({ until: clock.now() + ms, wake: resolve });
        signal.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
      }),
    ...over,
  });
  const pass = async (ms: number, step = 10) => {
    for (let passed = 0; passed < ms; passed += step) {
      clock.move(step);
      for (const { wake } of sleepers.filter(({ until }) => until <= clock.now())) wake();
      await settle();
    }
  };
  return { clock, sts, audit, starts, backgrounds, broker, pass };
};
const within = (starts: readonly number[], from: number, to: number) =>
  starts.filter((time) => time >= from && time < to).length;

describe("the rate budget of a region", () => {
  test("lets a second's worth through at once, and then so many a second", async () => {
    const { starts, broker, pass } = setUp();
    const asks = Array.from({ length: 60 }, (_, n) => broker.provider(requestOfCustomer(n))());
    await settle();
    expect(starts).toHaveLength(10);
    await pass(5000);
    await Promise.all(asks);
    expect(starts).toHaveLength(60);
    for (let second = 0; second < 5000; second += 1000) expect(within(starts, second + 1, second + 1001)).toBe(10);
  });

  test("is each region's own", async () => {
    const { starts, broker } = setUp();
    for (const region of ["eu-west-1", "eu-west-2"]) {
      for (let n = 0; n < 10; n++) void broker.provider({ ...requestOfCustomer(n), region })();
    }
    await settle();
    expect(starts).toHaveLength(20);
  });

  test("refuses at once whose turn would come too late, as over_budget and without asking STS", async () => {
    const { sts, broker, pass } = setUp({ waitMs: 2000 });
    const asks = Array.from({ length: 100 }, (_, n) => codeOf(broker.provider(requestOfCustomer(n))()));
    await pass(3000);
    const codes = await Promise.all(asks);
    expect(codes.filter((code) => code === "granted")).toHaveLength(30);
    expect(codes.filter((code) => code === "over_budget")).toHaveLength(70);
    expect(sts.calls).toHaveLength(30);
  });

  test("is not written into the audit by those who were not let through", async () => {
    const { audit, broker } = setUp({ waitMs: 0 });
    await Promise.all(Array.from({ length: 100 }, (_, n) => codeOf(broker.provider(requestOfCustomer(n))())));
    expect(audit.events).toHaveLength(20);
  });

  test("gives renewals half of it, so that customers without a session get the other half", async () => {
    const { clock, starts, backgrounds, broker, pass } = setUp();
    const warm = Array.from({ length: 300 }, (_, n) => broker.provider(requestOfCustomer(n)));
    for (const provide of warm) {
      const asked = provide();
      await pass(110, 110);
      await asked;
    }
    clock.move(31 * MINUTE);
    starts.length = 0;
    backgrounds.length = 0;
    const from = clock.now();
    // An outage is over: all of them are due, and ask in the same moment.
    for (const provide of warm) expect(await codeOf(provide())).toBe("granted");
    const cold = Array.from({ length: 30 }, (_, n) => broker.provider(requestOfCustomer(5000 + n))());
    let served = 0;
    for (const ask of cold) void ask.then(() => (served += 1));
    await pass(6500);
    expect(served).toBe(30);
    expect(clock.now() - from).toBeLessThan(7000);
    expect(backgrounds.filter((background) => background).length).toBeGreaterThan(0);
    expect(starts.length).toBeLessThanOrEqual(10 + 65);
  });

  test("is not lost to a clock that is set back", async () => {
    for (const stepMs of [5_000, 15_000, 24 * 60 * MINUTE]) {
      const { clock, starts, broker, pass } = setUp();
      for (let n = 0; n < 10; n++) await broker.provider(requestOfCustomer(n))();
      clock.move(-stepMs);
      const asks = Array.from({ length: 20 }, (_, n) => broker.provider(requestOfCustomer(100 + n))());
      await pass(3000);
      await Promise.all(asks);
      expect(starts).toHaveLength(30);
    }
  });

  test("gives renewals their turn also where it is smallest and nobody may wait", async () => {
    const { clock, sts, broker } = setUp({ callsPerSecond: 1, waitMs: 0 });
    const provide = broker.provider(requestOf());
    await provide();
    clock.move(40 * MINUTE);
    await provide();
    await settle();
    expect(sts.calls).toHaveLength(2);
  });

  test("keeps nobody out for longer who has nothing left, because renewals were over it", async () => {
    const { clock, sts, broker } = setUp({ callsPerSecond: 2, waitMs: 0, jitter: () => 0.99 });
    const provide = broker.provider(requestOf());
    await provide();
    clock.move(40 * MINUTE);
    let n = 0;
    const findItSpent = async () => {
      for (let calls = 0; calls < 2; calls++) await broker.provider(requestOfCustomer(n++))();
      expect(await codeOf(provide())).toBe("granted");
      await settle();
    };
    // Each time it finds the budget spent it waits longer before it tries again.
    for (let minute = 40; minute < 59; minute++) {
      await findItSpent();
      clock.move(MINUTE);
    }
    clock.move(50_000);
    await findItSpent();
    const before = sts.calls.length;
    clock.move(20_000);
    expect(await codeOf(provide())).toBe("granted");
    expect(sts.calls).toHaveLength(before + 1);
  });

  test("is spent on one renewal of a session, however often it is asked for meanwhile", async () => {
    const { clock, sts, broker } = setUp();
    const provide = broker.provider(requestOf());
    await provide();
    clock.move(40 * MINUTE);
    sts.script = () => new Promise<void>(() => undefined);
    for (let n = 0; n < 10; n++) {
      await provide();
      await settle();
    }
    expect(sts.calls).toHaveLength(2);
  });

  test("is not spent on a region that those before found down", async () => {
    const { sts, broker, pass } = setUp({ waitMs: 20_000, fallbackRegions: { "eu-west-1": ["eu-central-1"] } });
    sts.script = ({ region }) => {
      if (region === "eu-west-1") throw failureOf("sts_unavailable");
    };
    const asks = Array.from({ length: 100 }, (_, n) => codeOf(broker.provider(requestOfCustomer(n))()));
    await pass(12_000);
    expect(new Set(await Promise.all(asks))).toEqual(new Set(["granted"]));
    // Those that may come at once, and none of those that waited.
    expect(sts.calls.filter(({ region }) => region === "eu-west-1")).toHaveLength(10);
  });

  test("is not waited for by who was revoked meanwhile", async () => {
    const { sts, broker } = setUp();
    for (let n = 0; n < 10; n++) await broker.provider(requestOfCustomer(n))();
    const waiting = codeOf(broker.provider(requestOf())());
    await settle();
    await broker.revoke(({ roleArn }) => roleArn === requestOf().roleArn);
    expect(await waiting).toBe("revoked");
    expect(sts.calls).toHaveLength(10);
  });

  test.each<[unknown]>([[0], [-1], [Number.NaN], [Infinity], ["300"], [1_000_001]])(
    "cannot be %s",
    (callsPerSecond) => {
      expect(() => setUp({ callsPerSecond: callsPerSecond as never })).toThrow(
        "needs `callsPerSecond` to be a number of calls",
      );
    },
  );
});

describe("a role that is denied to whoever asks", () => {
  const denied = () => {
    const all = setUp({ callsPerSecond: 1_000_000, waitMs: 0 });
    all.sts.script = ({ roleArn }) => {
      if (roleArn === requestOf().roleArn) throw failureOf("access_denied");
    };
    let n = 0;
    const ask = (over: object = {}) =>
      codeOf(all.broker.provider(requestOf({ roleSessionName: `person.${n++}`, ...over }))());
    return { ...all, ask };
  };

  test("is asked for five sessions, then for one a minute", async () => {
    const { clock, sts, ask } = denied();
    for (let n = 0; n < 100; n++) expect(await ask()).toBe("access_denied");
    expect(sts.calls).toHaveLength(5);
    clock.move(MINUTE);
    for (let n = 0; n < 100; n++) await ask();
    expect(sts.calls).toHaveLength(6);
  });

  test("is confirmed by the sessions that were denied, not by those that were not asked for", async () => {
    const { clock, sts, broker } = denied();
    const people = Array.from({ length: 50 }, (_, n) => broker.provider(requestOf({ roleSessionName: `again.${n}` })));
    for (const provide of people) await codeOf(provide());
    clock.move(MINUTE);
    for (const provide of people) await codeOf(provide());
    expect(sts.calls).toHaveLength(10);
  });

  test("is not asked by those who waited for their turn while it was denied", async () => {
    const { sts, broker, pass } = setUp();
    sts.script = () => {
      throw failureOf("access_denied");
    };
    const sessions = Array.from({ length: 100 }, (_, n) => requestOf({ roleSessionName: `person.${n}` }));
    const asks = sessions.map((request) => codeOf(broker.provider(request)()));
    await pass(12_000);
    expect(new Set(await Promise.all(asks))).toEqual(new Set(["access_denied"]));
    expect(sts.calls).toHaveLength(10);
  });

  test("is asked at once, and its next denial is a first one again, where it is allowed", async () => {
    const told: string[] = [];
    const { clock, sts, broker } = setUp({
      callsPerSecond: 1_000_000,
      onDenied: ({ roleArn }) => void told.push(roleArn),
    });
    sts.script = () => {
      throw failureOf("access_denied");
    };
    const ask = (n: number) => codeOf(broker.provider(requestOf({ roleSessionName: `person.${n}` }))());
    for (let n = 0; n < 10; n++) await ask(n);
    expect(sts.calls).toHaveLength(5);
    clock.move(MINUTE - 1);
    broker.allow(({ roleArn }) => roleArn === requestOf().roleArn);
    await ask(20);
    expect(sts.calls).toHaveLength(6);
    clock.move(MINUTE / 2);
    await ask(21);
    expect(told).toEqual([]);
    sts.script = () => undefined;
    expect(await ask(22)).toBe("granted");
  });

  test("is a matter of its external ID and its region: others are asked", async () => {
    const { sts, broker, ask } = denied();
    for (let n = 0; n < 10; n++) await ask();
    await ask({ externalId: "another-external-id" });
    await ask({ region: "eu-west-2" });
    expect(await codeOf(broker.provider(requestOfCustomer(1))())).toBe("granted");
    expect(sts.calls).toHaveLength(8);
  });

  test("is believed to be denied after the propagation time, though no session is asked for twice", async () => {
    const told: string[] = [];
    const { clock, sts, broker } = setUp({
      callsPerSecond: 1_000_000,
      onDenied: ({ roleArn }) => void told.push(roleArn),
    });
    sts.script = () => {
      throw failureOf("access_denied");
    };
    for (let n = 0; n < 20; n++) await codeOf(broker.provider(requestOf({ roleSessionName: `person.${n}` }))());
    expect(told).toEqual([]);
    clock.move(MINUTE);
    await codeOf(broker.provider(requestOf({ roleSessionName: "person.21" }))());
    expect(told).toEqual([requestOf().roleArn]);
  });

  test("is open again with the first grant", async () => {
    const { clock, sts, ask } = denied();
    for (let n = 0; n < 10; n++) await ask();
    sts.script = () => undefined;
    clock.move(MINUTE);
    expect(await ask()).toBe("granted");
    for (let n = 0; n < 10; n++) expect(await ask()).toBe("granted");
  });

  test("takes nothing from a session in hand", async () => {
    const { sts, broker, ask } = denied();
    const script = sts.script;
    sts.script = () => undefined;
    const held = broker.provider(requestOf());
    await held();
    sts.script = script;
    for (let n = 0; n < 10; n++) await ask();
    expect(await codeOf(held())).toBe("granted");
  });
});
