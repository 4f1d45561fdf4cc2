import {
  createCredentialsBroker,
  createMemoryCache,
  CredentialsError,
  requestKey,
  type CachedRole,
  type CredentialsBrokerOptions,
} from "@daypass/credentials";
import { describe, expect, test } from "vitest";
import {
  answerOf,
  codeOf,
  createAudit,
  createClock,
  createFakeSts,
  failureOf,
  MINUTE,
  requestOf,
  requestOfCustomer,
  settle,
  START,
} from "./fake-sts.js";

/** A broker on fakes. Waiting moves the clock; jitter is a half unless a test says otherwise. */
const setUp = (over: Partial<CredentialsBrokerOptions> = {}) => {
  const clock = createClock();
  const sts = createFakeSts(clock.now);
  const audit = createAudit();
  const waits: number[] = [];
  const broker = createCredentialsBroker({
    assumeRole: sts.assumeRole,
    record: audit.record,
    now: clock.now,
    jitter: () => 0.5,
    sleep: async (ms) => {
      waits.push(ms);
      clock.move(ms);
    },
    ...over,
  });
  return { clock, sts, audit, waits, broker, provide: broker.provider(requestOf()) };
};

describe("a warm session", () => {
  test("is handed out without STS and without audit", async () => {
    const { sts, audit, provide } = setUp();
    const first = await provide();
    for (let ask = 0; ask < 100; ask++) expect(await provide()).toEqual(first);
    expect(sts.calls).toHaveLength(1);
    expect(audit.events).toHaveLength(2);
  });

  test("serves every provider of the same question, and no provider of another", async () => {
    const { sts, broker, provide } = setUp();
    const mine = await provide();
    expect(await broker.provider(requestOf())()).toEqual(mine);
    const others = [{ region: "us-east-1" }, { externalId: null }, { durationSeconds: 900 }, { tags: { a: "b" } }];
    for (const other of others) {
      expect((await broker.provider(requestOf(other))()).accessKeyId).not.toBe(mine.accessKeyId);
    }
    expect(sts.calls).toHaveLength(1 + others.length);
  });

  test("is a copy: what a caller does to it harms nobody", async () => {
    const { provide } = setUp();
    const mine = await provide();
    mine.expiration.setTime(START + 100 * 3_600_000);
    expect((await provide()).expiration.getTime()).toBe(START + 3_600_000);
    expect(Object.isFrozen(mine)).toBe(true);
  });

  test("is asked for on every request, because the provider says that it keeps its own", () => {
    expect(setUp().provide.memoized).toBe(true);
  });

  test("is checked against the question when it is read from the cache", async () => {
    const cache = createMemoryCache();
    const { clock, sts, provide } = setUp({ cache });
    const stranger = requestOfCustomer(1);
    const foreign: CachedRole = {
      request: stranger,
      assumedRole: answerOf(stranger, clock.now(), 99),
      obtained: new Date(clock.now()),
    };
    await cache.set(requestKey(requestOf()), foreign);
    expect((await provide()).accessKeyId).toContain("222222222222");
    expect(sts.calls).toHaveLength(1);
    // The right question beside another role's answer is no better.
    await cache.set(requestKey(requestOf()), { ...foreign, request: requestOf() });
    expect((await provide()).accessKeyId).toContain("222222222222");
    expect(sts.calls).toHaveLength(2);
  });

  test("from a poisoned cache counts as none", async () => {
    const whole: CachedRole = {
      request: requestOf(),
      assumedRole: answerOf(requestOf(), START, 99),
      obtained: new Date(START),
    };
    const { credentials } = whole.assumedRole;
    const poisoned = [
      {},
      { ...whole, request: undefined },
      { ...whole, assumedRole: undefined },
      { ...whole, assumedRole: { ...whole.assumedRole, credentials: {} } },
      { ...whole, assumedRole: { ...whole.assumedRole, credentials: { ...credentials, sessionToken: "" } } },
      { ...whole, assumedRole: { ...whole.assumedRole, credentials: { ...credentials, secretAccessKey: "a\nb" } } },
      {
        ...whole,
        assumedRole: { ...whole.assumedRole, credentials: { ...credentials, expiration: new Date(Number.NaN) } },
      },
      {
        ...whole,
        assumedRole: { ...whole.assumedRole, credentials: { ...credentials, expiration: new Date(START + 1e12) } },
      },
      { ...whole, obtained: new Date(Number.NaN) },
      { ...whole, assumedRole: { ...whole.assumedRole, roleUniqueId: undefined } },
      { ...whole, assumedRole: { ...whole.assumedRole, clockOffsetMs: Number.NaN } },
      { ...whole, request: { ...whole.request, externalId: undefined } },
    ] as unknown as CachedRole[];
    for (const entry of poisoned) {
      const { sts, provide } = setUp({ cache: { ...createMemoryCache(), get: async () => entry } });
      expect((await provide()).accessKeyId).not.toBe(credentials.accessKeyId);
      expect(sts.calls).toHaveLength(1);
    }
  });

  test("whose cache entry changes while it is read is judged by what is handed out", async () => {
    const { clock, broker } = setUp({
      cache: {
        ...createMemoryCache(),
        get: async () => {
          const entry = { request: requestOf(), obtained: new Date(START) };
          const mine = answerOf(requestOf(), START, 99);
          const foreign = answerOf(requestOfCustomer(1), START, 98);
          let reads = 0;
          return Object.defineProperty(entry, "assumedRole", {
            get: () => (reads++ === 0 ? mine : foreign),
          }) as unknown as CachedRole;
        },
      },
    });
    clock.move(MINUTE);
    expect((await broker.provider(requestOf())()).accessKeyId).toBe("ASIA222222222222000099");
  });

  test("is replaced by a fresh one where the cache fails", async () => {
    const broken = async () => Promise.reject(new Error("disk full"));
    const { provide } = setUp({ cache: { get: broken, set: broken, delete: broken, clear: broken } });
    expect((await provide()).accessKeyId).toContain("ASIA");
  });

  test("of the caller's request is not changed by the caller afterwards", async () => {
    const { sts, broker } = setUp();
    const tags: Record<string, string> = { team: "red" };
    const provide = broker.provider(requestOf({ tags }));
    tags["team"] = "blue";
    await provide();
    expect(sts.calls[0]?.tags).toEqual({ team: "red" });
  });
});

describe("early renewal", () => {
  test.each([
    [0, 30.6],
    [0.5, 32.7],
    [0.999, 34.79],
  ])("with jitter %s begins with %s minutes left of an hour, behind the caller's back", async (jitter, minutesLeft) => {
    const { clock, sts, provide } = setUp({ jitter: () => jitter });
    const first = await provide();
    clock.move((60 - minutesLeft) * MINUTE - 5_000);
    await provide();
    expect(sts.calls).toHaveLength(1);
    clock.move(10_000);
    expect(await provide()).toEqual(first);
    await settle();
    expect(sts.calls).toHaveLength(2);
    expect((await provide()).accessKeyId).not.toBe(first.accessKeyId);
  });

  test("does not make the caller wait for STS", async () => {
    const { clock, sts, provide } = setUp();
    const first = await provide();
    clock.move(30 * MINUTE);
    sts.script = () => new Promise(() => undefined);
    expect(await provide()).toEqual(first);
    expect(await provide()).toEqual(first);
    expect(sts.calls).toHaveLength(2);
  });

  test("asked for every five minutes leaves at least 25 minutes whenever an outage starts", async () => {
    for (const jitter of [0, 0.25, 0.5, 0.75, 0.999]) {
      const { clock, provide } = setUp({ jitter: () => jitter });
      let least = Infinity;
      for (let ask = 0; ask < 100; ask++) {
        await provide();
        await settle();
        const { expiration } = await provide();
        clock.move(5 * MINUTE);
        least = Math.min(least, expiration.getTime() - clock.now());
      }
      expect(least).toBeGreaterThanOrEqual(25 * MINUTE);
    }
  });

  test("that fails for a passing reason never takes away a session that works", async () => {
    for (const code of [
      "sts_unavailable",
      "throttled",
      "expired_on_arrival",
      "caller_credentials",
      "clock_skew",
    ] as const) {
      const { clock, sts, provide } = setUp();
      const first = await provide();
      sts.script = () => {
        throw failureOf(code);
      };
      for (let minute = 0; minute < 59; minute++) {
        clock.move(MINUTE);
        expect(await provide()).toEqual(first);
        await settle();
      }
      sts.script = () => undefined;
      clock.move(50_000);
      expect((await provide()).accessKeyId).not.toBe(first.accessKeyId);
    }
  });

  test("that fails leaves STS alone with growing gaps", async () => {
    const { clock, sts, provide } = setUp({ jitter: () => 0.999 });
    await provide();
    clock.move(31 * MINUTE);
    sts.script = () => {
      throw failureOf("throttled");
    };
    for (let second = 0; second < 20 * 60; second++) {
      clock.move(1000);
      await provide();
      await settle();
    }
    // 20 minutes: some seconds of doubling, then one call a minute.
    expect(sts.calls.length).toBeGreaterThan(15);
    expect(sts.calls.length).toBeLessThan(35);
  });

  test("with less than a minute left the caller waits for a new session, and gets the old one where there is none", async () => {
    const { clock, sts, provide } = setUp();
    const first = await provide();
    clock.move(59 * MINUTE + 30_000);
    sts.script = () => {
      throw failureOf("sts_unavailable");
    };
    expect(await provide()).toEqual(first);
    sts.script = () => undefined;
    clock.move(10_000);
    expect((await provide()).accessKeyId).not.toBe(first.accessKeyId);
  });
});

describe("an expired session", () => {
  test("is never handed out, not even five seconds before its end", async () => {
    const { clock, sts, provide } = setUp();
    await provide();
    sts.script = () => {
      throw failureOf("sts_unavailable");
    };
    clock.move(60 * MINUTE - 5_000);
    expect(await codeOf(provide())).toBe("granted");
    clock.move(1);
    expect(await codeOf(provide())).toBe("sts_unavailable");
  });

  test.each([1, 61, 8 * 60, 72 * 60])("is not handed out after the machine slept for %s minutes", async (minutes) => {
    const { clock, provide } = setUp();
    await provide();
    clock.move(minutes * MINUTE);
    const { expiration } = await provide();
    expect(expiration.getTime()).toBeGreaterThan(clock.now());
  });

  test("is not handed out where the machine fell asleep between the answer and the caller", async () => {
    const clock = createClock();
    const audit = createAudit();
    const { provide } = setUp({
      now: clock.now,
      assumeRole: async (request) => answerOf(request, clock.now(), 1),
      record: async (event) => audit.record(event),
      cache: {
        ...createMemoryCache(),
        set: async () => clock.move(8 * 60 * MINUTE),
      },
    });
    expect(await codeOf(provide())).toBe("expired_on_arrival");
  });

  test("counts as expired where the clock was set back behind the answer", async () => {
    const { clock, sts, provide } = setUp();
    await provide();
    clock.move(-2 * 60 * MINUTE);
    await provide();
    expect(sts.calls).toHaveLength(2);
  });

  test("is judged by STS's clock where ours is far off", async () => {
    const { clock, sts, provide } = setUp();
    const offset = -24 * 60 * MINUTE;
    sts.answer = (request, serial) => ({ ...answerOf(request, clock.now() + offset, serial), clockOffsetMs: offset });
    const first = await provide();
    clock.move(20 * MINUTE);
    expect(await provide()).toEqual(first);
    clock.move(41 * MINUTE);
    expect((await provide()).accessKeyId).not.toBe(first.accessKeyId);
  });

  test("on arrival is refused, and STS is asked at most three times a minute", async () => {
    const { clock, sts, provide } = setUp();
    sts.answer = (request, serial) => answerOf(request, clock.now() - 3_545_000, serial);
    for (let second = 0; second < 60; second++) {
      expect(await codeOf(provide())).toBe("expired_on_arrival");
      clock.move(1000);
    }
    expect(sts.calls).toHaveLength(3);
  });
});

describe("a caller without a session", () => {
  test("waits while STS fails, and gets the session", async () => {
    const { sts, waits, provide } = setUp();
    sts.script = () => {
      if (sts.calls.length < 4) throw failureOf("throttled");
    };
    expect(await codeOf(provide())).toBe("granted");
    expect(waits).toEqual([200, 400, 800]);
  });

  test("gets the classified error after four calls", async () => {
    const { sts, provide } = setUp();
    sts.script = () => {
      throw failureOf("sts_unavailable");
    };
    expect(await codeOf(provide())).toBe("sts_unavailable");
    expect(sts.calls).toHaveLength(4);
  });

  test("does not wait longer than the time it has", async () => {
    const { clock, sts, provide } = setUp({ waitMs: 500 });
    sts.script = () => {
      throw failureOf("sts_unavailable");
    };
    const before = clock.now();
    await codeOf(provide());
    expect(clock.now() - before).toBeLessThanOrEqual(500);
    expect(sts.calls).toHaveLength(2);
  });

  test.each(["invalid_request", "caller_credentials", "region_disabled", "session_too_long", "clock_skew"] as const)(
    "gets %s at once, because waiting would not mend it",
    async (code) => {
      const { sts, waits, provide } = setUp();
      sts.script = () => {
        throw failureOf(code);
      };
      expect(await codeOf(provide())).toBe(code);
      expect(sts.calls).toHaveLength(1);
      expect(waits).toEqual([]);
    },
  );

  test("is not kept waiting for ever by an STS that never answers", async () => {
    const { sts, provide } = setUp({ timeoutMs: 20 });
    sts.script = () => new Promise(() => undefined);
    expect(await codeOf(provide())).toBe("sts_unavailable");
  });

  test("shares one call with everybody who asks the same", async () => {
    const { sts, provide } = setUp();
    sts.script = settle;
    const all = await Promise.all(Array.from({ length: 200 }, () => provide()));
    expect(new Set(all.map((credentials) => credentials.accessKeyId)).size).toBe(1);
    expect(sts.calls).toHaveLength(1);
  });

  test("gets a malformed request refused at the door", () => {
    const { broker } = setUp();
    expect(() => broker.provider(requestOf({ durationSeconds: 1 }))).toThrow(CredentialsError);
  });

  test("gets no answer that belongs to another role or session", async () => {
    const { sts, provide } = setUp();
    sts.answer = (request, serial) => answerOf({ ...request, roleSessionName: "someone.else" }, START, serial);
    expect(await codeOf(provide())).toBe("sts_unavailable");
  });
});
